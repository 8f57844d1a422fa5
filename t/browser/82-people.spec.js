// What people decide about each other: asking, remarks, lists, blocks, who may find one; each in all of one's tabs.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, button, closeBrowser, dialog, faults, gone, makeThree, name, Quick, secondTab, SOON, soon, until, url } from './people.js';

after(closeBrowser);

const friend = (one, shown) => one.page.locator('.contact', { hasText: shown });
const focused = (one) => one.page.evaluate(() => document.activeElement.textContent);
const section = (one, title) => one.page.locator('.section', { has: one.page.locator('summary', { hasText: title }) });

test('one is found by how the user name begins, asked with a note, and accepted with a remark and a list', async () => {
  const [alex, kim] = await makeThree();
  await kim.call('POST', '/api/friend-lists', { name: 'Family' });
  const one = await at(alex, '#/people');
  const other = await at(kim, '#/');
  const another = await secondTab(other, '#/contacts');

  await one.page.getByLabel('Their user name').fill(`@${kim.username.slice(0, -2).toUpperCase()}`);
  await one.page.getByRole('button', { name: 'Add Kim Lindqvist as a friend' }).click();
  await one.page.getByLabel('A note').fill('x'.repeat(201));
  await dialog(one).getByText('201 of 200').waitFor();
  await button(one, 'Send request').click();
  await dialog(one).getByText('At most 200 characters').waitFor();
  await one.page.getByLabel('A note').fill('From the lake');
  await one.shot('people-ask');
  await button(one, 'Send request').click();
  await soon(one.page.getByRole('heading', { name: 'Waiting for an answer' }));
  await soon(one.page.locator('magpie-find').getByText('Asked'));
  await dialog(one).waitFor({ state: 'detached' });

  await soon(another.page.getByText('From the lake'));
  await other.page.getByRole('link', { name: 'Contacts, 1 request waiting' }).click();
  await other.page.getByRole('button', { name: 'Accept the request of Alex Morgan' }).click();
  await dialog(other).getByRole('textbox', { name: 'Remark' }).fill('Alex of the lake');
  await dialog(other).getByLabel('List').selectOption('Family');
  await other.shot('people-accept');
  await button(other, 'Accept').click();
  await other.page.getByRole('heading', { name: 'Alex of the lake', level: 1 }).waitFor();
  await soon(section(another, 'Family').locator('.contact', { hasText: 'Alex of the lake' }));
  await gone(another.page.getByText('From the lake'));
  await soon(one.list.getByRole('link', { name: 'Kim Lindqvist' }));
  await soon(one.page.locator('magpie-find').getByText('Friend', { exact: true }));
  for (const who of [one, other]) await who.leave();
});

test('a request is declined after a question, or withdrawn, which can be undone', async () => {
  const [alex, kim, sam] = await makeThree();
  const one = await at(alex, '#/people');
  const other = await at(kim, '#/people');
  await alex.call('POST', '/api/friend-requests', { username: kim.username, note: 'From the hill' });
  await soon(other.page.getByText('From the hill'));
  await one.page.getByRole('button', { name: 'Withdraw the request to Kim Lindqvist' }).click();
  await gone(other.page.getByText('From the hill'));
  await gone(one.page.getByRole('heading', { name: 'Waiting for an answer' }));
  await button(one, 'Undo').click();
  await soon(other.page.getByText('From the hill'));
  const decline = button(other, 'Decline the request of Alex Morgan');
  await decline.focus();
  await sam.call('POST', '/api/friend-requests', { username: kim.username });
  await soon(button(other, 'Decline the request of Sam Okafor'));
  assert.equal(await decline.evaluate((node) => node === document.activeElement), true, 'the focus stays where it is');
  await decline.click();
  await button(other, 'Cancel').click();
  assert.equal(await other.page.getByText('From the hill').count(), 1);
  await other.page.getByRole('button', { name: 'Decline the request of Alex Morgan' }).click();
  await button(other, 'Decline').click();
  await gone(one.page.getByRole('heading', { name: 'Waiting for an answer' }));
  for (const who of [one, other]) await who.leave();
});

test('a remark is what one calls a friend, everywhere, and nobody else sees it', async () => {
  const [alex, kim, sam] = await makeThree();
  for (const who of [kim, sam]) await who.befriend(alex);
  const { group } = await alex.call('POST', '/api/groups', { name: name('Hikers') });
  for (const who of [kim, sam]) await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: who.id });
  await kim.say('group', group.id, 'up the hill');
  const one = await at(alex, `#/u/${kim.id}`);
  const inGroup = await secondTab(one, `#/c/group/${group.id}`);
  const other = await at(sam, `#/c/group/${group.id}`);
  await other.log.locator('.from', { hasText: 'Kim Lindqvist' }).waitFor();
  await inGroup.log.locator('.from', { hasText: 'Kim Lindqvist' }).waitFor();

  const call = async (remark) => {
    await button(one, 'Edit remark').click();
    await one.page.getByRole('textbox', { name: 'Remark' }).fill(remark);
    await one.page.keyboard.press('Enter');
    await soon(inGroup.log.locator('.from', { hasText: remark }));
    await gone(dialog(one));                                // with the answer: the event may be here before it
  };
  await call('Twin');
  await button(one, 'Undo').click();                       // it is offered for ten seconds: the rest comes after it
  await soon(inGroup.log.locator('.from', { hasText: 'Kim Lindqvist' }));
  await gone(one.list.getByRole('link', { name: /^Twin/ }));
  await call('Sister');
  await soon(one.list.getByRole('link', { name: /^Sister/ }));
  await soon(inGroup.log.getByText('You added Sister'));
  await soon(inGroup.list.getByText('Sister: up the hill'));
  await soon(inGroup.page.getByRole('complementary').getByText('Sister'));
  await inGroup.shot('remark-group');
  assert.equal(await other.page.getByText('Sister').count(), 0);
  assert.match(await one.page.locator('.facts').textContent(), /Kim Lindqvist/);
  for (const words of ['sist', 'lindq', kim.username]) {
    await one.page.keyboard.press('Control+k');
    const finder = one.page.getByRole('combobox');
    await finder.fill(words);
    await one.page.getByRole('option', { name: 'Sister' }).waitFor();
    await finder.press('Escape');
  }
  const { group: second } = await alex.call('POST', '/api/groups', { name: name('Readers') });
  await alex.call('POST', `/api/groups/${second.id}/invitations`, { user_id: kim.id });
  await inGroup.page.goto(`${url}/#/c/group/${second.id}/access`);
  await inGroup.page.locator('li', { hasText: 'Sister' }).getByRole('button', { name: 'Withdraw the invitation of Sister' }).waitFor();
  assert.equal(await inGroup.page.getByRole('main').getByText('Kim Lindqvist').count(), 0);
  for (const who of [one, other]) await who.leave();
});

test('lists: made, named, ordered, filled and removed, in both tabs', async () => {
  const [alex, kim, sam] = await makeThree();
  for (const who of [kim, sam]) await who.befriend(alex);
  const one = await at(alex, '#/lists');
  const contacts = await secondTab(one, '#/contacts');
  const titles = () => contacts.page.locator('.section summary .name').allTextContents();
  const [box, create] = [one.page.getByLabel('Name of the list'), button(one, 'Add list')];
  await one.page.getByText('each one’s profile says which list they are in').waitFor();
  let goOn = () => {};
  const held = new Promise((resolve) => { goOn = resolve; });
  await one.page.route('**/api/friend-lists', (route) => (route.request().method() === 'POST' ? held : Promise.resolve()).then(() => route.continue()));
  await box.fill('Family');
  await box.press('Enter');
  await box.fill('Work');                                  // while the first is on its way
  goOn();
  await one.page.locator('.lists').getByText('Family').waitFor();
  await until('the first to be done', async () => await create.getAttribute('aria-disabled') === null);
  await box.press('Enter');
  await one.page.locator('.lists').getByText('Work').waitFor();
  await until('an empty box', async () => await box.inputValue() === '');
  await box.fill('family');
  await box.press('Enter');
  await one.page.getByText('You have a list of this name already').waitFor();
  await until('both lists', async () => (await titles()).join() === 'Family,Work,Friends', SOON);
  const up = button(one, 'Move Work up');
  await up.focus();
  await one.page.keyboard.press('Enter');
  await until('the order', async () => (await titles()).join() === 'Work,Family,Friends', SOON);
  await until('the focus to stay in the row', () => one.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Move Work down'));
  await button(one, 'Rename Work').click();
  await dialog(one).getByLabel('Name of the list').fill('Office');
  await one.page.keyboard.press('Enter');
  await until('the new name', async () => (await titles()).join() === 'Office,Family,Friends', SOON);

  await friend(contacts, 'Kim Lindqvist').click();
  const choice = contacts.page.getByLabel('List');
  await choice.selectOption('Family');
  await contacts.page.getByText('Kim Lindqvist is in “Family” now.').waitFor();
  await soon(one.page.locator('.lists li', { hasText: 'Family' }).getByText('1 friend'));
  await button(contacts, 'Undo').click();
  await soon(one.page.locator('.lists li', { hasText: 'Family' }).getByText('0 friends'));
  await until('the choice to go back', async () => await choice.inputValue() === '0');
  await choice.selectOption('Family');
  await contacts.page.getByText('Kim Lindqvist is in “Family” now.').waitFor();
  await contacts.page.locator('body').press('Control+z');
  await until('the choice to go back by key', async () => await choice.inputValue() === '0');
  await choice.selectOption('Family');
  await contacts.page.goBack();
  await section(contacts, 'Family').locator('.contact', { hasText: 'Kim Lindqvist' }).waitFor();

  const asks = await Quick.make(name('lena'), 'Lena Voss');
  await asks.call('POST', '/api/friend-requests', { username: alex.username });
  await contacts.page.locator('magpie-contacts .requests li').waitFor();
  await contacts.page.getByLabel('Find a friend').fill('okaf');
  await until('one friend', async () => await contacts.page.locator('.contact').count() === 1);
  for (const above of ['magpie-requests', '.entries']) assert.equal(await contacts.page.locator(above).isVisible(), false, above);
  await contacts.page.getByLabel('Find a friend').fill('nobody at all');
  await contacts.page.getByText('None of your friends is called so').waitFor();
  await contacts.page.getByLabel('Find a friend').fill('');
  await button(one, 'Delete the list Family').click();
  await dialog(one).getByText('Its 1 friend goes to “Friends”').waitFor();
  await button(one, 'Delete').click();
  await soon(section(contacts, 'Friends').locator('.contact', { hasText: 'Kim Lindqvist' }));
  assert.deepEqual(await titles(), ['Office', 'Friends']);
  await one.leave();
});

test('a friendship ends after a question; its conversation says so, and offers to ask again', async () => {
  const [alex, kim] = await makeThree();
  await kim.befriend(alex);
  await kim.say('single', alex.id, 'by the lake');
  const one = await at(alex, `#/c/single/${kim.id}`);
  const other = await at(kim, `#/c/single/${alex.id}`);
  await one.hears('by the lake');
  const removes = async () => {
    await button(one, 'Menu of this conversation').click();
    await one.page.getByRole('menuitem', { name: 'Remove friend' }).click();
  };
  await removes();
  await button(one, 'Cancel').click();
  await removes();
  await button(one, 'Remove').click();
  for (const who of [one, other]) {
    await soon(who.page.getByText('You are no longer friends'));
    assert.equal(await who.box.isVisible(), false);
    assert.deepEqual(await who.texts(), ['by the lake']);
  }
  await one.page.reload();
  await one.hears('by the lake');
  await one.shot('ended');
  await button(one, 'Ask to be friends again').click();
  await one.page.getByLabel('A note').fill('I was wrong');
  await button(one, 'Send request').click();
  await soon(one.page.getByRole('main').getByText('You have asked. The answer is still to come.'));
  await until('the focus', async () => await focused(one) === 'You have asked. The answer is still to come.');
  assert.equal(await button(one, 'Ask to be friends again').isVisible(), false);
  await other.page.getByRole('complementary').getByRole('button', { name: 'Accept' }).click();
  await dialog(other).getByRole('button', { name: 'Accept' }).click();
  await soon(one.box);
  await soon(other.box);
  assert.deepEqual(await one.texts(), ['by the lake']);
  for (const who of [one, other]) await who.leave();
});

test('whoever is in a group with one has a page, also after a reload, and oneself has; nobody else', async () => {
  const [alex, kim, sam] = await makeThree();
  for (const who of [alex, sam]) await who.befriend(kim);
  const { group } = await kim.call('POST', '/api/groups', { name: name('Rowers') });
  for (const who of [alex, sam]) await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: who.id });
  await sam.call('PATCH', '/api/settings', { find_me: 'nobody' });
  const far = await Quick.make(name('far'), 'Far Away');
  await far.call('PATCH', '/api/settings', { find_me: 'exact' });
  const one = await at(alex, `#/u/${sam.id}`);
  await one.page.getByRole('main').getByText('Sam Okafor').first().waitFor();
  await one.page.reload();
  await one.page.getByRole('main').getByText(`@${sam.username}`).waitFor();
  await one.page.getByRole('button', { name: 'Block' }).waitFor();
  await one.page.goto(`${url}/#/u/${alex.id}`);
  await one.page.reload();
  await one.page.getByRole('main').getByText(`@${alex.username}`).waitFor();
  await one.page.goto(`${url}/#/u/${far.id}`);
  await one.page.getByText('Nobody whom you know is here').waitFor();
  await one.leave();
});

test('blocking asks before, ends a friendship, shows in all tabs, and can be taken back', async () => {
  const [alex, kim] = await makeThree();
  await kim.befriend(alex);
  const one = await at(alex, `#/u/${kim.id}`);
  await one.page.route('**/magpie-ended.js', (route) => route.abort());
  const blocked = await secondTab(one, '#/blocked');
  await blocked.page.getByText('You block nobody').waitFor();
  await button(one, 'Block').click();
  await dialog(one).getByText('Block Kim Lindqvist?').waitFor();
  await dialog(one).getByRole('button', { name: 'Block' }).click();
  await soon(one.page.getByText('You have blocked Kim Lindqvist.'));
  await one.page.goto(`${url}/#/c/single/${kim.id}`);
  const chat = one.page.getByRole('main');
  await chat.getByText('You are no longer friends').waitFor();           // what more there is to say can't be had just now
  await one.page.unroute('**/magpie-ended.js');
  await until('another page', () => one.page.reload());                  // it may be loading itself anew just now
  await chat.getByText('You have blocked Kim Lindqvist.').waitFor();
  assert.equal(await chat.getByText('You are no longer friends').isVisible(), false);
  assert.equal(await chat.getByRole('button', { name: 'Ask to be friends again' }).isVisible(), false);
  await chat.getByRole('button', { name: 'Unblock' }).press('Enter');
  await until('the focus', async () => await focused(one) === 'Ask to be friends again');
  await button(one, 'Undo').click();
  await chat.getByRole('button', { name: 'Unblock' }).waitFor();
  assert.equal(await chat.getByText('offline').count(), 0, 'nobody knows that any longer');
  await one.page.goBack();
  const unblock = blocked.page.getByRole('button', { name: 'Unblock Kim Lindqvist' });
  await soon(unblock);
  await blocked.shot('blocked');
  await assert.rejects(kim.call('POST', '/api/friend-requests', { username: alex.username }), /404/);
  await unblock.click();
  await soon(one.page.getByRole('button', { name: 'Ask to be friends' }));
  await button(blocked, 'Undo').click();
  await soon(one.page.getByText('You have blocked Kim Lindqvist.'));
  await soon(unblock);
  await unblock.click();
  await soon(blocked.page.getByText('You block nobody'));
  await kim.call('POST', '/api/friend-requests', { username: alex.username });
  await one.leave();
});

test('one’s name and status, and who may find and ask one', async () => {
  const [alex, kim] = await makeThree();
  await kim.befriend(alex);
  const one = await at(alex, '#/settings');
  const second = await secondTab(one, '#/settings');
  const other = await at(kim, `#/u/${alex.id}`);
  const [nameBox, status] = [one.page.getByLabel('Name', { exact: true }), one.page.getByLabel('Status')];
  let goOn = () => {};
  const held = new Promise((resolve) => { goOn = resolve; });
  await until('what holds', () => status.isEnabled());
  await one.page.route('**/api/me', (route) => held.then(() => route.continue()), { times: 1 });
  await nameBox.fill('Alexandra Morgan');
  await status.fill('Out climbing');                                                 // the name is on its way
  await status.press('Enter');
  await one.page.goto(`${url}/#/contacts`);                                          // it is saved none the less
  await one.page.locator('magpie-contacts').waitFor();
  goOn();
  await soon(other.page.getByText('Out climbing'));
  await until('the other tab', async () => await second.page.getByLabel('Status').inputValue() === 'Out climbing', SOON);
  await button(one, 'Undo').click();
  await gone(other.page.getByText('Out climbing'));
  await one.page.goto(`${url}/#/settings`);
  await until('what holds', () => status.isEnabled());
  await soon(second.page.locator('.card-name', { hasText: 'Alexandra Morgan' }));    // each is saved by itself
  await soon(other.list.getByRole('link', { name: 'Alexandra Morgan' }));
  await nameBox.fill('Alex Morgan');
  await nameBox.press('Enter');
  await soon(other.list.getByRole('link', { name: 'Alex Morgan' }));

  const choice = (tab, title, value) => tab.page.getByRole('group', { name: title }).getByRole('radio', { name: value });
  await choice(one, 'Who may find you', 'Nobody').check();
  await until('the other tab', () => choice(second, 'Who may find you', 'Nobody').isChecked(), SOON);
  assert.equal(await choice(second, 'Who may ask to be your friend', 'Everybody').isChecked(), true);
  const sam = await Quick.make(name('sam'), 'Sam Okafor');
  assert.deepEqual((await sam.call('GET', `/api/users?username=${alex.username}`)).users, []);
  await one.page.reload();
  await until('it stays', () => choice(one, 'Who may find you', 'Nobody').isChecked());

  const exactly = choice(one, 'Who may find you', 'Exact name');
  await choice(one, 'Who may find you', 'Nobody').focus();
  await one.page.keyboard.press('ArrowLeft');                                        // by keyboard as well
  await until('who knows the whole name', () => exactly.isChecked());
  await until('the other tab, too', () => choice(second, 'Who may find you', 'Exact name').isChecked(), SOON);
  const seeker = await at(sam, '#/people');
  const box = seeker.page.getByLabel('Their user name');
  const row = seeker.page.locator('magpie-find li', { hasText: new RegExp(`@${alex.username}(?!\\d)`) });
  await box.fill(alex.username.slice(0, -1));
  await seeker.page.getByText(/(person|people|can be) found\.?$/).waitFor();
  assert.equal(await row.count(), 0);
  await box.fill(alex.username);
  await row.getByRole('button', { name: 'Add Alex Morgan as a friend' }).waitFor();
  await seeker.leave();
  for (const who of [one, other]) await who.leave();
});

test('33: by keyboard alone: from the list to a friend’s remark', async () => {
  const [alex, kim] = await makeThree();
  await kim.befriend(alex);
  const one = await at(alex, '#/');
  const go = async (wanted) => {
    for (let i = 0; i < 40; i++) {
      await one.page.keyboard.press('Tab');
      const [label, outline] = await one.page.evaluate(() => {
        const node = document.activeElement;
        return [node === document.body ? '' : node.getAttribute('aria-label') ?? node.textContent, getComputedStyle(node).outlineStyle];
      });
      if (label) assert.notEqual(outline, 'none', `no visible focus on ${label}`);
      if (label.includes(wanted)) return one.page.keyboard.press('Enter');
    }
    assert.fail(`${wanted} is not reached by Tab`);
  };
  await go('Contacts');
  await friend(one, 'Kim Lindqvist').waitFor();
  await go(`@${kim.username}`);
  await one.page.getByRole('heading', { name: 'Profile' }).waitFor();
  await go('Edit remark');
  await dialog(one).waitFor();
  await one.page.keyboard.type('Kimmy');
  await one.page.keyboard.press('Enter');
  await soon(one.list.getByRole('link', { name: 'Kimmy' }));
  await go('Undo');
  await soon(one.list.getByRole('link', { name: 'Kim Lindqvist' }));
  await one.leave();
});

test('33: axe finds nothing on these pages, nothing sticks out, targets are large enough', async () => {
  const [alex, kim, sam] = await makeThree();
  const long = await Quick.make(name('long'), 'Maximiliane-Alexandrina von Höhe');
  const asks = await Quick.make(name('asks'), '欧阳晓雨');
  for (const who of [kim, sam, long]) await who.befriend(alex);
  await sam.call('PATCH', '/api/me', { status: 'Out climbing until Sunday, then asleep until Monday evening' });
  const family = await alex.call('POST', '/api/friend-lists', { name: 'Family, and whoever is as near' });
  await alex.call('POST', '/api/friend-lists', { name: '同事' });
  await alex.call('PATCH', `/api/friends/${kim.id}`, { remark: 'Kimmy of the lake', list_id: family.list.id });
  await asks.call('POST', '/api/friend-requests', { username: alex.username, note: 'We met in Lisbon, do you remember? It rained, and we had one umbrella.' });
  await alex.call('POST', '/api/blocks', { user_id: (await Quick.make(name('foe'), 'Foe')).id });
  await alex.call('POST', '/api/friend-requests', { username: (await Quick.make(name('far'), 'Far Away')).username, note: 'Hello' });
  for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 360], ['dark', 360]]) {
    for (const language of ['en-GB', 'zh-CN']) {
      const one = await at(alex, '#/', { colorScheme, locale: language, viewport: { width, height: 800 }, hasTouch: width < 500, isMobile: width < 500 });
      for (const [place, hash, ready] of [['contacts', '#/contacts', '.contact .username'], ['people', '#/people', '.requests li'], ['lists', '#/lists', '.lists li'],
        ['blocked', '#/blocked', 'magpie-blocked li'], ['person', `#/u/${kim.id}`, '.facts select'], ['remark', '', 'dialog'], ['ask', '#/people', '.requests li'],
        ['privacy', '#/settings', 'magpie-self input']]) {
        if (hash) await one.page.goto(`${url}/${hash}`);
        if (place === 'remark') await one.page.getByRole('button', { name: /Edit remark|编辑备注/ }).click();
        await one.page.locator(ready).first().waitFor();
        if (place === 'ask') {
          await one.page.locator('#find-person').fill('lon');
          await one.page.locator('magpie-find li').first().waitFor();
        }
        if (place === 'privacy') await one.page.locator('magpie-privacy').evaluate((node) => node.scrollIntoView());
        assert.deepEqual(await faults(one), [], `${place} ${colorScheme} ${width} ${language}`);
        await one.shot(`people-${place}-${colorScheme}-${width}-${language}`);
        if (place === 'remark') await one.page.keyboard.press('Escape');
      }
      await one.leave();
    }
  }
});

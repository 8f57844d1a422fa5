// What stands beside the messages: the first screen, the way to search, the bar of a phone, settings, and where there is nothing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, button, closeBrowser, faults, makeFriends, name, pair, person, Quick, SOON, soon, until, url } from './people.js';

after(closeBrowser);

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const WIDE = { viewport: { width: 1440, height: 900 } };
const tabs = (one) => one.page.getByRole('navigation', { name: 'Parts of Magpie' });
const box = (locator) => locator.evaluate((node) => { const { top, bottom, width } = node.getBoundingClientRect(); return { top, bottom, width }; });

for (const [width, look] of [[360, { ...PHONE, colorScheme: 'dark' }], [1440, WIDE]])
  test(`the first screen of a new account says whom to invite and how, at ${width} px`, async () => {
    const alex = await Quick.make(name('alex'), 'Alex Morgan');
    const one = await at(alex, '', { ...look, permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = one;
    await page.getByRole('heading', { name: 'Hello, Alex Morgan', level: 1 }).waitFor();
    const own = page.getByRole('region', { name: 'Tell a friend' });
    assert.equal(await own.getByLabel('User name', { exact: true }).inputValue(), alex.username);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    const taken = () => page.evaluate(() => navigator.clipboard.readText());
    for (const [what, value] of [['User name', alex.username], ['Your link', `${url}/#/add/${alex.username}`]]) {
      await own.getByRole('button', { name: `Copy: ${what}` }).click();
      await until(`the ${what}`, async () => await taken() === value);
    }
    const group = page.getByRole('region', { name: 'Join a group' });
    await group.getByLabel('The link that you were given').fill('https://example.org/');
    await group.getByRole('button', { name: 'Open' }).click();
    await group.getByText('This is no link to a group').waitFor();
    const ends = await Promise.all(['Join a group', 'Public groups'].map(async (label) => (await box(page.getByRole('region', { name: label }))).bottom));
    assert.equal(ends[0] === ends[1], width === 1440, 'where there is room, two columns end together');
    assert.deepEqual(await faults(one), []);
    await one.shot(`first-${width}`);

    const kim = await Quick.make(name('kim'), 'Kim Lindqvist');
    await page.getByLabel('Their user name').fill(kim.username);
    await button(one, 'Add Kim Lindqvist as a friend').click();
    await button(one, 'Send request').click();
    const { incoming } = await until('the request', async () => {
      const answer = await kim.call('GET', '/api/friend-requests');
      return answer.incoming.length > 0 && answer;
    });
    await kim.call('POST', `/api/friend-requests/${incoming[0].id}/accept`, {});
    await one.list.getByRole('link', { name: 'Kim Lindqvist' }).waitFor();
    await page.locator('magpie-first').waitFor({ state: 'detached' });
    await one.leave();
  });

test('35: a link to somebody finds them, also after the login; a group’s link leads to its card', async () => {
  const { kim } = await makeFriends();
  const { group } = await kim.call('POST', '/api/groups', { name: name('Rowers') });
  const { link } = await kim.call('POST', `/api/groups/${group.id}/links`, { max_uses: 5, expires_in: 3600 });
  const sam = await Quick.make(name('sam'), 'Sam Okafor');
  const one = await at(sam, `#/add/${kim.username}`);
  await button(one, 'Add Kim Lindqvist as a friend').waitFor();
  await one.page.goto(`${url}/#/`);
  await one.page.getByLabel('The link that you were given').fill(`${url}/#/join/${link.token}`);
  await one.page.keyboard.press('Enter');
  await one.page.getByRole('heading', { name: 'Invitation to a group' }).waitFor();
  await one.page.getByText(group.name).first().waitFor();
  await one.leave();
});

test('24: search is in sight, and works by touch', async () => {
  const { alex } = await makeFriends();
  const one = await at(alex, '', PHONE);
  await one.page.getByRole('button', { name: 'Find a conversation' }).tap();
  await one.page.getByRole('combobox').fill('oka');
  await one.page.getByRole('option', { name: 'Sam Okafor' }).tap();
  await one.page.getByRole('heading', { name: 'Sam Okafor', level: 1 }).waitFor();
  await one.leave();
});

test('31: a phone has a bar with words at its foot; all has one + for what is new', async () => {
  const { alex } = await makeFriends();
  const one = await at(alex, '', PHONE);
  assert.deepEqual((await tabs(one).getByRole('link').allTextContents()).map((text) => text.trim()), ['Chats', 'Contacts', 'Settings']);
  assert.deepEqual(await faults(one), []);
  for (const page of ['Contacts', 'Settings']) {
    await tabs(one).getByRole('link', { name: page }).tap();
    await one.page.getByRole('heading', { name: page, level: 1 }).waitFor();
    assert.equal(await tabs(one).getByRole('link', { name: page }).getAttribute('aria-current'), 'page');
    if (page === 'Contacts') {
      const ways = await box(one.page.locator('.entries'));
      assert.ok(ways.bottom - ways.top < 130, 'friends are in sight below them');
    }
  }
  await tabs(one).getByRole('link', { name: 'Chats' }).tap();
  for (const [title, finds] of [['Add a friend', 'People of this server'], ['New group'], ['Find groups', 'Public groups of this server']]) {
    await button(one, 'Add a friend or a group').tap();
    await one.page.getByRole('menuitem', { name: title }).tap();
    await one.page.getByRole('heading', { name: title, level: 1 }).waitFor();
    if (finds) {
      const idle = one.page.getByRole('heading', { name: finds });
      await idle.waitFor();
      await one.page.getByRole('searchbox').fill('z');
      await idle.waitFor({ state: 'hidden' });
    }
    if (title === 'Add a friend') assert.equal(await one.page.getByRole('textbox', { name: 'Your link' }).inputValue(), `${url}/#/add/${alex.username}`);
    assert.equal(await tabs(one).isVisible(), false);
    await one.page.getByRole('link', { name: 'Back' }).tap();
    await tabs(one).getByRole('link', { name: 'Chats' }).tap();
  }
  await one.leave();
});

test('25: offline is told across the top of the messages, and nothing moves', async () => {
  const { tab } = await pair(WIDE, 3);
  const places = async () => Promise.all([tab.page.locator('.middle .head'), tab.log, tab.box].map(box));
  const before = await places();
  await tab.context.setOffline(true);
  const banner = tab.page.getByRole('region', { name: 'Offline' });
  await banner.waitFor();
  assert.deepEqual(await places(), before);
  const [shown, head] = [await box(banner), before[0]];
  assert.ok(Math.abs(shown.top - head.bottom) < 1.5 && Math.abs(shown.width - head.width) < 1.5 && shown.bottom - shown.top < 60, JSON.stringify({ shown, head }));
  assert.deepEqual(await faults(tab), []);
  await tab.context.setOffline(false);
  await banner.waitFor({ state: 'hidden' });
  await tab.leave();
});

test('22: with no conversation open, what is unread is told, and leads there', async () => {
  const { alex, kim } = await makeFriends();
  const one = await at(alex, '', WIDE);
  await one.page.getByText('You have read everything.').waitFor();
  for (const text of ['one', 'two']) await kim.say('single', alex.id, text);
  await soon(one.page.getByText('2 unread messages are waiting for you.'));
  assert.deepEqual(await faults(one), []);
  await button(one, 'Go to the first').click();
  await one.hears('two');
  await one.leave();
});

test('settings are in parts; three devices show, the others on demand; the way out is the last', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`${url}/api/login`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: alex.username, password: 'correct horse battery' }),
    });
    assert.ok(answer.ok);
  }
  const one = await at(alex, '#/settings', WIDE);
  const rows = one.page.getByRole('region', { name: 'Devices' }).getByRole('listitem');
  await until('three devices', async () => await rows.count() === 3);
  await button(one, 'Show all 5').click();
  await until('five devices', async () => await rows.count() === 5);
  const titles = await one.page.locator('.sheet h2').allTextContents();
  assert.deepEqual(titles, ['About you', 'Appearance', 'Writing', 'Notices in this browser', 'Who can reach you', 'Devices', 'Account']);
  assert.equal(await one.page.locator('.sheet :is(a, button):visible').last().textContent(), 'Log out');
  const edges = () => one.page.locator('.middle').evaluate((node) =>
    ['h1', '.sheet > *'].map((part) => Math.round(node.querySelector(part).getBoundingClientRect().left)));
  const [title, column] = await edges();
  assert.equal(title, column, 'the title stands above its column');
  const choice = one.page.getByRole('group', { name: 'Who may find you' }).getByRole('radio', { name: 'Nobody' });
  await choice.check();
  await soon(one.page.getByText('Saved.'));
  await one.page.getByLabel('Name', { exact: true }).fill('Alexandra');
  await one.page.getByLabel('Status').fill('Out');                 // the name is saved on leaving it, and this stays
  await until('the name', async () => (await one.page.locator('.card-name').textContent()) === 'Alexandra', SOON);
  assert.equal(await one.page.getByLabel('Status').inputValue(), 'Out');
  assert.deepEqual(await faults(one), []);
  await one.leave();
});

test('settings stand still while it becomes known what one has chosen, on a slow line, too', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  await alex.call('PATCH', '/api/settings', { presence: 'busy', last_seen: 'nobody' });
  const one = await at(alex, '#/settings', WIDE);
  let goOn = () => {};
  const held = new Promise((resolve) => { goOn = resolve; });
  await one.page.route(/\/api\/(me|settings|sessions)(\?|$)/, (route) => held.then(() => route.continue()));
  await one.page.reload();
  const places = async () => {
    const all = [];
    for (const width of [360, 820, 1440]) {
      await one.page.setViewportSize({ width, height: 900 });
      all.push(await one.page.locator('.sheet').evaluate((sheet) => {
        const last = sheet.querySelector('.sessions');                // there may be more than one
        return [...sheet.querySelectorAll('.panel, .field, fieldset, .sessions li:first-child')]
          .filter((node) => last.contains(node) || !(last.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING))
          .map((node) => `${node.className} ${Math.round(node.getBoundingClientRect().top)}`);
      }));
    }
    return all;
  };
  const status = one.page.getByLabel('Status');
  await status.waitFor();
  const before = await places();
  assert.ok(before.every((all) => all.length > 15));
  goOn();
  const isChosen = (set, value) => one.page.getByRole('group', { name: set }).getByRole('radio', { name: value }).isChecked();
  await until('all to be known', async () => await status.isEnabled() && await isChosen('What others see', 'Busy')
    && await isChosen('Who may find you', 'Everybody') && await one.page.locator('.sessions bdi').first().textContent() !== '\u00a0');
  assert.deepEqual(await places(), before);
  await one.leave();
});

test('what ends a friendship is in the menu beside a chat, and not in sight', async () => {
  const { kim, tab } = await pair(WIDE);
  const details = tab.page.getByRole('complementary');
  await details.getByText(`@${kim.username}`).waitFor();
  assert.equal(await tab.page.locator('magpie-details .danger').count(), 0);
  await button(tab, 'Menu of this conversation').press('Enter');
  await tab.page.getByRole('menuitem', { name: 'Block' }).press('Enter');
  await tab.page.getByRole('dialog').getByText('Block Kim Lindqvist?').waitFor();
  await tab.page.keyboard.press('Escape');
  await tab.leave();
});

test('35: where there is nothing or it cannot be had, that is said, with a way on', async () => {
  const { kim, alex, tab } = await pair(PHONE, 1);
  await tab.page.goto(`${url}/#/c/single/999999`);
  await tab.page.getByRole('heading', { name: 'There is no such conversation', level: 1 }).waitFor();
  assert.deepEqual(await faults(tab), []);
  await tab.page.getByRole('main').getByRole('link', { name: 'To your conversations' }).tap();
  await tab.list.getByRole('link', { name: kim.name }).waitFor();

  await tab.page.goto(`${url}/#/join/no-such-link`);
  await tab.page.getByRole('heading', { name: 'This link does not work, or no longer' }).waitFor();
  assert.deepEqual(await faults(tab), []);
  await tab.page.route('**/api/groups/7', (route) => route.abort());
  await tab.page.goto(`${url}/#/c/group/7/settings`);
  await tab.page.getByText('The server cannot be reached just now.').waitFor();
  assert.deepEqual(await faults(tab), []);
  const said = await tab.page.locator('magpie-group-settings [role=alert]').elementHandle();
  await alex.call('PATCH', `/api/friends/${kim.id}`, { remark: 'Kimmy' });
  await until('the name', async () => (await tab.page.locator('magpie-list').textContent()).includes('Kimmy'));
  assert.ok(await said.isVisible());
  await button(tab, 'Try again').press('Enter');
  await until('it to be said once more', async () => !await said.isVisible());
  assert.ok(await button(tab, 'Try again').evaluate((node) => node === document.activeElement));
  await alex.call('PATCH', `/api/friends/${kim.id}`, { remark: '' });
  await tab.page.unroute('**/api/groups/7');
  await button(tab, 'Try again').tap();
  await tab.page.getByRole('heading', { name: 'There is no such conversation' }).waitFor();

  await tab.page.goto(`${url}/#/`);
  await kim.say('single', alex.id, 'number 2');
  await tab.page.route('**/api/history**', (route) => route.abort());
  await tab.page.reload();
  await tab.open(kim.name);
  await tab.page.getByRole('heading', { name: 'The messages could not be loaded' }).waitFor();
  assert.equal(await button(tab, 'To the newest message').count(), 0, 'it leads nowhere');
  assert.deepEqual(await faults(tab), []);
  await tab.page.unroute('**/api/history**');
  await button(tab, 'Try again').tap();
  await tab.hears('number 1');
  await tab.leave();

  const one = await person(PHONE);
  await one.page.goto(`${url}/`);
  await one.logIn(kim.username);
  await tabs(one).waitFor();
  await one.page.route('**/magpie-contacts.js', (route) => route.abort());
  await tabs(one).getByRole('link', { name: 'Contacts' }).tap();
  await one.page.getByRole('heading', { name: 'This page could not be loaded', level: 1 }).waitFor();
  assert.deepEqual(await faults(one), []);
  await one.leave();
});

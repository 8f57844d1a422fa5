// Groups by hand: roles, mutes, settings, announcements; invitations, links, requests, bans; how a group ends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { closeBrowser, name, Person, person, Quick, require, until, url } from './people.js';

after(closeBrowser);

const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SOON = 3000;                       // a second for the change, the rest for a busy machine

/** Somebody's browser, at a place. */
async function at(quick, hash, options) {
  const one = await person(options);
  await one.page.goto(`${url}/${hash}`);
  await one.logIn(quick.username);
  await one.page.locator('magpie-shell').waitFor();
  return one;
}

/** Another tab of somebody. */
async function secondTab(one, hash) {
  const tab = new Person(one.context, await one.context.newPage(), one.wrongs);
  await tab.page.goto(`${url}/${hash}`);
  await tab.page.locator('magpie-shell').waitFor();
  return tab;
}

/** Alex, who owns a group, with friends of whom the first `members` are in it. */
async function makeGroup(members, settings) {
  const [alex, kim, sam] = await Promise.all([['alex', 'Alex Morgan'], ['kim', 'Kim Lindqvist'], ['sam', 'Sam Okafor']]
    .map(([stem, shown]) => Quick.make(name(stem), shown)));
  for (const friend of [kim, sam]) await friend.befriend(alex);
  const { group } = await alex.call('POST', '/api/groups', { name: name('Climbers') });
  for (const friend of [kim, sam].slice(0, members)) await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: friend.id });
  if (settings) await alex.call('PATCH', `/api/groups/${group.id}`, settings);
  return { alex, kim, sam, group, here: `#/c/group/${group.id}` };
}

const dialog = (one) => one.page.getByRole('dialog');
const button = (one, label) => one.page.getByRole('button', { name: label, exact: true });
const details = (one) => one.page.getByRole('complementary');
const member = (one, shown) => details(one).locator('.roles li', { hasText: shown });
const part = (one, title) => one.page.getByRole('region', { name: title });
const radio = (one, title, value) => one.page.getByRole('group', { name: title }).getByRole('radio', { name: value });
const soon = (locator) => locator.waitFor({ timeout: SOON });
const gone = (locator) => locator.waitFor({ state: 'hidden', timeout: SOON });
const undo = (one) => button(one, 'Undo').click();
const confirm = (one, label) => dialog(one).getByRole('button', { name: label, exact: true }).click();

/** Opens a member's menu, and chooses. */
async function choose(one, shown, label) {
  await member(one, shown).getByRole('button').click();
  await one.page.getByRole('menuitem', { name: label, exact: true }).click();
}

/** What a member's menu offers. */
async function offered(one, shown) {
  await member(one, shown).getByRole('button').click();
  const items = await one.page.getByRole('menuitem').allTextContents();
  await one.page.keyboard.press('Escape');
  return items;
}

test('roles: each sees what it may do, an admin is made and unmade, and the group is passed on', async () => {
  const { alex, kim, here } = await makeGroup(2);
  const one = await at(alex, here);
  const two = await secondTab(one, here);
  const other = await at(kim, here);
  await soon(member(other, 'Sam Okafor'));
  assert.equal(await member(other, 'Sam Okafor').getByRole('button').count(), 0, 'a member may nothing with another');
  assert.equal(await details(other).getByRole('link', { name: 'Group settings' }).count(), 0);
  await choose(one, 'Kim Lindqvist', 'Make admin');
  for (const tab of [one, two, other]) await soon(part(tab, 'Admins').getByText('Kim Lindqvist'));
  await soon(details(other).getByRole('link', { name: 'Group settings' }));
  assert.deepEqual(await offered(other, 'Sam Okafor'), [
    'Mute for 10 minutes', 'Mute for 1 hour', 'Mute for 1 day', 'Name in this group', 'Remove from the group', 'Remove and ban']);
  assert.equal(await member(other, 'Alex Morgan').getByRole('button').count(), 0, 'nor an admin with the owner');
  await undo(one);
  for (const tab of [two, other]) await gone(part(tab, 'Admins'));

  await details(one).getByRole('searchbox', { name: 'Find a member' }).waitFor({ state: 'hidden' });
  await choose(one, 'Kim Lindqvist', 'Pass the group on');
  await confirm(one, 'Pass on');
  for (const tab of [one, two, other]) await soon(part(tab, 'Owner').getByText('Kim Lindqvist'));
  await soon(part(one, 'Admins').getByText('Alex Morgan'));
  await soon(button(one, 'Leave group'));
  assert.ok((await offered(other, 'Alex Morgan')).includes('Pass the group on'));
  for (const who of [one, other]) await who.leave();
});

test('who is muted reads until when, and cannot write; all can be; slow mode keeps and sends', async () => {
  const { alex, kim, group, here } = await makeGroup(2);
  const one = await at(alex, here);
  const other = await at(kim, here);
  const another = await secondTab(other, here);
  await other.box.waitFor();
  await choose(one, 'Kim Lindqvist', 'Mute for 10 minutes');
  for (const tab of [other, another]) {
    await soon(tab.page.getByText(/^You are muted here until \d\d:\d\d\.$/));
    assert.equal(await tab.box.isVisible(), false);
  }
  await soon(member(one, 'Kim Lindqvist').getByText('muted'));
  await choose(one, 'Kim Lindqvist', 'Unmute');
  for (const tab of [other, another]) await soon(tab.box);

  await one.page.goto(`${url}/${here}/settings`);
  await radio(one, 'Who may write', 'Admins only').check();
  for (const tab of [other, another]) await soon(tab.page.getByText('Only the admins write here just now.'));
  await undo(one);
  for (const tab of [other, another]) await soon(tab.box);
  assert.equal(await radio(one, 'Who may write', 'All members').isChecked(), true);

  await one.page.getByLabel('Slow mode').selectOption('5 seconds');
  await soon(other.page.getByText('Slow mode: one message each 5 seconds.'));
  await other.say('first');
  await other.say('second');
  await soon(other.page.getByText(/^Slow mode: your message is sent in \d seconds?\.$/));
  await other.shot('groups-slow');
  await until('both are there', async () => {
    const { messages } = await alex.call('GET', `/api/history?contact_type=group&contact_id=${group.id}`);
    return messages.filter((m) => m.kind === 'text').map((m) => m.msg).join() === 'first,second';
  });
  for (const who of [one, other]) await who.leave();
});

test('name, description, limit and settings change at once for all, and it can be undone', async () => {
  const { alex, kim, group, here } = await makeGroup(2);
  const one = await at(alex, `${here}/settings`);
  const two = await secondTab(one, `${here}/settings`);
  const other = await at(kim, here);
  const fresh = name('Walkers');
  await one.page.getByLabel('At most so many members').fill('2');
  await button(one, 'Save').click();
  await one.page.getByText('There are more people in the group already.').waitFor();
  await one.page.getByLabel('At most so many members').fill('20');
  await one.page.getByLabel('Name of the group').fill(fresh);
  await one.page.getByLabel('What it is about').fill('On Sundays');
  await button(one, 'Save').click();
  await soon(other.page.getByRole('heading', { name: fresh, level: 1 }));
  await soon(details(other).getByText('On Sundays'));
  await soon(details(other).getByText('Private group · 3 of 20 members'));
  for (const tab of [one, two, other]) await soon(tab.list.getByRole('link', { name: fresh }));
  await until('the other tab', async () => await two.page.getByLabel('Name of the group').inputValue() === fresh, SOON);
  await undo(one);
  await soon(other.list.getByRole('link', { name: group.name }));

  assert.equal(await one.page.getByRole('group', { name: 'Who may join' }).isVisible(), false);
  await radio(one, 'Who can find it', 'Public').check();
  await soon(details(other).getByText(/^Public group/));
  await until('the other tab', () => radio(two, 'Who can find it', 'Public').isChecked(), SOON);
  await radio(one, 'Who invites', 'All members').check();
  await soon(details(other).getByRole('link', { name: 'Invite people' }));
  for (const who of [one, other]) await who.leave();
});

test('an announcement is on top until it is seen, then a line; in all tabs', async () => {
  const { alex, kim, here } = await makeGroup(1);
  const one = await at(alex, `${here}/settings`);
  const other = await at(kim, here);
  const another = await secondTab(other, here);
  await one.page.getByLabel('Text').fill('No climbing on Thursday');
  await button(one, 'Announce').click();
  const bar = (tab) => tab.page.locator('magpie-announcement');
  for (const tab of [other, another]) {
    await soon(bar(tab).locator('.announcement-text', { hasText: 'No climbing on Thursday' }));
    await soon(bar(tab).getByText('New', { exact: true }));
    await soon(bar(tab).getByText('Alex Morgan ·'));
  }
  await other.shot('groups-announcement');
  await button(other, 'Got it').click();
  for (const tab of [other, another]) {
    await gone(bar(tab).getByText('New', { exact: true }));
    await gone(bar(tab).locator('.announcement-text'));
    await bar(tab).locator('summary').waitFor();
  }
  await bar(another).locator('summary').press('Enter');
  await soon(bar(another).locator('.announcement-text'));
  await button(one, 'Take away').click();
  for (const tab of [other, another]) await gone(bar(tab));
  await undo(one);
  await soon(bar(other).getByText('New', { exact: true }));
  for (const who of [one, other]) await who.leave();
});

test('names in the group: one’s own, and a member’s by the owner', async () => {
  const { alex, kim, group, here } = await makeGroup(1);
  await kim.say('group', group.id, 'hello');
  const one = await at(alex, here);
  const other = await at(kim, here);
  await choose(other, 'Kim Lindqvist', 'My name in this group');
  await dialog(other).getByLabel('Name in this group').fill('The belayer');
  await button(other, 'Save').click();
  for (const tab of [one, other]) await soon(member(tab, 'The belayer').getByText('Kim Lindqvist ·'));
  await soon(one.log.locator('.from', { hasText: 'The belayer' }));
  await choose(one, 'The belayer', 'Name in this group');
  await dialog(one).getByLabel('Name in this group').fill('');
  await button(one, 'Save').click();
  await soon(one.log.locator('.from', { hasText: 'Kim Lindqvist' }));
  await undo(one);
  await soon(member(other, 'The belayer'));
  for (const who of [one, other]) await who.leave();
});

test('an invitation shows a badge in all tabs, is taken back, made again, and accepted', async () => {
  const { alex, kim, group, here } = await makeGroup(0);
  const one = await at(alex, `${here}/access`);
  const other = await at(kim, '#/');
  const another = await secondTab(other, '#/contacts');
  await button(one, 'Invite Kim Lindqvist').click();
  await soon(other.page.getByRole('link', { name: 'Contacts, 1 request waiting' }));
  await soon(another.page.getByText('Alex Morgan invites you'));
  await button(one, 'Withdraw the invitation of Kim Lindqvist').click();
  await soon(other.page.getByRole('link', { name: 'Contacts', exact: true }));
  await undo(one);
  await soon(another.page.getByText('Alex Morgan invites you'));
  await button(another, `Join ${group.name}`).click();
  await another.page.getByRole('heading', { name: group.name, level: 1 }).waitFor();
  await soon(other.list.getByRole('link', { name: group.name }));
  await soon(other.page.getByRole('link', { name: 'Contacts', exact: true }));
  await soon(one.page.getByText('Nobody is banned'));
  await gone(button(one, 'Withdraw the invitation of Kim Lindqvist'));
  for (const who of [one, other]) await who.leave();
});

test('a link leads through the login into the group; revoked, it leads nowhere', async () => {
  const { alex, kim, sam, group, here } = await makeGroup(0);
  const one = await at(alex, `${here}/access`);
  await one.page.getByLabel('For how many').selectOption('5 people');
  await button(one, 'Make a link').click();
  const link = await one.page.getByLabel('The new link').inputValue();
  assert.ok(link.startsWith(`${url}/#/join/`), link);
  await one.page.getByText('0 of 5 used').waitFor();
  await button(one, 'Copy').click();
  await one.page.getByText(/^(The link is copied|Please copy the link by hand)\.$/).waitFor();

  const other = await person();
  await other.page.goto(link);
  await other.page.getByText('Please log in first').waitFor();
  await other.logIn(kim.username);
  await other.page.getByText('Private group · 1 of').waitFor();
  await other.shot('groups-join');
  await button(other, `Join ${group.name}`).click();
  await other.page.getByRole('heading', { name: group.name, level: 1 }).waitFor();
  await one.page.getByText('1 of 5 used').waitFor();
  await button(one, 'Revoke the link by Alex Morgan').click();
  await gone(one.page.getByText('1 of 5 used'));
  assert.equal(await one.page.getByLabel('The new link').isVisible(), false);
  const third = await at(sam, link.slice(link.indexOf('#')));
  await third.page.getByText('This link does not work, or no longer.').waitFor();
  for (const who of [one, other, third]) await who.leave();
});

test('a public group is found, asked, and joined once an admin lets one in', async () => {
  const { alex, group, here } = await makeGroup(0, { visibility: 'public', joining: 'request' });
  const mia = await Quick.make(name('mia'), 'Mia Stranger');
  const one = await at(alex, here);
  const other = await at(mia, '#/groups');
  const find = () => other.page.getByLabel('Part of the name').fill(group.name.slice(2, -1).toUpperCase());
  await find();
  await button(other, `Ask to join ${group.name}`).click();
  await dialog(other).getByLabel('A note').fill('From the wall');
  await dialog(other).getByRole('button', { name: 'Ask to join' }).click();
  await soon(button(other, `Withdraw the request to join ${group.name}`));
  await soon(details(one).getByText('1 person asks to join'));
  await undo(other);
  await soon(button(other, `Ask to join ${group.name}`));
  await gone(details(one).getByText('1 person asks to join'));
  await button(other, `Ask to join ${group.name}`).click();
  await dialog(other).getByRole('button', { name: 'Ask to join' }).click();
  await details(one).getByRole('link', { name: /Joining and invitations/ }).click();
  await button(one, 'Accept the request of Mia Stranger').click();
  await soon(one.page.getByText('Nobody asks just now.'));
  await soon(other.list.getByRole('link', { name: group.name }));
  await soon(button(other, `Open ${group.name}`));

  await alex.call('PATCH', `/api/groups/${group.id}`, { joining: 'open' });
  const sue = await at(await Quick.make(name('sue'), 'Sue Stranger'), '#/groups');
  await sue.page.getByLabel('Part of the name').fill(group.name);
  await button(sue, `Join ${group.name}`).click();
  await sue.page.getByRole('heading', { name: group.name, level: 1 }).waitFor();
  for (const who of [one, other, sue]) await who.leave();
});

test('who is removed, banned, has left, or whose group is dissolved, reads that instead of the box', async () => {
  const { alex, kim, sam, group, here } = await makeGroup(2);
  const one = await at(alex, here);
  const other = await at(kim, here);
  const another = await secondTab(other, here);
  const third = await at(sam, here);
  await third.box.waitFor();
  await choose(one, 'Kim Lindqvist', 'Remove from the group');
  await confirm(one, 'Remove');
  for (const tab of [other, another]) {
    await soon(tab.page.getByText('You were removed from this group, so you cannot write here.'));
    assert.equal(await tab.box.isVisible(), false);
  }
  await button(one, 'Add Kim Lindqvist').click();
  for (const tab of [other, another]) await soon(tab.box);
  await choose(one, 'Kim Lindqvist', 'Remove and ban');
  await confirm(one, 'Remove and ban');
  await soon(other.page.getByText('You were removed from this group and banned'));
  await button(one, 'Add Kim Lindqvist').click();
  await one.page.getByText('This person is banned from the group.').waitFor();
  await one.page.goto(`${url}/${here}/access`);
  await button(one, 'Unban Kim Lindqvist').click();
  await soon(one.page.getByText('Nobody is banned.'));

  await button(third, 'Leave group').click();
  await confirm(third, 'Leave');
  await soon(third.page.getByText('You left this group'));
  await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: kim.id });
  await soon(other.box);
  await one.page.goto(`${url}/${here}/settings`);
  await button(one, 'Dissolve group').click();
  await confirm(one, 'Dissolve');
  for (const tab of [one, other, another]) await soon(tab.page.getByText('This group was dissolved, so nobody can write here.'));
  for (const who of [one, other, third]) await who.leave();
});

test('by keyboard alone: from the list to a member’s menu, an admin, and back', async () => {
  const { alex, group } = await makeGroup(1);
  const one = await at(alex, '#/');
  const go = async (wanted) => {
    for (let i = 0; i < 60; i++) {
      await one.page.keyboard.press('Tab');
      const [label, outline] = await one.page.evaluate(() => {
        const node = document.activeElement;
        return [node === document.body ? '' : node.getAttribute('aria-label') ?? node.textContent, getComputedStyle(node).outlineStyle];
      });
      if (label) assert.notEqual(outline, 'none', `no visible focus on ${label}`);
      if (label.includes(wanted) && !label.startsWith('Conversation with')) return one.page.keyboard.press('Enter');
    }
    assert.fail(`${wanted} is not reached by Tab`);
  };
  await go(group.name);
  await one.box.waitFor();
  await member(one, 'Kim Lindqvist').waitFor();
  await go('Kim Lindqvist: menu');
  await one.page.getByRole('menu').waitFor();
  await one.page.keyboard.press('Enter');
  await soon(part(one, 'Admins').getByText('Kim Lindqvist'));
  await go('Undo');
  await gone(part(one, 'Admins'));
  await go('Group settings');
  await one.page.getByRole('heading', { name: 'Group settings' }).waitFor();
  await one.page.getByLabel('Name of the group').waitFor();
  await one.leave();
});

test('axe finds nothing on these pages, nothing sticks out, targets are large enough', async () => {
  const { alex, kim, sam, group, here } = await makeGroup(2, {
    visibility: 'public', joining: 'request', description: 'Thursdays at six, at the wall behind the station',
  });
  const path = `/api/groups/${group.id}`;
  const tom = await Quick.make(name('tom'), 'Maximiliane-Alexandrina von Höhe');
  await tom.befriend(alex);
  await alex.call('PATCH', `${path}/members/${kim.id}`, { role: 'admin', nickname: '小雨 of the far end of the lake' });
  await alex.call('PATCH', `${path}/members/${sam.id}`, { mute_for: 3600 });
  await alex.call('POST', `${path}/invitations`, { user_id: tom.id });
  await alex.call('POST', `${path}/links`, { expires_in: 86400, max_uses: 5 });
  await (await Quick.make(name('mia'), '欧阳晓雨')).call('POST', `${path}/join`, { note: 'We met at the wall, I was the one with the green rope and no chalk.' });
  await alex.call('POST', `${path}/bans`, { user_id: (await Quick.make(name('foe'), 'Foe')).id }).catch(() => {});
  await alex.call('PUT', `${path}/announcement`, { text: 'No climbing on Thursday. See https://example.org/a-very-long-address/that/goes/on/and/on/and/on' });
  const { group: chess } = await kim.call('POST', '/api/groups', { name: name('Chess') });
  await kim.call('POST', `/api/groups/${chess.id}/invitations`, { user_id: alex.id });
  for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 360], ['dark', 360]]) {
    for (const language of ['en-GB', 'zh-CN']) {
      const one = await at(alex, '#/', { colorScheme, locale: language, viewport: { width, height: 800 }, hasTouch: width < 500, isMobile: width < 500 });
      for (const [place, hash, ready] of [['chat', here, '.announcement'], ['info', `${here}/info`, '.roles li'],
        ['settings', `${here}/settings`, '.group-sheet .segments'], ['access', `${here}/access`, '.requests-list li'],
        ['found', '#/groups', '#find-group'], ['menu', `${here}/info`, '.roles li'], ['view', '', '.roles li']]) {
        if (hash) await one.page.goto(`${url}/${hash}`);
        await one.page.locator(ready).first().waitFor();
        if (place === 'found') {
          await one.page.locator('#find-group').fill(group.name);
          await one.page.locator('magpie-groups li[data-id]').first().waitFor();
        }
        if (place === 'menu') await one.page.locator('.roles li', { hasText: 'Sam Okafor' }).getByRole('button').click();
        if (place === 'view') await one.page.locator('magpie-details .head button').click();
        if (place === 'menu' || place === 'view') await one.page.getByRole('menu').waitFor();
        await one.page.evaluate(axeSource);
        const found = await one.page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
          const shown = (node) => node.getClientRects().length > 0 && !node.closest('.unseen');
          const box = (node) => node.getBoundingClientRect();
          return [...violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`),
            ...[...document.querySelectorAll('body *')].filter((node) => shown(node) && box(node).right > innerWidth + 0.5)
              .map((node) => `out: ${node.outerHTML.slice(0, 100)}`),
            ...[...document.querySelectorAll(':is(main, dialog, magpie-details) :is(a, button, summary, select, input:not([type=radio]), textarea)')]
              .filter((node) => shown(node) && !node.closest('.announcement-text') && Math.min(box(node).height, box(node).width) < 42)
              .map((node) => `small: ${node.outerHTML.slice(0, 100)}`),
            ...[...document.querySelectorAll('input:not([type=radio]), textarea, select')]
              .filter((node) => shown(node) && parseFloat(getComputedStyle(node).fontSize) < 16)
              .map((node) => `tiny: ${node.outerHTML.slice(0, 100)}`)];
        });
        assert.deepEqual(found, [], `${place} ${colorScheme} ${width} ${language}`);
        await one.shot(`groups-${place}-${colorScheme}-${width}-${language}`);
        if (place === 'menu' || place === 'view') await one.page.keyboard.press('Escape');
      }
      await one.leave();
    }
  }
});

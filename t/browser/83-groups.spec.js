// Groups by hand: roles, mutes, settings, announcements; invitations, links, requests, bans; how a group ends.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, button, closeBrowser, dialog, faults, gone, makeFriends, name, person, Quick, secondTab, SOON, soon, until, url } from './people.js';

after(closeBrowser);

/** Alex, who owns a group, with friends of whom the first `members` are in it. */
async function makeGroup(members, settings) {
  const { alex, kim, sam } = await makeFriends();
  const { group } = await alex.call('POST', '/api/groups', { name: name('Climbers') });
  for (const friend of [kim, sam].slice(0, members)) await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: friend.id });
  if (settings) await alex.call('PATCH', `/api/groups/${group.id}`, settings);
  return { alex, kim, sam, group, here: `#/c/group/${group.id}` };
}

const details = (one) => one.page.getByRole('complementary');
const member = (one, shown) => details(one).locator('.roles li', { hasText: shown });
const part = (one, title) => one.page.getByRole('region', { name: title });
const radio = (one, title, value) => one.page.getByRole('group', { name: title }).getByRole('radio', { name: value });
const undo = (one) => button(one, 'Undo').click();
const confirm = (one, label) => dialog(one).getByRole('button', { name: label, exact: true }).click();

/** What a member's menu offers. It stays open where that includes `label`. */
async function offered(one, shown, label) {
  await member(one, shown).getByRole('button').click();
  await one.page.getByRole('menu').waitFor();
  const items = await one.page.getByRole('menuitem').allTextContents();
  if (!items.includes(label)) await one.page.keyboard.press('Escape');
  return items;
}

/** Chooses in a member's menu, once what was chosen before is done. */
async function choose(one, shown, label) {
  await until(`${label} to be offered`, async () => (await offered(one, shown, label)).includes(label));
  await one.page.getByRole('menuitem', { name: label, exact: true }).click();
}

test('roles: each sees what it may do, an admin is made and unmade, and the group is passed on', async () => {
  const { alex, kim, here } = await makeGroup(2);
  const one = await at(alex, here);
  const two = await secondTab(one, here);
  const other = await at(kim, here);
  await member(other, 'Sam Okafor').waitFor();
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
  await another.page.clock.install();
  await another.page.reload();
  await choose(one, 'Kim Lindqvist', 'Mute for 10 minutes');
  await soon(another.page.getByText(/^You are muted here until/));
  await another.page.clock.fastForward(10 * 60_000 + 2000);
  await soon(another.box);                             // it ends by itself
  await choose(one, 'Kim Lindqvist', 'Unmute');
  await soon(other.box);

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
  await one.page.getByLabel('Places for members').fill('2');
  await button(one, 'Save').click();
  await one.page.getByText('There are more people in the group already.').waitFor();
  await one.page.getByLabel('Places for members').fill('20');
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
    await bar(tab).locator('.announcement-text', { hasText: 'No climbing on Thursday' }).waitFor();        // it is fetched with the first one
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
  assert.equal(await button(other, 'Show all').count(), 0, 'one sees all of it');
  await other.page.setViewportSize({ width: 360, height: 740 });
  const path = `/api${here.slice(1).replace('/c/group/', '/groups/')}/announcement`;
  const long = 'No climbing on Thursday, since the wall is being painted. '.repeat(8);
  const height = async () => (await bar(other).boundingBox()).height;
  await alex.call('PUT', path, { text: `${long} https://example.org/` });
  await soon(button(other, 'Show all'));
  await bar(other).getByRole('link').focus();                            // in a line that is cut off
  await until('all of it', async () => await height() > 200 && await button(other, 'Show all').count() === 0);
  await alex.call('PUT', path, { text: long });
  await soon(button(other, 'Show all'));
  assert.ok(await height() < 160, `a long one leaves room for the messages: ${await height()}`);
  await button(other, 'Show all').click();
  await until('all of it', async () => await height() > 200 && await button(other, 'Show all').count() === 0);
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
  const decline = button(another, `Decline the invitation to ${group.name}`);
  await soon(decline);
  await decline.focus();
  const { group: second } = await alex.call('POST', '/api/groups', { name: name('Readers') });
  await alex.call('POST', `/api/groups/${second.id}/invitations`, { user_id: kim.id });
  await soon(button(another, `Join ${second.name}`));
  assert.equal(await decline.evaluate((node) => node === document.activeElement), true, 'the focus stays where it is');
  await alex.call('DELETE', `/api/groups/${second.id}/invitations/${kim.id}`);
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
  await other.page.getByText('Please log in first, or create an account').waitFor();
  await other.logIn(kim.username);
  await other.page.getByText('Private group · 1 of').waitFor();
  await other.shot('groups-join');
  await button(other, `Join ${group.name}`).click();
  await other.page.getByRole('heading', { name: group.name, level: 1 }).waitFor();
  await one.page.getByText('1 of 5 used').waitFor();
  await button(one, 'Revoke the link by Alex Morgan').click();
  await confirm(one, 'Cancel');
  await one.page.getByText('1 of 5 used').waitFor();
  await button(one, 'Revoke the link by Alex Morgan').click();
  await confirm(one, 'Revoke');
  await gone(one.page.getByText('1 of 5 used'));
  assert.equal(await one.page.getByLabel('The new link').isVisible(), false);
  const third = await at(sam, link.slice(link.indexOf('#')));
  await third.page.getByText('This link does not work, or no longer').waitFor();
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
  const joining = details(one).getByRole('link', { name: /^Joining/ });
  const heights = await details(one).locator('.entries a').evaluateAll((all) => all.map((way) => way.offsetHeight));
  assert.ok(heights.length === 2 && Math.abs(heights[0] - heights[1]) < 2, `one line each: ${heights}`);
  await joining.click();
  await button(one, 'Accept the request of Mia Stranger').click();
  await soon(one.page.getByText('No requests at the moment.'));
  await soon(other.list.getByRole('link', { name: group.name }));
  await soon(button(other, `Open ${group.name}`));

  await alex.call('PATCH', `/api/groups/${group.id}`, { joining: 'open' });
  const sue = await at(await Quick.make(name('sue'), 'Sue Stranger'), '#/groups');
  await sue.page.getByLabel('Part of the name').fill(group.name);
  await button(sue, `Join ${group.name}`).click();
  await sue.page.getByRole('heading', { name: group.name, level: 1 }).waitFor();
  for (const who of [one, other, sue]) await who.leave();
});

test('a public group has its card at its own address, from which one comes in: by keyboard, in all tabs, also after a reload', async () => {
  const { alex, group, here } = await makeGroup(2, { visibility: 'public', joining: 'request', description: 'Thursdays at six' });
  const mia = await Quick.make(name('mia'), 'Mia Stranger');
  const one = await at(alex, `${here}/access`);
  const other = await at(mia, '#/groups');
  const another = await secondTab(other, here);
  const card = (tab) => tab.page.locator('magpie-chat .profile');
  await other.page.getByLabel('Part of the name').fill(group.name);
  await other.page.getByRole('link', { name: group.name }).press('Enter');
  for (const tab of [other, another]) await soon(card(tab).getByText('Thursdays at six'));
  assert.equal(new URL(other.page.url()).hash, here);
  await other.page.reload();
  await card(other).getByText('Public group · 3 of 200 members').waitFor();
  assert.equal(await other.box.isVisible(), false);
  await other.shot('groups-card');

  const focused = () => other.page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
  await until('the way in has the focus', async () => await focused() === `Ask to join ${group.name}`);
  await other.page.keyboard.press('Enter');
  await other.page.keyboard.type('From the wall');
  await dialog(other).getByRole('button', { name: 'Ask to join' }).press('Enter');
  for (const tab of [other, another]) await soon(button(tab, `Withdraw the request to join ${group.name}`));
  await until('the focus is in its place', async () => await focused() === `Withdraw the request to join ${group.name}`);
  await button(one, 'Decline the request of Mia Stranger').click();
  await confirm(one, 'Decline');
  for (const tab of [other, another]) await soon(button(tab, `Ask to join ${group.name}`));
  await button(another, `Ask to join ${group.name}`).click();
  await dialog(another).getByRole('button', { name: 'Ask to join' }).click();
  await button(one, 'Accept the request of Mia Stranger').click();
  for (const tab of [other, another]) {
    await soon(tab.box);
    await member(tab, 'Mia Stranger').waitFor();
    assert.equal(await card(tab).count(), 0);
  }
  await other.say('hello');
  await another.hears('hello');

  await other.page.getByRole('searchbox', { name: 'Find a member' }).fill('okaf');
  await gone(member(other, 'Mia Stranger'));
  assert.deepEqual(await details(other).locator('.roles .name').allTextContents(), ['Sam Okafor']);
  await other.page.getByRole('searchbox', { name: 'Find a member' }).fill('nobody');
  await details(other).getByText('No member of this name.').waitFor();
  for (const who of [one, other]) await who.leave();
});

test('on a phone: an open group is joined, an invitation taken, a private group is as none', async () => {
  const { alex, kim, group, here } = await makeGroup(0, { visibility: 'public', joining: 'open' });
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  const other = await at(kim, here, phone);
  await button(other, `Join ${group.name}`).waitFor();
  assert.deepEqual(await faults(other), []);
  await button(other, `Join ${group.name}`).tap();
  await other.box.waitFor();
  await other.page.getByRole('link', { name: 'Details' }).tap();
  await other.page.locator('.roles li', { hasText: 'Alex Morgan' }).waitFor();

  const { group: quiet } = await alex.call('POST', '/api/groups', { name: name('Quiet') });
  await other.page.goto(`${url}/#/c/group/${quiet.id}`);
  await other.page.getByRole('heading', { name: 'There is no such conversation' }).waitFor();
  const nothing = await other.page.locator('magpie-chat').textContent();
  await alex.call('POST', `/api/groups/${quiet.id}/invitations`, { user_id: kim.id });
  await soon(other.page.getByText('Alex Morgan invites you'));
  assert.deepEqual(await faults(other), []);
  await alex.call('DELETE', `/api/groups/${quiet.id}/invitations/${kim.id}`);
  await soon(other.page.getByRole('heading', { name: 'There is no such conversation' }));
  await alex.call('POST', `/api/groups/${quiet.id}/invitations`, { user_id: kim.id });
  await button(other, `Join ${quiet.name}`).tap();
  await other.box.waitFor();
  await other.page.goto(`${url}/#/c/group/999999999/info`);
  await other.page.getByRole('heading', { name: 'There is no such conversation' }).waitFor();
  assert.equal(await other.page.locator('magpie-chat').textContent(), nothing);
  await other.leave();
});

test('who left a public group asks to come back, or is invited: in both tabs', async () => {
  const { alex, kim, group, here } = await makeGroup(1, { visibility: 'public', joining: 'request' });
  const path = `/api/groups/${group.id}`;
  await kim.call('DELETE', `${path}/members/${kim.id}`);
  const one = await at(kim, here);
  const two = await secondTab(one, here);
  await button(one, `Ask to join ${group.name}`).click();
  await dialog(one).getByRole('button', { name: 'Ask to join' }).click();
  for (const tab of [one, two]) await soon(button(tab, `Withdraw the request to join ${group.name}`));
  await alex.call('POST', `${path}/join-requests/${kim.id}/reject`);
  for (const tab of [one, two]) await soon(button(tab, `Ask to join ${group.name}`));
  await alex.call('POST', `${path}/invitations`, { user_id: kim.id });
  for (const tab of [one, two]) await soon(button(tab, `Join ${group.name}`));
  await alex.call('DELETE', `${path}/invitations/${kim.id}`);
  for (const tab of [one, two]) await soon(button(tab, `Ask to join ${group.name}`));
  await alex.call('PATCH', path, { visibility: 'private' });
  await alex.call('POST', `${path}/invitations`, { user_id: kim.id });
  for (const tab of [one, two]) await soon(details(tab).getByText('Alex Morgan invites you'));
  await button(two, `Join ${group.name}`).click();
  for (const tab of [one, two]) await soon(tab.box);
  await one.leave();
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

test('33: by keyboard alone: from the list to a member’s menu, an admin, and back', async () => {
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

test('33: axe finds nothing on these pages, nothing sticks out, targets are large enough', async () => {
  const { alex, kim, sam, group, here } = await makeGroup(2, {
    visibility: 'public', joining: 'request', description: 'Thursdays at six, at the wall behind the station',
  });
  const path = `/api/groups/${group.id}`;
  const tom = await Quick.make(name('tom'), 'Maximiliane-Alexandrina von Höhe');
  await tom.befriend(alex);
  await alex.call('PATCH', `${path}/members/${kim.id}`, { role: 'admin', nickname: '小雨 of the far end of the lake' });
  const old = await at(alex, here, { viewport: { width: 1024, height: 600 } });
  const [friend, add] = [details(old).locator('friend-picker .name'), button(old, `Add ${tom.name}`)];
  const [{ y, height }, beside] = [await friend.boundingBox(), await add.boundingBox()];
  assert.ok(beside.y < y && y + height < beside.y + beside.height, 'a button is beside its friend, on a narrow screen, too');
  await old.leave();
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
        ['found', '#/groups', '#find-group'], ['card', `#/c/group/${chess.id}`, 'magpie-missing .requests li'],
        ['menu', `${here}/info`, '.roles li'], ['view', '', '.roles li']]) {
        if (hash) await one.page.goto(`${url}/${hash}`);
        await one.page.locator(ready).first().waitFor();
        if (place === 'found') {
          await one.page.locator('#find-group').fill(group.name);
          await one.page.locator('magpie-groups li[data-id]').first().waitFor();
        }
        if (place === 'menu') await one.page.locator('.roles li', { hasText: 'Sam Okafor' }).getByRole('button').click();
        if (place === 'view') await one.page.locator('magpie-details .head button').click();
        if (place === 'menu' || place === 'view') await one.page.getByRole('menu').waitFor();
        assert.deepEqual(await faults(one), [], `${place} ${colorScheme} ${width} ${language}`);
        await one.shot(`groups-${place}-${colorScheme}-${width}-${language}`);
        if (place === 'menu' || place === 'view') await one.page.keyboard.press('Escape');
      }
      await one.leave();
    }
  }
});

// How somebody views a conversation: pinned, muted, hidden, marked as unread, cleared; in all of one's tabs, for nobody else.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, closeBrowser, makeFriends, name, secondTab, SOON, until } from './people.js';

after(closeBrowser);

/** Alex with two friends, who have both written. */
async function makeThree() {
  const { alex, kim, sam } = await makeFriends();
  await kim.say('single', alex.id, 'from Kim');
  await sam.say('single', alex.id, 'from Sam');
  return { alex, kim, sam };
}

const names = (one) => one.list.locator('.conversation .name').allTextContents();
const row = (one, shown) => one.list.locator('li', { hasText: shown });
const item = (one, label) => one.page.getByRole('menu').getByRole(/mention/i.test(label) ? 'menuitemcheckbox' : 'menuitem', { name: label, exact: true });
const soon = (what, check) => until(what, check, SOON);
const listed = (one, ...shown) => soon(`the list is ${shown}`, async () => (await names(one)).join() === shown.join());

/** Opens the menu of a conversation with the right button, and chooses. */
async function choose(one, shown, label) {
  await row(one, shown).getByRole('link').click({ button: 'right' });
  await item(one, label).click();
}

test('21: pinned ones come first, in both tabs, and it can be undone', async () => {
  const { alex, kim, sam } = await makeThree();
  const one = await at(alex, '#/');
  const two = await secondTab(one, '#/');
  await listed(one, 'Sam Okafor', 'Kim Lindqvist');
  await choose(one, 'Kim Lindqvist', 'Pin to the top');
  for (const tab of [one, two]) await listed(tab, 'Kim Lindqvist', 'Sam Okafor');
  await two.list.getByText('pinned').waitFor({ state: 'attached' });
  await sam.say('single', alex.id, 'newer');
  await soon('it has come', async () => (await row(one, 'Sam Okafor').textContent()).includes('newer'));
  assert.deepEqual(await names(one), ['Kim Lindqvist', 'Sam Okafor']);
  await one.page.getByRole('button', { name: 'Undo' }).click();
  for (const tab of [one, two]) await listed(tab, 'Sam Okafor', 'Kim Lindqvist');
  await choose(two, 'Kim Lindqvist', 'Pin to the top');
  await listed(one, 'Kim Lindqvist', 'Sam Okafor');
  await one.page.reload();
  await listed(one, 'Kim Lindqvist', 'Sam Okafor');
  await choose(one, 'Kim Lindqvist', 'Unpin');
  await listed(two, 'Sam Okafor', 'Kim Lindqvist');
  assert.equal((await kim.call('POST', '/api/changes', {})).contacts[0].pinned, false, 'nobody else');
  await one.leave();
});

test('21, 23: a muted one counts in grey and not in the title', async () => {
  const { alex, kim } = await makeThree();
  const one = await at(alex, '#/');
  const two = await secondTab(one, '#/');
  await soon('two unread', async () => (await one.page.title()).startsWith('(2)'));
  await choose(one, 'Kim Lindqvist', 'Mute');
  for (const tab of [one, two]) await soon('one unread in the title', async () => (await tab.page.title()).startsWith('(1)'));
  await kim.say('single', alex.id, 'again');
  for (const tab of [one, two]) await soon('its count', async () => (await row(tab, 'Kim Lindqvist').locator('.badge').textContent()).startsWith('2'));
  assert.ok((await one.page.title()).startsWith('(1)'));
  const colour = (shown) => row(one, shown).locator('.badge').evaluate((node) => getComputedStyle(node).backgroundColor);
  assert.notEqual(await colour('Kim Lindqvist'), await colour('Sam Okafor'));
  await one.shot('view-muted');
  await choose(two, 'Kim Lindqvist', 'Unmute');
  for (const tab of [one, two]) await soon('all unread in the title', async () => (await tab.page.title()).startsWith('(3)'));
  await one.leave();
});

test('21: in a muted group one chooses whether mentions come', async () => {
  const { alex, kim } = await makeThree();
  const { group } = await kim.call('POST', '/api/groups', { name: name('Birds') });
  await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: alex.id });
  const one = await at(alex, '#/');
  const two = await secondTab(one, '#/');
  await choose(one, group.name, 'Mute');
  await row(two, group.name).getByText('muted').waitFor({ state: 'attached' });
  await row(two, group.name).getByRole('link').click({ button: 'right' });
  assert.equal(await item(two, 'Tell me when I am mentioned').getAttribute('aria-checked'), 'true');
  await item(two, 'Tell me when I am mentioned').click();
  await soon('the other tab', async () => {
    await row(one, group.name).getByRole('link').click({ button: 'right' });
    const isOn = await item(one, 'Tell me when I am mentioned').getAttribute('aria-checked');
    await one.page.keyboard.press('Escape');
    return isOn === 'false';
  });
  await one.leave();
});

test('a hidden one is gone until a message comes; the finder has it', async () => {
  const { alex, kim } = await makeThree();
  const one = await at(alex, `#/c/single/${kim.id}`);
  const two = await secondTab(one, '#/');
  await one.hears('from Kim');
  await choose(one, 'Kim Lindqvist', 'Hide until a message comes');
  for (const tab of [one, two]) await listed(tab, 'Sam Okafor');
  await one.page.getByRole('heading', { name: 'Hello, Alex Morgan' }).waitFor();
  await two.page.keyboard.press('Control+k');
  await two.page.getByRole('option', { name: 'Kim Lindqvist' }).click();
  await two.log.waitFor();
  assert.deepEqual(await names(two), ['Sam Okafor'], 'looking at it changes nothing');
  await kim.say('single', alex.id, 'and now');
  for (const tab of [one, two]) await listed(tab, 'Kim Lindqvist', 'Sam Okafor');
  await choose(one, 'Kim Lindqvist', 'Hide until a message comes');
  await listed(two, 'Sam Okafor');
  await one.page.getByRole('button', { name: 'Undo' }).click();
  await listed(two, 'Kim Lindqvist', 'Sam Okafor');
  await one.leave();
});

test('one marks a conversation as unread until it is opened', async () => {
  const { alex, kim } = await makeThree();
  const one = await at(alex, `#/c/single/${kim.id}`);
  const two = await secondTab(one, '#/');
  await one.page.bringToFront();
  await one.hears('from Kim');
  await soon('it is read', async () => (await row(two, 'Kim Lindqvist').locator('.badge').count()) === 0);
  await choose(one, 'Kim Lindqvist', 'Mark as unread');
  for (const tab of [one, two]) await row(tab, 'Kim Lindqvist').getByText('marked as unread').waitFor({ state: 'attached', timeout: SOON });
  await one.page.getByRole('heading', { name: 'Hello, Alex Morgan' }).waitFor();
  await two.open('Kim Lindqvist');
  for (const tab of [one, two]) await soon('no mark', async () => (await row(tab, 'Kim Lindqvist').locator('.badge').count()) === 0);
  await two.page.reload();
  await two.log.waitFor();
  assert.equal(await row(two, 'Kim Lindqvist').locator('.badge').count(), 0, 'the server knows');
  await choose(one, 'Sam Okafor', 'Mark as read');
  await soon('Sam is read', async () => (await row(two, 'Sam Okafor').locator('.badge').count()) === 0);
  await one.leave();
});

test('clearing asks, and empties it in both tabs but not for the other one', async () => {
  const { alex, kim } = await makeThree();
  const one = await at(alex, `#/c/single/${kim.id}`);
  const two = await secondTab(one, `#/c/single/${kim.id}`);
  await two.hears('from Kim');
  await choose(one, 'Kim Lindqvist', 'Clear my history');
  await one.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.deepEqual(await one.texts(), ['from Kim']);
  await one.page.getByRole('complementary').getByRole('button', { name: 'Menu of this conversation' }).click();
  await item(one, 'Clear my history').click();
  await one.page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
  for (const tab of [one, two]) await soon('it is empty', async () => (await tab.texts()).length === 0);
  await two.page.getByText('No messages yet. Say hello.').waitFor();
  await two.log.getByRole('heading', { name: 'Kim Lindqvist' }).waitFor();
  await kim.say('single', alex.id, 'a new beginning');
  await one.hears('a new beginning');
  await one.page.reload();
  await one.hears('a new beginning');
  assert.deepEqual(await one.texts(), ['a new beginning']);
  const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  assert.deepEqual(messages.map((m) => m.msg), ['from Kim', 'a new beginning']);
  await one.leave();
});

test('33: by keyboard alone: its menu is reached by Tab and by the menu key, and goes by arrows', async () => {
  const { alex } = await makeThree();
  const one = await at(alex, '#/');
  const focused = () => one.page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
  const tabTo = async (wanted) => {
    for (let i = 0; i < 30; i++) {
      await one.page.keyboard.press('Tab');
      if ((await focused()).includes(wanted)) return;
    }
    assert.fail(`${wanted} is not reached by Tab`);
  };
  await tabTo('Conversation with Kim Lindqvist: menu');
  const more = row(one, 'Kim Lindqvist').getByRole('button');
  assert.equal(await more.evaluate((node) => getComputedStyle(node).opacity), '1', 'it is seen then');
  await one.page.keyboard.press('Enter');
  await one.page.getByRole('menu').waitFor();
  assert.equal(await focused(), 'Pin to the top');
  await one.page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'Clear my history');
  await one.page.keyboard.press('Escape');
  assert.equal(await focused(), 'Conversation with Kim Lindqvist: menu');
  await one.page.keyboard.press('Enter');
  await one.page.getByRole('menu').waitFor();
  await one.page.keyboard.press('Enter');
  await listed(one, 'Kim Lindqvist', 'Sam Okafor');
  await soon('the focus is there', async () => (await focused()).includes('Kim Lindqvist'));
  await one.page.getByRole('button', { name: 'Undo' }).waitFor();           // with the answer: the event may be here before it
  await one.page.keyboard.press('Control+z');
  await listed(one, 'Sam Okafor', 'Kim Lindqvist');
  await row(one, 'Sam Okafor').getByRole('link').focus();
  await one.page.keyboard.press('Shift+F10');
  await item(one, 'Mute').waitFor();
  await one.page.keyboard.press('ArrowDown');
  await one.page.keyboard.press('ArrowDown');
  await one.page.keyboard.press('Enter');
  await row(one, 'Sam Okafor').getByText('muted').waitFor({ state: 'attached', timeout: SOON });
  await one.leave();
});

test('a finger that stays opens the menu at the foot of the page, and opens no conversation', async () => {
  const { alex } = await makeThree();
  const one = await at(alex, '#/', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const box = await row(one, 'Kim Lindqvist').boundingBox();
  const cdp = await one.context.newCDPSession(one.page);
  const touchPoints = [{ x: box.x + 90, y: box.y + 30 }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await one.page.getByRole('menu').waitFor();
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await one.shot('view-menu-360');
  const menu = await one.page.locator('dialog.menu').boundingBox();
  assert.ok(Math.abs(menu.y + menu.height - 740) < 2 && menu.width > 350, JSON.stringify(menu));
  assert.equal(new URL(one.page.url()).hash, '#/');
  assert.equal(await one.page.locator('.menu :focus-visible').count(), 0, 'no ring for a finger, although one has logged in by keyboard');
  await one.page.keyboard.press('ArrowUp');
  assert.equal(await one.page.locator('.menu :focus').textContent(), 'Clear my history', 'and yet keys go on from here');
  await item(one, 'Pin to the top').tap();
  await listed(one, 'Kim Lindqvist', 'Sam Okafor');
  await one.leave();
});

// Small things that went wrong once; a test begins with the number of the point that it belongs to.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, closeBrowser, makeFriends, name, pair, person, Quick, SOON, soon, until, url } from './people.js';

after(closeBrowser);

/** An input method's Enter as Safari tells it: the composition ends before the key. Answers whether the page has let it do something. */
const safariEnter = (box) => box.evaluate((node) => {
  node.focus();
  const init = { key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true, cancelable: true };
  const [start, end] = ['compositionstart', 'compositionend'].map((type) => new CompositionEvent(type, { bubbles: true, data: '你好' }));
  const key = new KeyboardEvent('keydown', init);
  node.dispatchEvent(start);
  node.dispatchEvent(end);
  const isOurs = node.dispatchEvent(key);
  node.dispatchEvent(new KeyboardEvent('keyup', init));
  return isOurs;
});

/** Somebody's browser at a place, with a clock that the test may turn, and a poll on its way. */
async function withClock(quick, hash, time) {
  const one = await person();
  await one.page.clock.install({ time });
  let polls = 0;
  one.page.on('request', (request) => { polls += Number(request.url().includes('/api/receive')); });
  await one.page.goto(`${url}/${hash}`);
  await one.logIn(quick.username);
  await one.page.locator('magpie-shell').waitFor();
  await until('a poll', () => polls > 0);
  return one;
}

test('3: in Safari’s order the input method’s Enter chooses nothing and sends no form', async () => {
  const { alex, sam } = await makeFriends();
  const one = await at(alex, '');
  await one.page.keyboard.press('Control+k');
  const finder = one.page.getByRole('combobox');
  await finder.fill('sam');
  assert.equal(await safariEnter(finder), false, 'the finder');
  assert.equal(await finder.isVisible(), true);
  await finder.press('Enter');
  await one.page.getByRole('heading', { name: sam.name, level: 1 }).waitFor();
  for (const [place, box] of [['people', '#find-person'], ['groups', '#find-group'], ['new-group', '.form input']]) {
    await one.page.goto(one.page.url().replace(/#.*/, `#/${place}`));
    const line = one.page.locator(`main ${box}`).first();
    await line.waitFor();
    assert.equal(await safariEnter(line), false, place);
    assert.equal(await safariEnter(line.locator('xpath=..')), true, 'what is no box has its keys');
  }
  await one.leave();
});

test('8: a file that is dropped on the page doesn’t take its place', async () => {
  const { tab } = await pair();
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  const cdp = await tab.context.newCDPSession(tab.page);
  const { x, y, width, height } = await tab.log.boundingBox();
  const data = { items: [], files: [import.meta.filename ?? new URL(import.meta.url).pathname], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await cdp.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  const isPrevented = await tab.box.evaluate((box) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.txt'));
    return ['dragover', 'drop'].map((type) => !box.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })));
  });
  assert.deepEqual(isPrevented, [true, true]);
  const isText = await tab.box.evaluate((box) => box.dispatchEvent(new DragEvent('drop', { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true })));
  assert.equal(isText, true, 'a text may fall into the box');
  assert.equal(await tab.page.evaluate(() => window.stillTheSame), true);
  await tab.leave();
});

test('25: where nothing is answered any more, and nothing refused, the banner shows within 10 s of a send', async () => {
  const { alex, kim } = await makeFriends();
  const one = await withClock(alex, `#/c/single/${kim.id}`, Date.now());
  await one.page.route('**/api/**', () => {});
  const probe = one.page.waitForRequest(/\/api\/receive.*timeout=0/);
  await one.say('into the hole');
  await one.page.clock.runFor(5000);
  await probe;
  for (const ms of [3000, 1600]) await one.page.clock.runFor(ms);
  await soon(one.page.getByRole('button', { name: 'Try now' }));
  await one.leave();
});

test('26: after a sleep that no event tells of, the first key polls anew', async () => {
  const { alex, kim } = await makeFriends();
  const one = await withClock(alex, `#/c/single/${kim.id}`, Date.now());
  const polls = [];
  one.page.on('request', (request) => request.url().includes('/api/receive') && polls.push(request.url()));
  const now = await one.page.evaluate(() => Date.now());
  await one.page.clock.setSystemTime(now + 3600_000);
  assert.deepEqual(polls, [], 'no timer has run');
  await one.page.keyboard.press('Shift');
  await until('a poll', () => polls.length > 0, SOON);
  assert.match(polls[0], /timeout=0/);
  await one.leave();
});

test('15: at midnight today becomes yesterday, in the conversation and in the list', async () => {
  const { alex, kim } = await makeFriends();
  const { message } = await kim.say('single', alex.id, 'good night');
  const sent = new Date(message.timestamp);
  const midnight = new Date(sent.getFullYear(), sent.getMonth(), sent.getDate() + 1).getTime();
  const one = await withClock(alex, `#/c/single/${kim.id}`, Math.max(sent.getTime(), midnight - 3600_000));
  const line = one.log.locator('.row.day');
  await line.getByText('Today').waitFor();
  const time = one.list.getByRole('link', { name: kim.name }).locator('time');
  assert.match(await time.textContent(), /^\d\d:\d\d$/);
  await one.page.clock.fastForward(3600_000 + 2000);
  await soon(line.getByText('Yesterday'));
  await soon(time.filter({ hasText: 'Yesterday' }));
  await one.leave();
});

/** Where a text begins beside its box, in pixels from the left. */
const indent = (locator) => locator.first().evaluate((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return Math.round(range.getBoundingClientRect().left - node.getBoundingClientRect().left);
});

test('18: a name or a text from right to left begins where all others do', async () => {
  const noor = await Quick.make(name('noor'), 'محمد عبد الله');
  const dana = await Quick.make(name('dana'), 'דנה');
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  for (const friend of [noor, dana]) await friend.befriend(alex);
  await dana.say('single', alex.id, 'שלום');
  const { group } = await alex.call('POST', '/api/groups', { name: name('مجموعة') });
  await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: noor.id });
  await noor.say('group', group.id, 'مرحبا جميعا، كيف حالكم؟');
  const one = await at(alex, `#/c/single/${dana.id}`);
  await one.hears('שלום');
  const link = one.list.getByRole('link', { name: dana.name });
  const found = { head: await indent(one.page.locator('.who h1')), name: await indent(link.locator('.name')), preview: await indent(link.locator('.preview')) };
  await one.shot('rtl-list');
  await one.page.goto(`${url}/#/c/group/${group.id}`);
  await one.hears('كيف');
  await one.page.locator('magpie-details .person .name', { hasText: noor.name }).waitFor();
  Object.assign(found, { from: await indent(one.log.locator('.from')), member: await indent(one.page.locator('magpie-details .person .name', { hasText: noor.name })) });
  await one.shot('rtl-group');
  await one.page.goto(`${url}/#/contacts`);
  await one.page.locator('main .name', { hasText: dana.name }).waitFor();
  Object.assign(found, { contact: await indent(one.page.locator('main .name', { hasText: dana.name })) });
  await one.shot('rtl-contacts');
  assert.deepEqual(found, { head: 0, name: 0, preview: 0, from: 0, member: 0, contact: 0 });
  await one.leave();
});

/** Waits until a message is before somebody's eyes, and marked as the one that was gone to. */
const sees = (one, text) => until(`${text} to be seen`, () => one.log.evaluate((log, wanted) => {
  const row = [...log.querySelectorAll('.row')].find((node) => node.querySelector('.text')?.textContent === wanted);
  const [box, view] = [row?.getBoundingClientRect(), log.getBoundingClientRect()];
  return row?.classList.contains('sought') && box.top >= view.top && box.bottom <= view.bottom;
}, text));

test('35: an address leads to its message, also on reload and back; the title says where one is', async () => {
  const { kim, alex, tab } = await pair({}, 130, 130);
  const { page } = tab;
  const titled = (wanted) => until(`the title ${wanted}`, async () => await page.title() === wanted);
  await titled('Kim Lindqvist – Magpie');
  await tab.hears('number 130');
  await page.goto(`${url}/#/c/single/${kim.id}/41`);
  await sees(tab, 'number 41');
  await tab.shot('message');
  await page.reload();
  await sees(tab, 'number 41');
  await kim.say('single', alex.id, 'unread below');
  await titled('(1) Kim Lindqvist – Magpie');
  await page.goto(`${url}/#/c/single/${kim.id}/9`);
  await sees(tab, 'number 9');
  await page.goto(`${url}/#/settings`);
  await titled('(1) Settings – Magpie');
  await page.goBack();
  await sees(tab, 'number 9');
  await page.goto(`${url}/#/c/single/${kim.id}/999`);
  await tab.hears('unread below');
  await titled('Kim Lindqvist – Magpie');
  await page.goto(`${url}/#/`);
  await titled('Magpie');
  await tab.leave();
});

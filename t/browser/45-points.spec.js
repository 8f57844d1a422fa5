// What the client does for its readers and writers, point by point of its list of promises; each test is named by its point.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, name, pair, Quick, secondTab, until, url } from './people.js';

after(closeBrowser);

const PHONE = { viewport: { width: 360, height: 640 } };
const refuse = (status, type) => (route) => route.fulfill({
  status, contentType: 'application/problem+json', body: JSON.stringify({ type: `urn:magpie:problem:${type}`, status }) });
const tryNow = (tab) => tab.page.getByRole('button', { name: 'Try now' });
const topOf = (tab, text) => tab.log.getByText(text, { exact: true }).evaluate((node) => node.getBoundingClientRect().top);

/** Whether this page is the one in front, as the page sees it. */
const look = (tab, state) => tab.page.evaluate((visibility) => {
  Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, state);

test('6, 11: a draft, and what is on its way, survive a page that dies while one writes', async () => {
  const { kim, alex, tab } = await pair();
  let isHanging = true;
  await tab.context.route('**/api/send', (route) => (isHanging ? undefined : route.continue()));
  await Promise.all([tab.page.waitForRequest('**/api/send'), tab.say('patient')]);
  await tab.box.pressSequentially('half a th');
  const kept = () => tab.page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith('magpie.draft.')));
  await until('the draft to be kept', kept, 5000);
  const second = await secondTab(tab, `#/c/single/${kim.id}`);
  const control = await tab.context.newCDPSession(tab.page);
  const died = tab.page.waitForEvent('crash');
  control.send('Page.crash').catch(() => {});
  await died;
  isHanging = false;
  await second.page.reload();
  await second.log.waitFor();
  assert.equal(await second.box.inputValue(), 'half a th');
  const told = () => kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  await until('it to arrive', async () => (await told()).messages.map((m) => m.msg).join() === 'patient');
  await tab.leave();
});

test('11: a failed message can be deleted, in the other tab and from what is kept as well', async () => {
  const { kim, alex, tab } = await pair();
  const failed = (one) => one.log.getByText('Not sent');
  const second = await secondTab(tab, `#/c/single/${kim.id}`);
  await tab.context.route('**/api/send', refuse(403, 'not-friends'));
  await tab.page.bringToFront();
  await tab.say('regretted');
  await failed(tab).waitFor();
  await tab.page.reload();
  await failed(tab).waitFor();
  await second.page.reload();
  await failed(second).waitFor();
  await tab.page.getByRole('button', { name: 'Delete', exact: true }).click();
  for (const one of [tab, second]) await until('it to be gone', async () => (await one.texts()).length === 0);
  await tab.page.reload();
  await tab.page.getByText('No messages yet').waitFor();
  const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  assert.deepEqual(messages, []);
  await tab.leave();
});

test('16: one’s own message has its place by its number, and moves there once at most', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'first');
  await tab.hears('first');
  // The poll is held back, and with it a message that has come to the server before one's own.
  let release;
  const gate = new Promise((resolve) => { release = resolve; });
  await tab.page.route('**/api/receive**', async (route) => {
    await gate;
    await route.continue().catch(() => {});
  });
  await Promise.all([tab.page.waitForRequest('**/api/receive**'), tab.page.evaluate(() => dispatchEvent(new Event('online')))]);
  await tab.page.evaluate(() => {
    const rows = document.querySelector('.rows');
    window.before = [];                                  // what stood above one's own message, as often as that was another
    new MutationObserver(() => {
      const texts = [...rows.querySelectorAll('.text')].map((text) => text.textContent);
      const above = texts.includes('mine') ? texts.slice(0, texts.indexOf('mine')).join() : 'nowhere';
      if (above !== window.before.at(-1)) window.before.push(above);
    }).observe(rows, { childList: true, subtree: true });
  });
  await kim.say('single', alex.id, 'second');
  await tab.say('mine');
  await tab.log.getByText('sent', { exact: true }).waitFor();
  await kim.say('single', alex.id, 'third');
  release();
  await tab.hears('third');
  assert.deepEqual(await tab.texts(), ['first', 'second', 'mine', 'third']);
  await tab.say('more');
  await tab.hears('more');
  const places = (await tab.page.evaluate(() => window.before)).filter((above, i) => i > 0 || above !== 'nowhere');
  assert.deepEqual(places, ['first', 'first,second']);
  await tab.leave();
});

test('18: a message of emoji alone is large', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'words 🐦');
  await kim.say('single', alex.id, '🐦');
  await until('both', async () => (await tab.texts()).length === 2);
  const sizes = await tab.log.locator('.text').evaluateAll((all) => all.map((text) => parseFloat(getComputedStyle(text).fontSize)));
  assert.ok(sizes[1] >= 2 * sizes[0], `${sizes}`);
  await tab.leave();
});

test('20, 24: PageUp and PageDown in the box scroll; from one conversation to another and back, the place is the same', async () => {
  const { kim, alex, tab } = await pair(undefined, 40, 40);
  const sam = await Quick.make(name('sam'), 'Sam');
  await sam.befriend(alex);
  await tab.hears('number 40');
  const place = () => tab.log.evaluate((node) => node.scrollTop);
  const end = await place();
  await tab.box.press('PageUp');
  await until('earlier messages', async () => await place() < end - 200);
  await tab.box.press('PageDown');
  await until('the end again', async () => Math.abs(await place() - end) < 2);
  await tab.log.evaluate((node) => { node.scrollTop -= 700; });
  await tab.page.getByRole('button', { name: 'To the newest message' }).waitFor();
  const before = await topOf(tab, 'number 25');
  await tab.open('Sam');
  await until('the other’s', async () => (await tab.texts()).length === 0);
  await tab.open(kim.name);
  await until('the same place', async () => Math.abs(await topOf(tab, 'number 25') - before) < 2);
  await tab.leave();
});

test('20: history that could not be had is asked for again by a button', async () => {
  const { tab } = await pair(undefined, 3, 3);
  await tab.hears('number 3');
  let asked = 0;
  await tab.page.route('**/api/history**', (route) => (asked++ ? route.continue() : refuse(500, 'internal')(route)));
  await tab.page.reload();
  await tab.page.getByText('could not be loaded').waitFor();
  await tab.log.getByRole('button', { name: 'Try again' }).click();
  await tab.hears('number 3');
  assert.equal(await tab.page.getByText('could not be loaded').isVisible(), false);
  await tab.leave();
});

test('20: a page that could not be fetched is fetched again by a button', async () => {
  const { tab } = await pair();
  let isAway = true;
  await tab.page.route('**/magpie-settings.js*', (route) => (isAway ? route.abort() : route.continue()));
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  const again = tab.page.locator('.middle').getByRole('button', { name: 'Try again' });
  await again.waitFor();
  isAway = false;
  await again.click();
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await tab.leave();
});

test('20: what fails again though the server answers is had by another page', async () => {
  const { tab } = await pair();
  await tab.page.goto('about:blank');
  await tab.page.goto(`${url}/#/settings`);
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  let fails = 3;
  await tab.page.route('**/magpie-contacts.js*', (route) => (fails-- > 0 ? route.abort() : route.continue()));
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  const again = tab.page.locator('.middle').getByRole('button', { name: 'Try again' });
  await tab.page.goto(`${url}/#/contacts`);
  await again.click();
  await until('another try', () => fails === 1);
  await tab.page.waitForFunction(() => !window.stillTheSame);
  await again.click();                                       // once was enough
  await tab.page.getByRole('heading', { name: 'Contacts' }).waitFor();
  await tab.leave();
});

test('22, 23, 30: a hidden tab marks nothing read and goes on polling; what is unread gives its icon a dot', async () => {
  const { kim, alex, tab } = await pair();
  const icon = () => tab.page.evaluate(() => document.querySelector('link[rel="icon"]').href.replace(/.*\//, ''));
  const plain = await icon();
  await look(tab, 'hidden');
  await kim.say('single', alex.id, 'unseen');
  await tab.hears('unseen');
  await until('the title', async () => (await tab.page.title()).startsWith('(1) '));
  await until('the dot', async () => /unread/.test(await icon()));
  await kim.say('single', alex.id, 'unseen, too');
  await until('the title', async () => (await tab.page.title()).startsWith('(2) '));
  await look(tab, 'visible');
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  await until('no dot', async () => await icon() === plain);
  await tab.leave();
});

test('25: offline the seconds are counted down, another request’s success changes nothing, "Try now" does', async () => {
  const { kim, tab } = await pair();
  let polls = 0;
  let isAway = true;
  await tab.page.clock.install();
  await tab.page.route('**/api/receive**', (route) => {
    polls++;
    return isAway ? route.fulfill({ status: 503, headers: { 'Retry-After': '300' }, body: '' }) : route.continue();
  });
  await tab.page.evaluate(() => dispatchEvent(new Event('online')));
  await until('a refused poll', () => polls > 0);
  await tab.page.clock.runFor(2000);
  await tryNow(tab).waitFor();
  const seconds = async () => Number(/(\d+) seconds/.exec(await tab.page.locator('magpie-status').textContent())?.[1]);
  const before = await until('the seconds', seconds);
  await tab.page.clock.runFor(10_000);
  await until('ten less', async () => await seconds() <= before - 10);
  await tab.say('goes through');
  await until('it to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 1);
  await tab.page.clock.runFor(1000);
  assert.equal(await tryNow(tab).isVisible(), true);
  assert.equal(polls, 1);
  isAway = false;
  await tryNow(tab).click();
  await until('another poll', async () => {
    await tab.page.clock.runFor(200);
    return polls > 1;
  });
  await until('the notice to go', async () => await tryNow(tab).count() === 0);
  void kim;
  await tab.leave();
});

const WAKES = [
  ['shown again', () => document.dispatchEvent(new Event('visibilitychange'))],
  ['in front again', () => dispatchEvent(new Event('focus'))],
  ['out of the browser’s cache', () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
];

test('26: shown again, in front again, or out of the browser’s cache, the page asks at once', async () => {
  const { tab } = await pair();
  let polls = 0;
  await tab.page.clock.install();
  await tab.page.route('**/api/receive**', (route) => {
    polls++;
    return route.fulfill({ status: 503, headers: { 'Retry-After': '300' }, body: '' });
  });
  const passes = (ms, what, check) => until(what, async () => {
    await tab.page.clock.runFor(ms);
    return check();
  });
  const seconds = async () => Number(/(\d+) seconds/.exec(await tab.page.locator('magpie-status').textContent())?.[1] ?? 0);
  await tab.page.evaluate(() => dispatchEvent(new Event('online')));
  for (const [what, wake] of WAKES) {
    await passes(500, 'the wait after a refusal', async () => await seconds() > 290);
    await tab.page.clock.runFor(20_000);
    const before = polls;
    await tab.page.evaluate(wake);
    await passes(50, `another poll, ${what}`, () => polls > before);
  }
  await tab.leave();
});

test('31: an on-screen keyboard over the page, a phone’s notch and its bar cover nothing', async () => {
  const { tab } = await pair(PHONE);
  const bottom = () => tab.box.evaluate((node) => node.getBoundingClientRect().bottom);
  const control = await tab.context.newCDPSession(tab.page);
  const before = await bottom();
  await control.send('Emulation.setSafeAreaInsetsOverride', { insets: { top: 0, left: 0, right: 0, bottom: 34 } });
  await until('the box above the bar', async () => await bottom() <= before - 30);
  await tab.page.setViewportSize({ width: 900, height: 500 });
  await control.send('Emulation.setSafeAreaInsetsOverride', { insets: { top: 0, left: 44, right: 0, bottom: 0 } });
  await until('the list beside the notch', () => tab.list.getByRole('link').first().evaluate((node) => node.getBoundingClientRect().left >= 44));
  assert.ok(await bottom() > 400);
  await tab.page.evaluate(() => {
    Object.defineProperty(window.visualViewport, 'height', { value: 300, configurable: true });
    window.visualViewport.dispatchEvent(new Event('resize'));
  });
  await until('the box above the keyboard', async () => await bottom() <= 300);
  await tab.leave();
});

test('32, 33: who wants no motion sees none; where colours are forced, shapes stay', async () => {
  const { tab } = await pair({ reducedMotion: 'reduce', forcedColors: 'active' }, 1);
  await tab.hears('number 1');
  const moves = await tab.page.evaluate(() => {
    const node = document.createElement('p');
    node.className = 'waits';
    document.body.append(node);
    return [...document.querySelectorAll('*')].filter((one) => {
      const { animationName, animationDuration, transitionProperty, transitionDuration } = getComputedStyle(one);
      return (animationName !== 'none' && parseFloat(animationDuration) > 0.01) || (transitionProperty !== 'none' && parseFloat(transitionDuration) > 0.01);
    }).map((one) => one.outerHTML.slice(0, 100));
  });
  assert.deepEqual(moves, []);
  const edges = await tab.page.evaluate(() => ['.bubble', '.side .avatar'].map((shape) => getComputedStyle(document.querySelector(shape)).borderTop));
  for (const edge of edges) assert.match(edge, /^1px solid/);
  const current = await tab.page.evaluate(() => getComputedStyle(document.querySelector('.conversation[aria-current]')).outlineStyle);
  assert.equal(current, 'solid', 'the one that is open is told by more than its ground');
  await tab.leave();
});

test('32: another theme is there without a reload, in all tabs, and follows the system again', async () => {
  const { tab } = await pair({ colorScheme: 'light' });
  const other = await secondTab(tab, '#/');
  const isDark = ({ page } = tab) => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme === 'dark');
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  for (const [choice, shown] of [['Dark', true], ['Light', false]]) {
    await tab.page.getByRole('radio', { name: choice, exact: true }).check();
    await until(choice, async () => await isDark() === shown && await isDark(other) === shown);
  }
  await tab.page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await isDark(), false);
  await tab.page.locator('input[name=theme][value=auto]').check();
  await until('the system’s', () => isDark());
  assert.equal(await tab.page.evaluate(() => window.stillTheSame), true);
  await tab.leave();
});

test('34: another language leaves one where one was, on a phone, too', async () => {
  const { tab } = await pair({ viewport: { width: 360, height: 640 } });
  await tab.page.goto(`${url}/#/settings`);
  const place = (value) => tab.page.locator(`input[name=language][value=${value}]`);
  await place('zh-CN').scrollIntoViewIfNeeded();
  const top = async () => Math.round((await place('zh-CN').boundingBox())?.y);
  const before = await top();
  await place('zh-CN').check();
  await tab.page.getByRole('heading', { name: '设置' }).waitFor();
  await until('the focus', () => place('zh-CN').evaluate((node) => node === document.activeElement));
  assert.ok(before > 100 && Math.abs(await top() - before) < 3, `${await top()}, ${before} before`);
  await tab.page.keyboard.press('ArrowLeft');
  await until('the focus goes on', () => place('en').evaluate((node) => node === document.activeElement));
  await tab.leave();
});

test('33: at 200 % nothing is cut off, and one can read and write', async () => {
  const { kim, alex, tab } = await pair({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await kim.say('single', alex.id, 'see https://example.org/a-rather-long-address/that/goes/on/and/on/and/on/and/on');
  await tab.hears('see');
  for (const hash of ['', '#/', '#/settings', '#/contacts']) {
    if (hash) await tab.page.goto(`${url}/${hash}`);
    await until('the page', async () => await tab.page.locator('.head:visible').count() > 0);
    const out = await tab.page.evaluate(() => [...document.querySelectorAll('body *')]
      .filter((node) => !node.closest('.unseen') && node.getClientRects().length > 0 && node.getBoundingClientRect().right > innerWidth + 0.5)
      .map((node) => node.outerHTML.slice(0, 100)));
    assert.deepEqual(out, [], hash);
  }
  await tab.page.goto(`${url}/#/c/single/${kim.id}`);
  await tab.log.waitFor();
  const [top, height, bottom] = await tab.page.evaluate(() => [document.querySelector('.middle .head').getBoundingClientRect().top,
    document.querySelector('.log').clientHeight, document.querySelector('magpie-composer').getBoundingClientRect().bottom]);
  assert.ok(height > 120, `${height} px for the messages`);
  assert.ok(top >= 0 && bottom <= 400.5, `from ${top} to ${bottom}`);
  await tab.leave();
});

test('39: who does nothing costs next to nothing', async () => {
  const { tab } = await pair(undefined, 20, 20);
  await tab.hears('number 20');
  const control = await tab.context.newCDPSession(tab.page);
  await control.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => (await control.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;
  /** @type {number[]} */
  const spent = [];
  await until('3 s with less than 15 ms of work', async () => {
    const before = await busy();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    spent.push(Math.round(await busy() - before));
    return spent[spent.length - 1] < 15;
  }).catch((error) => assert.fail(`${error.message}: ${spent}`));
  await tab.leave();
});

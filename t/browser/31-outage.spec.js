// Outages, long and short, and sleep: by a clock that the test turns, on a server that it restarts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { flushRedis, restartServer, Way } from './outage.js';
import { closeBrowser, gone, pair, Person, secondTab, SOON, until } from './people.js';

after(closeBrowser);

const MINUTE = 60_000;
const tryNow = (tab) => tab.page.getByRole('button', { name: 'Try now' });
const sorted = (texts) => [...texts].sort();
const isWhole = (tab) => tab.page.evaluate(() => window.stillTheSame === true);
const sawEmpty = (tab) => tab.page.evaluate(() => window.sawEmpty);

/** What must survive: the page itself, a draft; and what must never flash up. */
async function mark(tab, draft) {
  await tab.box.fill(draft);
  await tab.page.evaluate(() => {
    window.stillTheSame = true;
    window.sawEmpty = 0;
    new MutationObserver(() => {
      window.sawEmpty += document.querySelectorAll('.log-note.alone').length + Number(!document.querySelector('.log .text'));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

/** Nothing of what the page had is lost, nor did it seem so. */
async function survived(tab, draft) {
  assert.equal(await isWhole(tab), true, 'no reload');
  assert.equal(await sawEmpty(tab), 0, 'never "no messages", nor none of them');
  if (draft !== undefined) assert.equal(await tab.box.inputValue(), draft);
}

/** Two friends as pair() has them; the clock of the one's page stands still, and each wait is as long as it can be. */
async function clocked() {
  const { kim, alex, tab } = await pair();
  await tab.page.addInitScript(() => { Math.random = () => 0.999; });
  await tab.page.clock.install();
  const way = await Way.of(tab.page);
  await tab.page.reload();
  await kim.say('single', alex.id, 'before');
  await tab.hears('before');
  await until('the next poll', () => way.polls.length > 1);
  await tab.page.clock.pauseAt(Date.now() + 2000);
  await mark(tab, 'a draft');
  return { kim, alex, tab, way, clock: tab.page.clock };
}

/** Seconds until the next try, as the page says. */
const countdown = async (tab) => Number(/in (\d+) second/.exec(await tab.page.locator('magpie-status').textContent())?.[1] ?? 0);

test('25: five seconds without the poll: said at once with a countdown, whatever else works, and over by itself', async () => {
  const { kim, alex, tab, way, clock } = await clocked();
  await way.cut(/receive/);
  await until('the poll to fail', () => way.broken > 0);
  await clock.fastForward(1000);
  await until('the second failure', () => way.broken > 1);
  await clock.fastForward(1000);
  await tryNow(tab).waitFor();
  const seconds = await countdown(tab);
  await tab.say('while the poll fails');
  await tab.log.getByText('sent', { exact: true }).waitFor();
  assert.equal(await tryNow(tab).isVisible(), true, 'the success of a sending is none of the poll');
  assert.ok(seconds > 0, `${seconds} seconds`);
  await tab.box.fill('a draft');
  const broken = way.broken;
  await clock.fastForward(1000 * seconds);
  await until('the third failure', () => way.broken > broken);
  await until('the next countdown', async () => await countdown(tab) > 1);
  const long = await countdown(tab);
  await clock.fastForward(1000);
  assert.equal(await countdown(tab), long - 1, 'it counts');
  await kim.say('single', alex.id, 'meanwhile');
  way.mend();
  await clock.fastForward(3000);
  await tab.hears('meanwhile');
  await gone(tryNow(tab));
  assert.deepEqual(sorted(await tab.texts()), ['before', 'meanwhile', 'while the poll fails']);
  await survived(tab, 'a draft');
  await tab.leave();
});

test('30: five minutes: tried less and less, at the end of each countdown; then "Try now" brings all, once', async () => {
  const { kim, alex, tab, way, clock } = await clocked();
  await way.cut();
  await tab.say('written in it');
  await clock.fastForward(2000);
  await tryNow(tab).waitFor();
  const waits = [];
  for (let passed = 2000; passed < 5 * MINUTE;) {
    const seconds = await until('a countdown', () => countdown(tab));
    const polls = way.polls.length;
    await clock.fastForward(1000 * seconds);
    await until('a try when it ends', () => way.polls.length > polls);
    waits.push(seconds);
    passed += 1000 * seconds;
  }
  assert.ok(waits.length < 40, `${waits.length} tries`);
  assert.ok(Math.max(...waits) <= 60, `never more than a minute: ${waits}`);
  assert.ok(waits.at(-1) > 10, `longer in the end: ${waits}`);
  for (const text of ['one', 'two', 'three']) await kim.say('single', alex.id, text);
  await flushRedis();                    // five minutes without a poll: the queue is gone
  way.mend();
  await tryNow(tab).click();
  await tab.hears('three');
  await gone(tryNow(tab));
  await until('it to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 1);
  assert.deepEqual(sorted(await tab.texts()), ['before', 'one', 'three', 'two', 'written in it']);
  assert.ok(way.queues.at(-1).have.some((c) => c.contact_id === kim.id && c.rev >= 1), 'with what it had');
  const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  assert.equal(messages.length, 5);
  await survived(tab);
  await tab.leave();
});

test('26: after sleep the hung poll is dropped, and a short one asks, whichever way the page is woken', async () => {
  const { kim, alex, tab, way, clock } = await clocked();
  const show = (state) => tab.page.evaluate((visibility) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  const fire = (what) => tab.page.evaluate((type) => dispatchEvent(type === 'pageshow' ? new PageTransitionEvent(type, { persisted: true }) : new Event(type)), what);
  const ways = [['lid', async () => { await show('hidden'); await show('visible'); }], ...['focus', 'pageshow', 'online'].map((type) => [type, () => fire(type)])];
  let now = await tab.page.evaluate(() => Date.now());
  for (const [what, wake] of ways) {
    way.isFrozen = true;
    await clock.fastForward(200);
    await tab.page.evaluate(() => dispatchEvent(new Event('online')));                    // so that a poll begins that hangs
    const polls = way.polls.length;
    await until('a poll that hangs', () => way.polls.length >= polls && way.polls.at(-1));
    await clock.setSystemTime(now += 3600_000);
    way.isFrozen = false;
    await kim.say('single', alex.id, `asleep: ${what}`);
    const before = way.polls.length;
    await wake();
    await until(`a poll after ${what}`, () => way.polls.length > before);
    assert.equal(way.polls[before].searchParams.get('timeout'), '0');
    await tab.hears(`asleep: ${what}`);
  }
  await survived(tab, 'a draft');
  await tab.leave();
});

test('26: the server is restarted: the page goes on, with what was written and sent meanwhile', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'before');
  await tab.hears('before');
  await mark(tab, '');
  const restarted = restartServer();
  await tab.say('in the middle');
  await restarted;
  await tab.box.fill('a draft');
  await kim.say('single', alex.id, 'after');
  await tab.hears('after');
  await until('it to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 1);
  await gone(tryNow(tab));
  assert.deepEqual(sorted(await tab.texts()), ['after', 'before', 'in the middle']);
  await survived(tab, 'a draft');
  await tab.leave();
});

test('26: Redis is emptied under the held poll: a new queue, with what is here', async () => {
  const { kim, alex, tab } = await pair(undefined, 3, 3);
  await tab.hears('number 3');
  await mark(tab, 'a draft');
  const opened = tab.page.waitForRequest('**/api/queues');
  await flushRedis();
  await kim.say('single', alex.id, 'after');
  const { have } = (await opened).postDataJSON();
  assert.deepEqual(have.map((c) => [c.contact_id, c.rev >= 3]), [[kim.id, true]]);
  await tab.hears('after');
  assert.deepEqual(await tab.texts(), ['number 1', 'number 2', 'number 3', 'after']);
  await survived(tab, 'a draft');
  await tab.leave();
});

test('29: of three tabs, one a copy, one polls; when it closes another does within a second, with what it has', async () => {
  const { kim, alex, tab } = await pair(undefined, 2, 2);
  const polls = [];
  const queues = [];
  tab.context.on('request', (request) => {
    const [, path, queue] = /\/api\/(receive|queues)(?:\?queue=([^&]+))?/.exec(request.url()) ?? [];
    if (path === 'receive') polls.push({ page: request.frame().page(), queue });
    if (path === 'queues') queues.push({ at: performance.now(), page: request.frame().page(), have: request.postDataJSON().have });
  });
  const [copy] = await Promise.all([tab.context.waitForEvent('page'), tab.page.evaluate(() => { window.open(location.href); })]);
  const second = new Person(tab.context, copy, tab.wrongs);
  const third = await secondTab(tab, `#/c/single/${kim.id}`);
  for (const one of [second, third]) await one.hears('number 2');
  await kim.say('single', alex.id, 'to all');
  for (const one of [tab, second, third]) await one.hears('to all');
  assert.deepEqual(queues, [], 'no tab opens a queue beside the one that polls');
  assert.ok(polls.length > 0 && polls.every(({ page }) => page === tab.page));

  const closed = performance.now();
  await tab.page.close();
  const heir = await until('another queue', () => queues[0]);
  assert.ok(heir.at - closed < SOON, `${heir.at - closed} ms`);
  assert.deepEqual(heir.have.map((c) => [c.contact_id, c.rev]), [[kim.id, 3]]);
  await until('its poll', () => polls.some(({ page }) => page === heir.page));
  await kim.say('single', alex.id, 'still there');
  for (const one of [second, third]) await one.hears('still there');
  assert.equal(queues.length, 1);
  const used = new Map(polls.map(({ page, queue }) => [queue, page]));
  assert.equal(used.size, 2, 'a queue for each that polled');
  await tab.leave();
});

// Whether somebody is there: by what is done in any tab of the browser; and what the one that polls says of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Idle, IDLE_AFTER } from '../../www/js/idle.js';
import { Session } from '../../www/js/session.js';
import { contact, message, state, TestApi, TestBrowser, TestClock } from './tools.js';

const MINUTE = 60_000;

function alone() {
  const [clock, page, told, seen] = [new TestClock(), new EventTarget(), [], []];
  const idle = new Idle({ clock, page, tell: () => told.push(clock.now()) });
  idle.addEventListener('change', () => seen.push(idle.isIdle));
  idle.start();
  return { clock, page, idle, told, seen, does: (sign) => page.dispatchEvent(new Event(sign)) };
}

test('ten minutes without a key, a pointer or a touch; the first of them ends it', async () => {
  for (const sign of ['keydown', 'pointerdown', 'pointermove', 'touchstart', 'wheel']) {
    const { clock, idle, seen, does } = alone();
    await clock.pass(9 * MINUTE);
    does(sign);
    await clock.pass(10 * MINUTE - 1);
    assert.deepEqual([idle.isIdle, seen], [false, []]);
    await clock.pass(1);
    assert.deepEqual([idle.isIdle, seen], [true, [true]]);
    await clock.pass(60 * MINUTE);
    does('scroll');                                         // the page does that by itself
    assert.deepEqual(seen, [true]);
    does(sign);
    assert.deepEqual([idle.isIdle, seen], [false, [true, false]]);
    await clock.pass(IDLE_AFTER);
    assert.deepEqual(seen, [true, false, true]);
  }
});

test('others are told now and then, and at once when somebody comes back; who hears tells nobody', async () => {
  const { clock, idle, told, does } = alone();
  const from = clock.now();
  for (let s = 0; s < 30; s++) {
    does('pointermove');
    await clock.pass(1000);
  }
  assert.deepEqual(told.map((at) => at - from), [0, 10_000, 20_000]);
  await clock.pass(IDLE_AFTER);
  assert.equal(idle.isIdle, true);
  does('keydown');
  assert.equal(told.length, 4);
  await clock.pass(IDLE_AFTER);
  idle.hear();
  assert.deepEqual([idle.isIdle, told.length], [false, 4]);
});

test('one that has stopped says nothing more', async () => {
  const { clock, idle, seen, does } = alone();
  idle.stop();
  does('keydown');
  idle.hear();
  await clock.pass(2 * IDLE_AFTER);
  assert.deepEqual(seen, []);
  assert.equal(clock.timers.length, 0);
});

// --- with the poll ---

async function tab(browser, clock, leads) {
  const [api, page] = [new TestApi(), new EventTarget()];
  const shelf = { getItem: () => null, setItem() {}, removeItem() {}, key: () => null, length: 0 };
  const session = new Session({ api, page, clock, shelf, random: () => 0.5, uuid: () => 'u', prefs: {}, locks: browser.locks, channel: browser.channel });
  session.start();
  if (leads) await (await api.waiting('/api/queues')).answer({ queue: 'q1', next: 0, hold: 25, ...state([contact()]) });
  else await (await api.waiting('/api/changes')).answer(state());
  await (await api.waiting('/api/friend-requests')).answer({ incoming: [], outgoing: [] });
  await (await api.waiting('/api/settings')).answer({ settings: { find_me: 'everybody', ask_me: 'everybody', presence: 'online', last_seen: 'friends' } });
  await clock.pass(100);
  return { api, page, session, does: () => page.dispatchEvent(new Event('keydown')), poll: () => api.waiting('/api/receive') };
}

/** Minutes in which the poll is held and answered as ever. */
async function wait(clock, one, ms, query = []) {
  for (const end = clock.now() + ms; clock.now() < end;) {
    const poll = await one.poll();
    query.push(poll.query.get('idle'));
    await clock.pass(Math.min(24_900, end - clock.now()));
    if (clock.now() < end) {
      await (await one.poll()).answer({ events: [], next: 0 });
      await clock.pass(100);
    }
  }
  return query;
}

test('a poll that is held is broken off when one becomes idle, and when one is back', async () => {
  const clock = new TestClock();
  const one = await tab(new TestBrowser(), clock, true);
  assert.deepEqual([...new Set(await wait(clock, one, 9 * MINUTE))], [null]);
  await wait(clock, one, MINUTE);
  const before = await one.poll();
  assert.equal(before.query.get('idle'), '1');
  one.does();
  await clock.pass(100);
  const after = await one.poll();
  assert.notEqual(after, before);
  assert.equal(after.query.get('idle'), null);
  assert.equal(after.query.get('timeout'), '25');
  assert.equal(one.api.calls.filter((c) => c.path.startsWith('/api/receive')).length, 1);
});

test('what is done in a tab that doesn\'t poll counts', async () => {
  const [browser, clock] = [new TestBrowser(), new TestClock()];
  const one = await tab(browser, clock, true);
  const two = await tab(browser, clock, false);
  await wait(clock, one, 9 * MINUTE);
  two.does();
  await wait(clock, one, 9 * MINUTE);
  assert.equal((await one.poll()).query.get('idle'), null);
  await wait(clock, one, MINUTE);
  assert.equal((await one.poll()).query.get('idle'), '1');
  two.does();
  await clock.pass(100);
  assert.equal((await one.poll()).query.get('idle'), null);

  one.does();                                               // and the other way round, when the other goes on
  one.session.end();
  await (await two.api.waiting('/api/queues')).answer({ queue: 'q2', next: 0, hold: 25, ...state([contact()]) });
  await clock.pass(100);
  assert.equal((await two.poll()).query.get('idle'), null);
});

test('a message that comes meanwhile is no sign of anybody', async () => {
  const clock = new TestClock();
  const one = await tab(new TestBrowser(), clock, true);
  await wait(clock, one, 11 * MINUTE);
  await (await one.poll()).answer({ events: [{ n: 1, type: 'message', message: message(1) }], next: 1 });
  await clock.pass(100);
  assert.equal((await one.poll()).query.get('idle'), '1');
});

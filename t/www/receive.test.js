// The poll: what it asks, what it does with each kind of answer, how it waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../www/js/api.js';
import { Receiver } from '../../www/js/receive.js';
import { Store } from '../../www/js/store.js';
import { contact, ME, message, settle, state, TestApi, TestClock } from './tools.js';

const opened = (more = {}, contacts) => ({ queue: 'q1', next: 0, hold: 25, ...state(contacts), ...more });

async function started(contacts) {
  const api = new TestApi();
  const clock = new TestClock();
  const store = new Store();
  const receiver = new Receiver({ api, store, clock, random: () => 0.5 });
  receiver.start();
  await (await api.waiting('/api/queues')).answer(opened({}, contacts));
  await (await api.waiting('/api/friend-requests')).answer({ incoming: [], outgoing: [] });
  return { api, clock, store, receiver, poll: () => api.waiting('/api/receive') };
}
const pushed = (n, ...args) => ({ n, type: 'message', message: message(...args) });

test('opens a queue, then polls with what it has', async () => {
  const { store, poll, receiver } = await started();
  const { query } = await poll();
  assert.deepEqual([query.get('queue'), query.get('after'), query.get('timeout'), query.get('revs')],
    ['q1', '0', '25', String(store.revs())]);
  assert.equal(receiver.status.kind, 'online');
});

test('38: nothing else is asked for before the first poll is on its way; a tab that another polls for does not wait', async () => {
  const api = new TestApi();
  const receiver = new Receiver({ api, store: new Store(), clock: new TestClock(), random: () => 0.5 });
  receiver.addEventListener('current', () => api.log.push('current'));
  receiver.start();
  await (await api.waiting('/api/queues')).answer(opened());
  assert.deepEqual(api.log, ['POST /api/queues', 'GET /api/receive', 'GET /api/friend-requests', 'current']);
  receiver.resync();
  await (await api.waiting('/api/changes')).answer(state());
  assert.deepEqual(api.log.slice(4), ['POST /api/changes', 'current', 'GET /api/friend-requests']);
});

test('acknowledges what came, and waits 100 ms between polls while data flows', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 1), pushed(2, 2)], next: 2 });
  assert.equal(store.get('single:7').rev, 2);
  await settle();
  assert.equal(api.calls.length, 0);
  await clock.pass(100);
  assert.equal((await poll()).query.get('after'), '2');
});

test('the same answer twice is harmless', async () => {
  const { clock, store, poll } = await started();
  for (let i = 0; i < 2; i++) {
    await (await poll()).answer({ events: [pushed(1, 1)], next: 1 });
    await clock.pass(100);
  }
  assert.equal(store.get('single:7').messages.size, 1);
});

test('410 leads to a resync with `have`', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 1)], next: 1 });
  await clock.pass(100);
  await (await poll()).fail(410, 'queue-gone');
  const open = await api.waiting('/api/queues');
  assert.deepEqual(open.body, { have: [{ contact_type: 'single', contact_id: 7, rev: 1 }] });
  await open.answer(opened({ queue: 'q2', changes: [{ contact_type: 'single', contact_id: 7, messages: [message(2)], rev: 2 }] },
    [contact({ rev: 2, unread: 2 })]));
  assert.deepEqual(store.get('single:7').entries().map((m) => m.seq), [1, 2]);
  await clock.pass(100);
  assert.equal((await poll()).query.get('queue'), 'q2');
});

test('`replaced`: somebody shares the queue, so it opens one of its own', async () => {
  const { api, poll } = await started();
  await (await poll()).answer({ events: [], next: 0, replaced: true });
  assert.ok(await api.waiting('/api/queues'));
});

test('`behind`: asks for the changes and keeps the queue', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [], next: 0, behind: true });
  const changes = await api.waiting('/api/changes');
  assert.deepEqual(changes.body.have, [{ contact_type: 'single', contact_id: 7, rev: 0 }]);
  await changes.answer(state([contact({ rev: 3, unread: 1 })], [{ contact_type: 'single', contact_id: 7, messages: [message(3)], rev: 3 }]));
  assert.equal(store.get('single:7').rev, 3);
  await clock.pass(100);
  assert.equal((await poll()).query.get('queue'), 'q1');
});

test('a hole is waited for 300 ms, and costs no request if it closes', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 2)], next: 1 });
  await clock.pass(200);
  await (await poll()).answer({ events: [pushed(2, 1)], next: 2 });
  await clock.pass(300);
  assert.equal(store.get('single:7').rev, 2);
  assert.ok(!api.log.includes('GET /api/history'));
});

test('a hole that stays is fetched, page after page', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 9)], next: 1 });
  await clock.pass(300);
  const first = await api.waiting('/api/history');
  assert.equal(first.query.get('after_rev'), '0');
  await first.answer({ messages: [message(1), message(2)], more: true, rev: 2 });
  const second = await api.waiting('/api/history');
  assert.equal(second.query.get('after_rev'), '2');
  await second.answer({ messages: [message(8)], more: false, rev: 8 });
  assert.deepEqual(store.get('single:7').entries().map((m) => m.seq), [1, 2, 8, 9]);
});

test('an unknown kind of event with a number is looked up in the history', async () => {
  const { api, clock, poll } = await started();
  await (await poll()).answer({ events: [{ n: 1, type: 'sticker', contact_type: 'single', contact_id: 7, rev: 1 }], next: 1 });
  await clock.pass(300);
  await (await api.waiting('/api/history')).answer({ messages: [], more: false, rev: 1 });
  assert.equal(await api.waiting('/api/history'), undefined);
});

test('a hole in me_rev is cured by the changes', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [{ n: 1, type: 'read', me_rev: 9, contact_type: 'single', contact_id: 7, seq: 1, unread: 0 }], next: 1 });
  assert.equal(await api.waiting('/api/changes'), undefined);
  await clock.pass(300);
  await (await api.waiting('/api/changes')).answer(state([contact()], [], { ...ME, me_rev: 9 }));
  assert.equal(store.meRev, 9);
});

test('a message of an unknown conversation brings the contact', async () => {
  const { api, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 1, { contact_id: 8 })], next: 1 });
  await (await api.waiting('/api/changes')).answer(state([contact(), contact({ contact_id: 8, name: 'Sam', rev: 1, unread: 1 })]));
  assert.equal(store.get('single:8').unread, 1);
});

test('no answer: offline with the time of the next try, which is later each time; then online', async () => {
  const { clock, poll, receiver, api } = await started();
  const waits = [];
  for (let i = 0; i < 3; i++) {
    await (await poll()).fail(0, 'network');
    assert.equal(receiver.status.kind, 'offline');
    waits.push(receiver.status.retryAt - clock.time);
    await clock.pass(waits[i]);
  }
  assert.deepEqual(waits, [500, 1000, 1500]);
  assert.equal(api.calls.length, 1);
  await (await poll()).answer({ events: [], next: 0 });
  assert.equal(receiver.status.kind, 'online');
});

test('Retry-After is honoured, and wake() cuts the waiting short', async () => {
  const { api, clock, poll, receiver } = await started();
  await (await poll()).fail(503, 'redis-down', { retryAfter_ms: 20_000 });
  await clock.pass(19_000);
  assert.equal(api.calls.length, 0);
  receiver.wake();
  assert.equal((await poll()).query.get('timeout'), '0');
});

test('wake() drops a hung poll and asks at once', async () => {
  const { api, poll, receiver } = await started();
  await poll();
  receiver.wake();
  assert.equal((await poll()).query.get('timeout'), '0');
  assert.equal(api.calls.length, 1);
  assert.equal(receiver.status.kind, 'online');
});

test('awake after sleep: a poll that may be dead is asked anew at once, one that was just answered is not', async () => {
  const { api, clock, poll, receiver } = await started();
  const before = await poll();
  receiver.wakeIfStale();
  assert.equal(await poll(), before);
  clock.time += 3_600_000;               // asleep: no timer runs
  receiver.wakeIfStale();
  assert.equal((await poll()).query.get('timeout'), '0');
  assert.equal(api.calls.length, 1);
});

test('awake after a long sleep: the queue is gone, and all that came meanwhile is there', async () => {
  const { api, clock, store, poll, receiver } = await started();
  clock.time += 3_600_000;
  receiver.wakeIfStale();
  await (await poll()).fail(410, 'queue-gone');
  const open = await api.waiting('/api/queues');
  await open.answer(opened({ queue: 'q2', changes: [{ contact_type: 'single', contact_id: 7, messages: [message(1), message(2)], rev: 2 }] },
    [contact({ rev: 2, unread: 2 })]));
  assert.deepEqual(store.get('single:7').entries().map((m) => m.seq), [1, 2]);
});

test('too much has changed: what is here goes, and what waited for its forerunner is fetched', async () => {
  const { api, clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 1), pushed(2, 903)], next: 2 });
  await clock.pass(100);
  await (await poll()).fail(410, 'queue-gone');
  await (await api.waiting('/api/queues')).answer(opened(
    { queue: 'q2', changes: [{ contact_type: 'single', contact_id: 7, messages: [], rev: 901, reset: true }] }, [contact({ rev: 901, unread: 900 })]));
  const c = store.get('single:7');
  assert.deepEqual([c.rev, c.loaded, c.messages.size], [901, false, 0]);
  await clock.pass(300);
  const missing = await api.waiting('/api/history');
  assert.equal(missing.query.get('after_rev'), '901');
  await missing.answer({ messages: [message(902), message(903)], more: false, rev: 903 });
  assert.deepEqual(c.entries().map((m) => m.seq), [902, 903]);
});

test('a poll whose answer was lost is repeated, and what comes again is shown once', async () => {
  const { clock, store, poll } = await started();
  await (await poll()).answer({ events: [pushed(1, 1)], next: 1 });
  await clock.pass(100);
  const lost = await poll();
  assert.equal(lost.query.get('after'), '1');
  await lost.fail(0, 'network');
  await clock.pass(500);
  const again = await poll();
  assert.equal(again.query.get('after'), '1');
  await again.answer({ events: [pushed(2, 2), pushed(3, 3)], next: 3 });
  assert.deepEqual(store.get('single:7').entries().map((m) => m.seq), [1, 2, 3]);
});

test('busy for 30 s without an empty end: asks with timeout=0 until one ends empty', async () => {
  const { clock, poll } = await started();
  const timeouts = [];
  for (let n = 1; n <= 8; n++) {
    const call = await poll();
    timeouts.push(call.query.get('timeout'));
    await call.answer(n === 7 ? { events: [], next: 6 } : { events: [pushed(n, n)], next: n });
    await clock.pass(10_000);
  }
  assert.deepEqual(timeouts, ['25', '25', '25', '25', '25', '0', '0', '25']);
});

test('401 and another user end it', async () => {
  for (const [status, name] of [[401, 'no-session'], [403, 'switched']]) {
    const { api, clock, poll, receiver } = await started();
    await (await poll()).fail(status, name);
    await clock.pass(120_000);
    assert.equal(receiver.status.kind, 'stopped');
    assert.equal(api.calls.length, 0);
  }
});

test('without Redis at the start the state is shown all the same', async () => {
  const api = new TestApi();
  const store = new Store();
  const receiver = new Receiver({ api, store, clock: new TestClock(), random: () => 0.5 });
  receiver.start();
  await (await api.waiting('/api/queues')).fail(503, 'redis-down');
  await (await api.waiting('/api/changes')).answer(state());
  assert.equal(store.ready, true);
});

test('what only the server can count is asked for', async () => {
  const { api, store, poll } = await started([contact({ rev: 9, unread: 3, mentioned: 2 })]);
  await poll();
  store.dispatchEvent(new Event('doubt'));
  await (await api.waiting('/api/changes')).answer(state([contact({ rev: 9, unread: 3, mentioned: 1 })]));
  assert.equal(store.get('single:7').mentioned, 1);
});

/** A real Api for the receiver, whose requests wait for `answer`; `stuck` ones never get one. */
async function overNetwork() {
  const clock = new TestClock();
  const asked = [];
  const fetch = (path, { signal, method }) => new Promise((resolve, reject) => {
    const answer = async (body) => { resolve(new Response(JSON.stringify(body))); await new Promise((done) => { setImmediate(done); }); await settle(); };
    asked.push({ path, method, at: clock.time, answer });
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
  const api = new Api({ fetch, readCookies: () => 'csrftoken=t', isSecure: false, clock });
  const store = new Store();
  const receiver = new Receiver({ api, store, clock, random: () => 0.5 });
  receiver.start();
  await settle();
  await asked.at(-1).answer({ ...opened(), hold: 25 });
  const polls = () => asked.filter(({ path }) => path.startsWith('/api/receive'));
  await asked.find(({ path }) => path === '/api/friend-requests').answer({ incoming: [], outgoing: [] });
  return { api, clock, receiver, store, polls, asked };
}

test('25: a send without an answer shows within 10 s that nothing is answered any more', async () => {
  const { api, clock, receiver, polls } = await overNetwork();
  await clock.pass(2000);
  assert.equal(polls().length, 1);
  api.post('/api/send', {}).catch(() => {});
  await clock.pass(4900);
  assert.equal(polls().length, 1, 'as long as a send takes');
  await clock.pass(200);
  assert.match(polls().at(-1).path, /timeout=0/);
  assert.equal(receiver.status.kind, 'online');
  await clock.pass(3000);
  assert.equal(receiver.status.kind, 'offline');
});

test('25: where only the send is slow the probe is answered, and the poll is held again', async () => {
  const { api, clock, receiver, polls } = await overNetwork();
  api.get('/api/history').catch(() => {});
  await clock.pass(5000);
  assert.equal(polls().length, 2);
  await polls().at(-1).answer({ events: [], next: 0 });
  await clock.pass(100);
  assert.match(polls().at(-1).path, /timeout=25/);
  await clock.pass(24_000);
  assert.deepEqual([receiver.status.kind, polls().length], ['online', 3], 'and nothing is asked more often');
});

test('25: what is answered soon makes no probe', async () => {
  const { api, clock, polls, asked } = await overNetwork();
  api.post('/api/send', {}).catch(() => {});
  await settle();
  await asked.at(-1).answer({});
  await clock.pass(20_000);
  assert.equal(polls().length, 1);
});

test('25: another request’s success doesn’t say that one is online; the next poll’s does, at once', async () => {
  const { api, clock, poll, receiver } = await started();
  await (await poll()).fail(0, 'network');
  receiver.resync();
  await (await api.waiting('/api/changes')).answer(state());
  await (await api.waiting('/api/friend-requests')).answer({ incoming: [], outgoing: [] });
  assert.equal(receiver.status.kind, 'offline');
  await clock.pass(500);
  const next = await poll();
  assert.equal(next.query.get('timeout'), '0', 'it isn’t held');
  await next.answer({ events: [], next: 0 });
  assert.equal(receiver.status.kind, 'online');
});

test('26: a jump of the clock is seen at the first sign of somebody, and the poll is asked anew at once', async () => {
  const { api, clock, poll, receiver } = await started();
  const before = await poll();
  const timers = clock.timers.length;
  clock.time += 35_000;
  receiver.lookAtClock();
  assert.equal(await poll(), before, 'as long as a poll may be held');
  clock.time += 3_600_000;               // the lid was closed: no timer runs, nothing is told
  receiver.lookAtClock();
  assert.equal((await poll()).query.get('timeout'), '0');
  assert.equal(api.calls.length, 1);
  assert.ok(clock.timers.length <= timers, 'and it took no timer');
});

test('26: so is a short sleep, where the steady clock slept too; a held poll alone is no jump', async () => {
  const { clock, poll, receiver } = await started();
  let asleep = 0;
  clock.steady = () => clock.time - asleep;
  await (await poll()).answer({ events: [], next: 0 });
  await clock.pass(100);
  const held = await poll();
  await clock.pass(20_000);
  receiver.lookAtClock();
  assert.equal(await poll(), held);
  clock.time += 12_000;
  asleep += 12_000;
  receiver.lookAtClock();
  assert.equal((await poll()).query.get('timeout'), '0');
});

test('26: while a queue is opened nothing is broken off by it', async () => {
  const { api, clock, poll, receiver } = await started();
  await (await poll()).fail(410, 'queue-gone');
  const open = await api.waiting('/api/queues');
  clock.time += 3_600_000;
  receiver.lookAtClock();
  assert.equal(await api.waiting('/api/queues'), open);
});

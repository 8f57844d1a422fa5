// Several tabs of one browser: one polls for all, and another goes on when it closes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Receiver } from '../../www/js/receive.js';
import { Store } from '../../www/js/store.js';
import { Tabs } from '../../www/js/tabs.js';
import { contact, message, settle, state, TestApi, TestBrowser, TestClock } from './tools.js';

function open(browser, clock) {
  const api = new TestApi();
  const store = new Store();
  const receiver = new Receiver({ api, store, clock, random: () => 0.5, tabs: new Tabs(browser) });
  receiver.start();
  return { api, store, receiver };
}
const opened = (queue, rev = 0, changes = []) => ({ queue, next: 0, hold: 25, ...state([contact({ rev })], changes) });

async function two() {
  const browser = new TestBrowser();
  const clock = new TestClock();
  const first = open(browser, clock);
  await (await first.api.waiting('/api/queues')).answer(opened('q1'));
  const second = open(browser, clock);
  await (await second.api.waiting('/api/changes')).answer(state());
  for (const tab of [first, second]) await (await tab.api.waiting('/api/friend-requests')).answer({ incoming: [], outgoing: [] });
  await clock.pass(100);
  return { clock, first, second };
}

test('the second tab opens no queue, and has what the first one hears', async () => {
  const { first, second } = await two();
  assert.deepEqual(second.api.calls, []);
  assert.equal(second.receiver.status.kind, 'online');
  await (await first.api.waiting('/api/receive')).answer({ events: [{ n: 1, type: 'message', message: message(1) }], next: 1 });
  assert.equal(second.store.get('single:7').unread, 1);
});

test('when the first closes, the second opens a queue of its own with what it has', async () => {
  const { clock, first, second } = await two();
  await (await first.api.waiting('/api/receive')).answer({ events: [{ n: 1, type: 'message', message: message(1) }], next: 1 });
  first.receiver.stop();
  const open = await second.api.waiting('/api/queues');
  assert.deepEqual(open.body.have, [{ contact_type: 'single', contact_id: 7, rev: 1 }]);
  await open.answer(opened('q2', 1));
  await clock.pass(100);
  assert.equal((await second.api.waiting('/api/receive')).query.get('queue'), 'q2');
});

test('offline is told to all, and "try now" in one wakes the one that polls', async () => {
  const { first, second } = await two();
  await (await first.api.waiting('/api/receive')).fail(0, 'network', { retryAfter_ms: 60_000 });
  assert.equal(second.receiver.status.kind, 'offline');
  second.receiver.wake();
  await (await first.api.waiting('/api/receive')).answer({ events: [], next: 0 });
  assert.equal(second.receiver.status.kind, 'online');
});

test('a tab that has fallen behind the one that polls asks for the changes', async () => {
  const { first, second } = await two();
  first.store.take(message(1));
  await (await first.api.waiting('/api/receive')).answer({ events: [], next: 0 });
  assert.ok(await second.api.waiting('/api/changes'));
});

test('what a new queue or the changes brought, and no event, the other tabs ask for too', async () => {
  const { first, second } = await two();
  await (await first.api.waiting('/api/receive')).fail(410, 'queue-gone');
  await (await first.api.waiting('/api/queues')).answer(opened('q2', 1, [{
    contact_type: 'single', contact_id: 7, messages: [message(1)], rev: 1, reset: false,
  }]));
  const changes = await second.api.waiting('/api/changes');
  assert.deepEqual(changes.body.have, [{ contact_type: 'single', contact_id: 7, rev: 0 }]);
});

test('a second tab that closes leaves no trace', async () => {
  const { first, second } = await two();
  second.receiver.stop();
  await settle();
  assert.equal(second.receiver.status.kind, 'stopped');
  first.receiver.stop();
  await settle();
  assert.deepEqual(second.api.calls, []);
});

test('without locks each tab polls for itself', async () => {
  const clock = new TestClock();
  for (const tab of [open({}, clock), open({}, clock)]) assert.ok(await tab.api.waiting('/api/queues'));
});

test('25: a send without an answer in a tab that doesn’t poll makes the one that does look whether there are answers', async () => {
  const { first, second } = await two();
  second.api.dispatchEvent(new Event('slow'));
  assert.equal((await first.api.waiting('/api/receive')).query.get('timeout'), '0');
});

// Sending: once in the other's view, whatever happens on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryShelf } from '../../www/js/shelf.js';
import { Unsent } from '../../www/js/unsent.js';
import { settle, TestApi, TestClock } from './tools.js';

function page(shelf = new MemoryShelf(), first = 1) {
  const api = new TestApi();
  const clock = new TestClock();
  const confirmed = [];
  let n = first;
  const unsent = new Unsent({ api, shelf, clock, random: () => 0.5, uuid: () => `uuid-${n++}`, confirmed: (m) => confirmed.push(m) }, 3);
  return { api, clock, confirmed, unsent, shelf };
}
const states = (unsent) => unsent.of('single:7').map((e) => `${e.msg} ${e.state}`);

test('is kept before it is first sent, and forgotten by the shelf when committed', async () => {
  const { api, unsent, shelf, confirmed } = page();
  unsent.add('single', 7, 'hello');
  assert.equal(shelf.length, 1);
  assert.equal(api.calls.length, 1);
  assert.deepEqual(api.calls[0].body, { contact_type: 'single', to: 7, msg: 'hello', client_id: 'uuid-1' });
  await api.calls[0].answer({ message: { seq: 1, client_id: 'uuid-1' } });
  assert.equal(shelf.length, 0);
  assert.deepEqual(states(unsent), ['hello sent']);
  assert.equal(confirmed.length, 1);
  unsent.seen('uuid-1');
  assert.deepEqual(states(unsent), []);
});

test('no answer: sent again under the same id', async () => {
  const { api, clock, unsent } = page();
  unsent.add('single', 7, 'hello');
  await api.calls[0].fail(0, 'network');
  assert.deepEqual(states(unsent), ['hello waiting']);
  await clock.pass(2000);
  assert.equal(api.calls[0].body.client_id, 'uuid-1');
  await api.calls[0].answer({ message: {} });
  assert.deepEqual(states(unsent), ['hello sent']);
});

test('Retry-After is waited for', async () => {
  const { api, clock, unsent } = page();
  unsent.add('single', 7, 'hello');
  await api.calls[0].fail(429, 'too-many', { retryAfter_ms: 8000 });
  await clock.pass(7900);
  assert.equal(api.calls.length, 0);
  await clock.pass(9000);
  assert.equal(api.calls.length, 1);
});

test('a group in slow mode is waited for, and nobody else waits', async () => {
  const { api, clock, unsent } = page();
  unsent.add('group', 2, 'a');
  unsent.add('group', 2, 'b');
  await api.calls[0].fail(429, 'slow-mode', { retryAfter_ms: 60_000 });
  unsent.add('single', 7, 'c');
  assert.deepEqual(api.calls.map((c) => c.body.msg), ['c']);
  await api.calls[0].answer({ message: {} });
  assert.deepEqual(unsent.of('group:2').map((e) => `${e.msg} ${e.state}`), ['a waiting', 'b waiting']);
  await clock.pass(59_000);
  assert.equal(api.calls.length, 0);
  await clock.pass(3000);
  assert.equal(api.calls[0].body.client_id, 'uuid-1');
  await api.calls[0].answer({ message: {} });
  assert.equal(api.calls[0].body.msg, 'b');
});

test('muted: failed, with the reason, and kept', async () => {
  const { api, unsent, shelf } = page();
  unsent.add('group', 2, 'hm');
  unsent.add('single', 7, 'to somebody else');
  await api.calls[0].fail(403, 'muted', { field: 'to' });
  const [entry] = unsent.of('group:2');
  assert.deepEqual([entry.state, entry.problem], ['failed', 'muted']);
  assert.equal(shelf.length, 2);
  unsent.retry('uuid-1');
  await settle();
  assert.equal(api.calls.at(-1).body.client_id, 'uuid-1');
});

test('back on the network: at once', async () => {
  const { api, unsent } = page();
  unsent.add('single', 7, 'hello');
  await api.calls[0].fail(503, 'down', { retryAfter_ms: 60_000 });
  unsent.retryNow();
  await settle();
  assert.equal(api.calls.length, 1);
});

test('one conversation sends in order, two do not wait for each other', async () => {
  const { api, unsent } = page();
  unsent.add('single', 7, 'a');
  unsent.add('single', 7, 'b');
  unsent.add('group', 2, 'c');
  assert.deepEqual(api.calls.map((c) => c.body.msg), ['a', 'c']);
  await api.calls[0].answer({ message: {} });
  assert.deepEqual(api.calls.map((c) => c.body.msg), ['c', 'b']);
});

test('a reload goes on under the same ids, in the order of writing', async () => {
  const before = page();
  before.unsent.add('single', 7, 'a');
  before.unsent.add('single', 7, 'b');
  const after = page(before.shelf, 100);
  assert.deepEqual(states(after.unsent), ['a waiting', 'b waiting']);
  after.unsent.start();
  await settle();
  assert.equal(after.api.calls[0].body.client_id, 'uuid-1');
  await after.api.calls[0].answer({ message: {} });
  assert.equal(after.api.calls[0].body.client_id, 'uuid-2');
});

test('it lies on the shelf before the request goes out, not after', () => {
  const shelf = new MemoryShelf();
  const kept = [];
  const api = { post: () => { kept.push(shelf.length); return new Promise(() => {}); } };
  new Unsent({ ...page(shelf), api, shelf, clock: new TestClock(), random: () => 0.5, uuid: () => 'uuid-1' }, 3).add('single', 7, 'a');
  assert.deepEqual(kept, [1]);
});

test('two tabs with one shelf send under one key', async () => {
  const first = page();
  first.unsent.add('single', 7, 'a');
  const second = page(first.shelf, 100);
  second.unsent.start();
  await settle();
  assert.deepEqual([first, second].map(({ api }) => api.calls[0].body.client_id), ['uuid-1', 'uuid-1']);
  await first.api.calls[0].answer({ message: {} });
  second.unsent.shelfChanged({ key: 'magpie.unsent.3.uuid-1', newValue: null });
  await second.api.calls[0].answer({ message: {} });
  assert.deepEqual(states(second.unsent), []);
  assert.equal(first.shelf.length, 0);
});

test('refused: says why, stays over a reload, can be tried again or deleted; the next goes on', async () => {
  const { api, unsent, shelf } = page();
  unsent.add('single', 7, 'a');
  unsent.add('single', 7, 'b');
  await api.calls[0].fail(403, 'not-friends');
  assert.deepEqual(states(unsent), ['a failed', 'b sending']);
  assert.equal(unsent.of('single:7')[0].problem, 'not-friends');
  assert.deepEqual(states(page(shelf).unsent), ['a failed', 'b waiting']);
  await api.calls[0].answer({ message: {} });
  unsent.retry('uuid-1');
  await settle();
  assert.equal(api.calls[0].body.client_id, 'uuid-1');
  await api.calls[0].fail(403, 'not-friends');
  unsent.drop('uuid-1');
  assert.equal(shelf.length, 0);
});

test('logged out: stays for the next login, of the same owner only', async () => {
  const { api, unsent, shelf } = page();
  unsent.add('single', 7, 'a');
  await api.calls[0].fail(401, 'no-session');
  await settle();
  assert.equal(api.calls.length, 0);
  assert.deepEqual(states(page(shelf).unsent), ['a waiting']);
  const other = new Unsent({ ...page().unsent, shelf, clock: new TestClock() }, 4);
  assert.deepEqual(states(other), []);
});

test('what another tab has sent or deleted goes here, too', async () => {
  const { unsent, shelf } = page();
  unsent.add('single', 7, 'a');
  unsent.shelfChanged({ key: 'magpie.unsent.4.uuid-1', newValue: null });
  unsent.shelfChanged({ key: 'magpie.draft.3.single:7', newValue: null });
  unsent.shelfChanged({ key: 'magpie.unsent.3.uuid-1', newValue: '{}' });
  assert.deepEqual(states(unsent), ['a sending']);
  unsent.shelfChanged({ key: 'magpie.unsent.3.uuid-1', newValue: null });
  assert.deepEqual(states(unsent), []);
  assert.equal(shelf.length, 0);
});

test('a damaged shelf and a full one stop nobody', () => {
  const shelf = new MemoryShelf();
  shelf.setItem('magpie.unsent.3.x', '{broken');
  shelf.setItem = () => { throw new Error('full'); };
  const { api, unsent } = page(shelf);
  unsent.add('single', 7, 'a');
  assert.equal(api.calls.length, 1);
});

// One user's page from the first state to its end: what is kept for whom, and what belongs together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drafts } from '../../www/js/drafts.js';
import { Session } from '../../www/js/session.js';
import { MemoryShelf } from '../../www/js/shelf.js';
import { contact, ME, message, settle, state, TestApi, TestClock } from './tools.js';

const FULL = { getItem: () => null, setItem() { throw new Error('full'); }, removeItem() { throw new Error('full'); } };

function made() {
  const [api, clock, shelf] = [new TestApi(), new TestClock(), new MemoryShelf()];
  let ids = 0;
  const session = new Session({ api, clock, shelf, random: () => 0.5, uuid: () => `u${++ids}`, prefs: /** @type {any} */ ({}) });
  const seen = [];
  for (const type of ['ready', 'unread']) session.addEventListener(type, () => seen.push(type));
  return { api, clock, shelf, session, seen };
}

async function begun() {
  const all = made();
  all.session.start();
  await (await all.api.waiting('/api/queues')).answer({ queue: 'q1', next: 0, hold: 25, ...state([contact({ rev: 1 })]) });
  return all;
}

test('before the first state there is nothing of anybody’s', async () => {
  const { session } = made();
  assert.throws(() => session.unsent, /not ready/);
  assert.throws(() => session.drafts, /not ready/);
  session.shelfChanged(/** @type {any} */ ({ key: 'magpie.unsent.3.u1', newValue: null }));
  session.end();
});

test('ready once, with what belongs to the one who is logged in', async () => {
  const { api, session, shelf, seen } = await begun();
  assert.equal(seen.filter((type) => type === 'ready').length, 1);
  session.drafts.set('single:7', 'half');
  assert.equal(shelf.getItem('magpie.draft.3.single:7'), 'half');
  await (await api.waiting('/api/receive')).fail(410);
  await (await api.waiting('/api/queues')).answer({ queue: 'q2', next: 0, hold: 25, ...state([contact({ rev: 1 })]) });
  assert.equal(seen.filter((type) => type === 'ready').length, 1);
  session.end();
});

test('what was sent is kept until it has come as a message, and another tab’s deletion counts', async () => {
  const { api, clock, session, shelf } = await begun();
  session.unsent.add('single', 7, 'hello');
  session.unsent.add('single', 7, 'again');
  const first = await api.waiting('/api/send');
  assert.equal(first.body.client_id, 'u1');
  await first.answer({ message: message(2, { client_id: 'u1', from: 3 }) });
  assert.deepEqual(session.unsent.of('single:7').map((entry) => entry.msg), ['again']);
  assert.equal(session.store.get('single:7').last.seq, 2);
  await (await api.waiting('/api/receive')).answer({ events: [{ n: 1, type: 'message', message: message(3, { client_id: 'u2', from: 3 }) }], next: 1 });
  assert.deepEqual(session.unsent.of('single:7'), []);

  session.unsent.add('single', 7, 'third');
  shelf.removeItem('magpie.unsent.3.u3');
  session.shelfChanged(/** @type {any} */ ({ key: 'magpie.unsent.3.u3', newValue: null }));
  assert.deepEqual(session.unsent.of('single:7'), []);
  session.end();
  await clock.pass(1000);
});

test('reading counts at once, and the server hears of it once', async () => {
  const { api, clock, session, seen } = await begun();
  await (await api.waiting('/api/receive')).answer({ events: [{ n: 1, type: 'message', message: message(2) }], next: 1 });
  assert.equal(session.store.unread, 1);
  session.read('single:7', 2);
  session.read('single:7', 2);
  session.read('single:99', 2);
  assert.equal(session.store.unread, 0);
  assert.ok(seen.includes('unread'));
  await clock.pass(1000);
  const call = await api.waiting('/api/read');
  assert.deepEqual(call.body, { contact_type: 'single', contact_id: 7, seq: 2 });
  await call.answer(null);
  assert.equal(api.log.filter((line) => line === 'POST /api/read').length, 1);
  session.end();
});

test('when the poll works again, what waits to be sent goes at once; after the end nothing does', async () => {
  const { api, clock, session } = await begun();
  await (await api.waiting('/api/receive')).fail(503, 'x', { retryAfter_ms: 1000 });
  session.unsent.add('single', 7, 'patient');
  await (await api.waiting('/api/send')).fail(503, 'x', { retryAfter_ms: 600_000 });
  assert.equal(session.unsent.of('single:7')[0].state, 'waiting');
  await clock.pass(5000);
  await (await api.waiting('/api/receive')).answer({ events: [], next: 0 });
  assert.ok(await api.waiting('/api/send'));
  session.end();
  await settle();
  assert.equal(session.receiver.status.kind, 'stopped');
});

test('a draft is kept under its owner, a blank one isn’t, and a full shelf is no fault', () => {
  const shelf = new MemoryShelf();
  const [mine, theirs] = [new Drafts(shelf, 3), new Drafts(shelf, 4)];
  const told = [];
  mine.addEventListener('change', (event) => told.push(event.detail.key));
  mine.set('group:1', 'a thought');
  for (const name of ['magpie.draft.3.single:7', 'magpie.draft.4.single:8', null]) mine.shelfChanged(name);
  assert.deepEqual(told, ['group:1', 'single:7'], 'that it changed, here or in another tab');
  assert.deepEqual([mine.get('group:1'), theirs.get('group:1'), mine.get('group:2')], ['a thought', '', '']);
  mine.set('group:1', ' \n');
  assert.deepEqual([mine.get('group:1'), shelf.length], ['', 0]);
  const full = new Drafts(/** @type {any} */ (FULL), 3);
  full.set('group:1', 'kept in the box alone');
  full.set('group:1', '');
  assert.equal(full.get('group:1'), '');
});

test('own settings that may have changed are asked for until they have come', async () => {
  const { api, clock, session } = await begun();
  await (await api.waiting('/api/settings')).answer({ settings: { presence: 'online' } });
  const again = async (me) => {
    await (await api.waiting('/api/receive')).fail(410);
    await (await api.waiting('/api/queues')).answer({ queue: 'q2', next: 0, hold: 25, ...state([contact({ rev: 1 })], [], me) });
    await clock.pass(100);
    return api.waiting('/api/settings');
  };
  const moved = { ...ME, me_rev: ME.me_rev + 1 };
  await (await again(moved)).fail(503);
  await (await again(moved)).answer({ settings: { presence: 'busy' } });
  assert.equal(session.own.settings.presence, 'busy');
  assert.equal(await again(moved), undefined);
  session.end();
});

// How many unread messages mention me, event by event, and where only the server can tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../www/js/store.js';
import { contact, ME, message, range, state } from './tools.js';

const KEY = 'group:5';
const OTHER = 77;
const group = (more = {}) => contact({ contact_type: 'group', contact_id: 5, name: 'Birds', ...more });
const started = (more) => {
  const store = new Store();
  store.takeState(state([group(more)]));
  return store;
};
const say = (seq, mentions, more = {}) => ({ ...message(seq), contact_type: 'group', contact_id: 5, ...(mentions && { mentions }), ...more });
const counts = (store) => [store.get(KEY).unread, store.get(KEY).mentioned];

test('those that mention me or everybody are counted among the unread', () => {
  const store = started();
  for (const entry of [say(1, [ME.id]), say(2), say(3, [OTHER]), say(4, ['all']), say(5, [OTHER, ME.id]), say(6, ['all'], { from: ME.id })]) store.take(entry);
  assert.deepEqual(counts(store), [5, 3]);
  store.markRead(KEY, 1);
  assert.deepEqual(counts(store), [4, 2]);
  store.take(say(4, undefined, { rev: 7, kind: 'recalled', msg: '' }));
  assert.deepEqual(counts(store), [3, 1], 'what is recalled mentions nobody');
  store.takeOwn({ type: 'read', me_rev: 6, contact_type: 'group', contact_id: 5, seq: 7, unread: 0, mentioned: 0 });
  assert.deepEqual(counts(store), [0, 0]);
});

test('the server counts what is not here', () => {
  const store = started({ rev: 100, read_seq: 10, unread: 60, mentioned: 7 });
  assert.deepEqual(counts(store), [60, 7]);
  store.take(say(101, [ME.id]));
  store.take(say(102, [OTHER]));
  assert.deepEqual(counts(store), [62, 8], 'and what comes is added');
  store.takeState(state([group({ rev: 100, read_seq: 10, unread: 60, mentioned: 7 })]));
  assert.deepEqual(counts(store), [62, 8], 'also where its state is older');
  store.takeOwn({ type: 'read', me_rev: 6, contact_type: 'group', contact_id: 5, seq: 50, unread: 40, mentioned: 3 });
  assert.deepEqual(counts(store), [40, 3]);
  store.takePage(KEY, range(51, 102).map((m) => say(m.seq, m.seq > 100 ? [ME.id] : undefined)), true, null);
  store.takeState(state([group({ rev: 102, read_seq: 50, unread: 40, mentioned: 3 })], [], { ...ME, me_rev: 6 }));
  assert.deepEqual(counts(store), [52, 2], 'until all of it is here');
  assert.equal(started({ unread: 3 }).get(KEY).mentioned, 0, 'an old server says nothing');
});

test('after a recall of what is not here the server is asked', () => {
  const store = started({ rev: 100, read_seq: 10, unread: 60, mentioned: 1 });
  let doubts = 0;
  store.addEventListener('doubt', () => doubts++);
  const recalled = (seq, rev, more) => store.take(say(seq, undefined, { rev, kind: 'recalled', msg: '', ...more }));
  recalled(5, 101);
  recalled(20, 102, { from: ME.id });
  assert.equal(doubts, 0, 'not for what is read, or my own');
  recalled(30, 103);
  assert.deepEqual([doubts, ...counts(store)], [1, 59, 1]);
  store.takeState(state([group({ rev: 103, read_seq: 10, unread: 59, mentioned: 0 })]));
  recalled(31, 104);
  assert.deepEqual([doubts, ...counts(store)], [1, 58, 0], 'nor where nothing mentions me');
});

test('a recall of what is here takes off what that was, and nobody is asked', () => {
  const store = started({ rev: 100, read_seq: 10, unread: 60, mentioned: 2 });
  store.addEventListener('doubt', () => assert.fail('the server is asked'));
  for (const entry of [say(101, [ME.id]), say(102), say(103, undefined, { kind: 'notice', msg: '', notice: { what: 'announcement', text: 'x' } })]) store.take(entry);
  assert.deepEqual(counts(store), [62, 3]);
  const recalled = (seq, rev) => store.take(say(seq, undefined, { rev, kind: 'recalled', msg: '' }));
  recalled(101, 104);
  assert.deepEqual(counts(store), [61, 2]);
  recalled(102, 105);
  assert.deepEqual(counts(store), [60, 2]);
  recalled(103, 106);
  assert.deepEqual(counts(store), [60, 2], 'an announcement was never counted');
});

test('of a muted conversation the sum has mentions alone, where they still come', () => {
  const store = started({ rev: 9, read_seq: 0, unread: 5, mentioned: 2, muted: true, mentions: true });
  assert.equal(store.unread, 2);
  store.takeOwn({ type: 'conversation', me_rev: 6, contact_type: 'group', contact_id: 5, muted: true, mentions: false, unread: 5, mentioned: 2 });
  assert.equal(store.unread, 0);
  store.takeOwn({ type: 'conversation', me_rev: 7, contact_type: 'group', contact_id: 5, muted: false, mentions: false, unread: 5, mentioned: 2 });
  assert.equal(store.unread, 5);
});

// What a tab knows of its conversations, event by event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../www/js/store.js';
import { contact, ME, message, range, state } from './tools.js';

const started = (...contacts) => {
  const store = new Store();
  store.takeState(state(contacts.length ? contacts : undefined));
  return store;
};
const seqs = (store) => store.get('single:7').entries().map((m) => m.seq);

test('entries are applied in order, and once', () => {
  const store = started();
  assert.equal(store.take(message(1)), 'applied');
  assert.equal(store.take(message(2)), 'applied');
  assert.equal(store.take(message(2)), 'repeated');
  assert.deepEqual(seqs(store), [1, 2]);
  assert.equal(store.get('single:7').unread, 2);
});

test('an entry that came too early waits, and is seen after its forerunner', () => {
  const store = started();
  assert.equal(store.take(message(2)), 'hole');
  assert.deepEqual(seqs(store), []);
  assert.equal(store.take(message(1)), 'applied');
  assert.deepEqual(seqs(store), [1, 2]);
  assert.equal(store.get('single:7').rev, 2);
});

test('after an answer one goes on from its rev, also across numbers that were not in it', () => {
  const store = started();
  store.take(message(5));
  store.takeAnswer('single:7', [message(1), message(3)], 4);
  assert.deepEqual(seqs(store), [1, 3, 5]);
  assert.equal(store.get('single:7').rev, 5);
});

test('the list is told which conversation changed, and of a state as a whole', () => {
  const store = started(contact(), contact({ contact_id: 8, name: 'Sam' }));
  const told = [];
  store.addEventListener('list', (event) => told.push(event.detail.key));
  store.take(message(1));
  store.takePresence({ user_id: 8, state: 'away' });
  store.takeState(state([contact(), contact({ contact_id: 8, name: 'Sam', avatar: 'a'.repeat(32) })]));
  assert.deepEqual(told, ['single:7', 'single:8', undefined]);
  store.takeOwn({ me_rev: 6, type: 'friend', friend: { id: 8, name: 'Sam', avatar: 'b'.repeat(32) }, ended: false });
  assert.deepEqual([...new Set(told.slice(3))], ['single:8']);
});

test('entries lie by their numbers, however they come', () => {
  const store = started(contact({ rev: 20, read_seq: 20 }));
  const c = store.get('single:7');
  const check = (...numbers) => assert.deepEqual(seqs(store), numbers);
  check();
  store.take(message(21));
  check(21);
  store.take(message(22));
  check(21, 22);
  store.takePage('single:7', [message(11), message(13)], true, null);
  check(11, 13, 21, 22);
  store.take(message(13, { rev: 23, msg: 'edited' }));
  store.take(message(24));
  check(11, 13, 21, 22, 24);
  assert.equal(c.entries()[1].msg, 'edited');
  c.entries().pop();
  c.letGo(4);
  check(21, 22, 24);
  c.clear(21);
  check(22, 24);
  c.reset(30);
  check();
});

test('an edit replaces, and an older state of an entry does not come back', () => {
  const store = started();
  store.take(message(1));
  store.take(message(1, { rev: 2, msg: 'edited' }));
  store.takePage('single:7', [message(1)], false, null);
  assert.equal(store.get('single:7').entries()[0].msg, 'edited');
  assert.equal(store.get('single:7').unread, 1);
});

test('an entry of an unknown conversation asks for the contacts', () => {
  assert.equal(started().take(message(1, { contact_id: 8 })), 'unknown');
});

test('pages of history go before what is here', () => {
  const store = started(contact({ rev: 100, read_seq: 100 }));
  store.take(message(101));
  store.takePage('single:7', range(51, 101), true, null);
  store.takePage('single:7', range(1, 50), false, 51);
  assert.equal(seqs(store).length, 101);
  assert.equal(store.get('single:7').more, false);
  assert.equal(store.get('single:7').unread, 1);
});

test('a page for a conversation that was reset meanwhile is dropped', () => {
  const store = started(contact({ rev: 100, read_seq: 100 }));
  store.takePage('single:7', range(51, 100), true, null);
  store.takeState(state([contact({ rev: 900, read_seq: 100, unread: 800 })], [
    { contact_type: 'single', contact_id: 7, messages: [], rev: 900, reset: true }]));
  assert.equal(store.get('single:7').loaded, false);
  assert.deepEqual(seqs(store), []);
  assert.equal(store.get('single:7').unread, 800);
  store.takePage('single:7', range(1, 50), false, 51);
  assert.deepEqual([seqs(store), store.get('single:7').loaded], [[], false], 'older ones');
  store.takePage('single:7', range(51, 100), true, null, 100);
  assert.deepEqual([seqs(store), store.get('single:7').loaded], [[], false], 'the newest, as they were then');
  store.takePage('single:7', range(851, 901), true, null, 901);
  assert.equal(store.get('single:7').from, 851);
  store.takePage('single:7', range(1, 50), false, 51);
  assert.equal(store.get('single:7').from, 851, 'older ones, when others are here');
});

test('unread counts others’ texts after the mark: not one’s own, not notices', () => {
  const store = started(contact({ rev: 10, read_seq: 8, unread: 2 }));
  store.take(message(11));
  store.take(message(12, { from: ME.id }));
  store.take(message(13, { kind: 'notice', msg: '' }));
  assert.equal(store.get('single:7').unread, 3);
  assert.equal(store.unread, 3);
});

test('reading clears at once, and a late state does not bring it back', () => {
  const store = started(contact({ rev: 10, read_seq: 0, unread: 10 }));
  assert.equal(store.markRead('single:7', 10), true);
  assert.equal(store.markRead('single:7', 9), false);
  store.takeState(state([contact({ rev: 10, read_seq: 0, unread: 10 })]));
  assert.equal(store.get('single:7').unread, 0);
  assert.equal(store.get('single:7').read_seq, 10);
});

test('a mark of another tab that lags behind a new message leaves that unread', () => {
  const store = started(contact({ rev: 2, read_seq: 0, unread: 2 }));
  store.takePage('single:7', range(1, 2), false, null);
  store.take(message(3));
  store.takeOwn({ type: 'read', me_rev: 6, contact_type: 'single', contact_id: 7, seq: 2, unread: 0 });
  assert.equal(store.get('single:7').unread, 1);
});

test('a state that is older than what came since takes nothing away', () => {
  const store = started(contact({ rev: 10, read_seq: 10 }));
  store.take(message(11));
  store.takeState(state([contact({ rev: 10, read_seq: 10, unread: 0, last_message: message(10) })]));
  const c = store.get('single:7');
  assert.deepEqual([c.rev, c.unread, c.last.seq], [11, 1, 11]);
});

test('a conversation beyond those that the client named starts anew', () => {
  const store = started(contact({ rev: 10 }));
  store.takePage('single:7', range(1, 10), false, null);
  store.takeState(state([contact({ rev: 20, read_seq: 10, unread: 10 })]));
  assert.equal(store.get('single:7').loaded, false);
  assert.equal(store.get('single:7').rev, 20);
});

test('what is gone goes', () => {
  const store = started();
  store.takeState(state([], [{ contact_type: 'single', contact_id: 7, messages: [], rev: 0, gone: true }]));
  assert.equal(store.get('single:7'), undefined);
});

test('the user’s own events are counted: repeated, hole, and kinds nobody knows', () => {
  const store = started();
  assert.equal(store.takeOwn({ type: 'friend', me_rev: 5 }), 'repeated');
  assert.equal(store.takeOwn({ type: 'weather', me_rev: 6 }), 'applied');
  assert.equal(store.takeOwn({ type: 'friend', me_rev: 8 }), 'hole');
  assert.equal(store.takeOwn({ type: 'group', me_rev: 7 }), 'unknown');
  assert.equal(store.meRev, 7);
});

test('friend requests come and go', () => {
  const store = started();
  const request = { id: 1, direction: 'incoming', user: { id: 9, username: 'sam', name: 'Sam' }, note: '', timestamp: '', state: 'open' };
  store.takeOwn({ type: 'friend-request', me_rev: 6, request });
  assert.equal(store.incoming.size, 1);
  store.takeOwn({ type: 'friend-request', me_rev: 7, request: { ...request, state: 'accepted' } });
  assert.equal(store.incoming.size, 0);
});

test('the list has the last active first', () => {
  const store = started(contact({ last_message: message(1), rev: 1 }), contact({ contact_id: 8, name: 'Sam' }),
    contact({ contact_id: 9, name: 'Lin', rev: 5, last_message: message(5, { contact_id: 9 }) }));
  assert.deepEqual(store.sorted().map((c) => c.name), ['Lin', 'Kim', 'Sam']);
  store.take(message(2, { timestamp: '2026-12-01T00:00:00.000Z' }));
  assert.equal(store.sorted()[0].name, 'Kim');
});

test('presence shows, and have() names every conversation with its rev', () => {
  const store = started(contact({ rev: 4 }), contact({ contact_type: 'group', contact_id: 2, rev: 9 }));
  const seen = [];
  store.addEventListener('change', (event) => seen.push(event.detail.key));
  const kim = store.get('single:7');
  assert.equal(kim.shown, 'offline');
  for (const state of ['online', 'online', 'away', 'busy']) store.takePresence({ user_id: 7, online: true, state });
  assert.equal(kim.shown, 'busy');
  assert.deepEqual(seen, ['single:7', 'single:7', 'single:7']);                     // the same again is no news
  store.takePresence({ user_id: 7, online: false, state: 'offline', last_seen: '2026-11-22T12:00:00.000Z' });
  assert.deepEqual([kim.shown, kim.lastSeen], ['offline', '2026-11-22T12:00:00.000Z']);
  store.takePresence({ user_id: 7, online: true });                                   // as servers of before said it
  assert.deepEqual([kim.shown, kim.lastSeen], ['online', null]);
  store.takePresence({ user_id: 99, online: true, state: 'online' });                 // who knows whom
  assert.deepEqual(store.have().map((h) => `${h.contact_type}:${h.contact_id}:${h.rev}`).sort(), ['group:2:9', 'single:7:4']);
});

test('a recall empties the entry, and it is unread no longer', () => {
  const store = started();
  store.takePage('single:7', [], false, null, 0);
  store.take(message(1));
  store.take(message(2));
  assert.equal(store.take(message(1, { rev: 3, kind: 'recalled', msg: '' })), 'applied');
  assert.equal(store.get('single:7').entries()[0].kind, 'recalled');
  assert.equal(store.get('single:7').unread, 1);
});

test('so it is where the entries before are not here', () => {
  const store = started(contact({ rev: 40, read_seq: 30, unread: 10 }));
  store.take(message(35, { rev: 41, kind: 'recalled', msg: '' }));
  assert.equal(store.get('single:7').unread, 9);
  store.take(message(20, { rev: 42, kind: 'recalled', msg: '' }));
  store.take(message(36, { rev: 43, kind: 'recalled', msg: '', from: ME.id }));
  assert.equal(store.get('single:7').unread, 9, 'what was read, and what is my own, never counted');
});

test('a contact without a name is a deleted account', () => {
  assert.equal(started(contact({ name: '' })).get('single:7').name, 'Deleted account');
});

const VIEW = { pinned: false, muted: false, mentions: true, hidden: false, hidden_seq: null, marked_unread: false, cleared_seq: 0 };
const viewed = (me_rev, more = {}) => ({ type: 'conversation', me_rev, contact_type: 'single', contact_id: 7, unread: 0, ...VIEW, ...more });

test('a contact says how I view it, and an event of mine how I do now', () => {
  const store = started(contact({ ...VIEW, muted: true, mentions: false }));
  const c = store.get('single:7');
  assert.deepEqual([c.pinned, c.muted, c.mentions, c.hidden, c.marked_unread], [false, true, false, false, false]);
  const changes = [];
  store.addEventListener('change', (event) => changes.push(event.detail.what));
  assert.equal(store.takeOwn(viewed(6, { pinned: true, marked_unread: true })), 'applied');
  assert.deepEqual([c.pinned, c.muted, c.mentions, c.marked_unread, changes], [true, false, true, true, ['contact']]);
  assert.equal(store.takeOwn(viewed(7, { contact_id: 8 })), 'unknown', 'of a conversation that is not here: ask');
  const plain = started().get('single:7');
  assert.deepEqual([plain.pinned, plain.muted, plain.mentions, plain.hidden], [false, false, true, false], 'an old server says nothing');
});

test('a state from before an event of mine doesn’t undo it', () => {
  const store = started();
  store.takeOwn(viewed(6, { pinned: true }));
  store.takeState(state([contact({ ...VIEW, pinned: false })]));
  assert.equal(store.get('single:7').pinned, true);
  store.takeState(state([contact({ ...VIEW, pinned: false })], [], { ...ME, me_rev: 7 }));
  assert.equal(store.get('single:7').pinned, false);
});

test('those that are pinned come first', () => {
  const store = started(contact({ last_message: message(5), rev: 5 }), contact({ ...VIEW, contact_id: 8, name: 'Sam', pinned: true }));
  assert.deepEqual(store.sorted().map((c) => c.name), ['Sam', 'Kim']);
  store.takeOwn(viewed(6, { contact_id: 8 }));
  assert.deepEqual(store.sorted().map((c) => c.name), ['Kim', 'Sam']);
});

test('hidden until a message comes, whichever is heard of first', () => {
  const store = started(contact({ rev: 4 }));
  const c = store.get('single:7');
  store.takeOwn(viewed(6, { hidden: true, hidden_seq: 4 }));
  assert.equal(c.hidden, true);
  store.take(message(5, { kind: 'notice', msg: '' }));
  assert.equal(c.hidden, true, 'a notice is none');
  store.take(message(6, { from: ME.id }));
  assert.equal(c.hidden, false, 'one of my own is');
  store.take(message(6, { rev: 7, kind: 'recalled', msg: '', from: ME.id }));
  assert.equal(c.hidden, false, 'and it stays so');
  store.take(message(8));
  store.takeOwn(viewed(7, { hidden: true, hidden_seq: 7 }));
  assert.equal(c.hidden, false, 'the message was later, and came before');
  store.takeOwn(viewed(8, { hidden: true, hidden_seq: 8 }));
  assert.equal(c.hidden, true);
  store.takeOwn(viewed(9));
  assert.equal(c.hidden, false, 'by hand');
  const other = started(contact({ ...VIEW, rev: 9, hidden: true, hidden_seq: 4, last_message: message(9, { kind: 'notice' }) })).get('single:7');
  assert.equal(other.hidden, true, 'a contact says it too');
});

test('what is marked as unread is so until it is read or opened', () => {
  const store = started(contact({ ...VIEW, rev: 4, read_seq: 3, unread: 1, marked_unread: true }));
  const c = store.get('single:7');
  store.markRead('single:7', 4);
  assert.equal(c.marked_unread, false);
  assert.equal(store.unmark('single:7'), false);
  store.takeOwn(viewed(6, { marked_unread: true }));
  assert.deepEqual([c.marked_unread, c.unread], [true, 0]);
  assert.equal(store.markRead('single:7', 4), false, 'a mark that doesn’t move is none');
  assert.equal(store.unmark('single:7'), true);
  assert.equal(c.marked_unread, false);
});

test('what is cleared is gone, and stays so whatever comes', () => {
  const store = started(contact({ rev: 10, read_seq: 2 }));
  store.takePage('single:7', range(1, 10), false, null);
  const c = store.get('single:7');
  assert.equal(c.countAfter(2, ME.id).unread, 8);
  const changes = [];
  store.addEventListener('change', (event) => changes.push(event.detail.what));
  store.takeOwn(viewed(6, { cleared_seq: 6, unread: 4 }));
  assert.deepEqual([seqs(store), c.unread, c.last.seq, c.rev, changes], [[7, 8, 9, 10], 4, 10, 10, ['messages']]);
  store.take(message(4, { rev: 11, kind: 'recalled', msg: '' }));
  assert.deepEqual([seqs(store), c.unread, c.rev], [[7, 8, 9, 10], 4, 11], 'a recall in it only counts');
  store.takeOwn(viewed(7, { cleared_seq: 10, unread: 0 }));
  assert.deepEqual([seqs(store), c.unread, c.last], [[], 0, null]);
  assert.deepEqual([c.more, c.loaded], [false, true], 'there is nothing to fetch');
  store.takePage('single:7', range(1, 10), true, null, 11);
  store.takeAnswer('single:7', [message(9, { rev: 12 })], 12);
  assert.deepEqual([seqs(store), c.unread, c.last], [[], 0, null], 'a page from before, and an answer');
  store.takeState(state([contact({ ...VIEW, rev: 12, read_seq: 2, last_message: message(10) })]));
  assert.deepEqual([c.cleared_seq, c.last], [10, null], 'a state from before');
  store.take(message(13));
  assert.deepEqual([seqs(store), c.unread, c.last.seq], [[13], 1, 13], 'what comes then is there');
});

test('so it is where the entries are not here', () => {
  const store = started(contact({ rev: 100, read_seq: 20, unread: 80, last_message: message(100) }));
  const c = store.get('single:7');
  store.takeOwn(viewed(6, { cleared_seq: 50, unread: 50 }));
  assert.deepEqual([c.unread, c.last.seq, c.loaded, c.more], [50, 100, false, true]);
  store.take(message(30, { rev: 101, kind: 'recalled', msg: '' }));
  assert.equal(c.unread, 50, 'what is cleared counted no longer');
  store.take(message(60, { rev: 102, kind: 'recalled', msg: '' }));
  assert.equal(c.unread, 49);
  store.takePage('single:7', range(81, 100), true, null, 102);
  assert.deepEqual([c.from, c.more], [81, true]);
  store.takePage('single:7', range(51, 80), true, 81);
  assert.deepEqual([c.from, c.more], [0, false], 'behind what is cleared nothing is to be fetched');
  store.takeState(state([contact({ ...VIEW, rev: 900, cleared_seq: 899 })], [
    { contact_type: 'single', contact_id: 7, messages: [], rev: 900, reset: true }], { ...ME, me_rev: 8 }));
  assert.deepEqual([seqs(store), c.rev, c.loaded], [[], 900, false], 'a reset starts anew');
  store.takeOwn(viewed(9, { cleared_seq: 900 }));
  assert.deepEqual([c.rev, c.loaded, c.more], [900, true, false]);
});

test('of who is no friend any longer nothing is shown', () => {
  const store = started(contact({ state: 'away', online: true }));
  assert.equal(store.get('single:7').shown, 'away');
  store.takeState(state([contact({ ended: true, state: 'offline' })]));
  assert.equal(store.get('single:7').shown, 'offline');
  store.takePresence({ user_id: 7, online: true, state: 'online' });                  // it was on its way
  assert.equal(store.get('single:7').shown, 'offline');
});

test('own settings come as an event, and a resync tells whether something of one\'s own has moved', () => {
  const store = started();
  const heard = [];
  store.addEventListener('settings', (event) => heard.push(event.detail.settings.presence));
  store.addEventListener('state', (event) => heard.push(event.detail.moved));
  assert.equal(store.takeOwn({ type: 'settings', me_rev: 6, settings: { presence: 'busy' } }), 'applied');
  store.takeState(state([contact()], [], { ...ME, me_rev: 6 }));
  store.takeState(state([contact()], [], { ...ME, me_rev: 8 }));
  assert.deepEqual(heard, ['busy', false, true]);
});

test('pictures: of contacts, of oneself, of a group by its notice, of people met in groups', () => {
  const store = started(contact({ avatar: 'a' }), contact({ contact_type: 'group', contact_id: 5, name: 'Birds', rev: 1 }));
  const heard = [];
  for (const type of ['faces', 'people']) store.addEventListener(type, () => heard.push(type));
  assert.equal(store.get('single:7').avatar, 'a');
  assert.equal(store.faceOf(7), 'a');
  assert.equal(store.faceOf(8), null);

  store.takeFaces([{ id: 8, avatar: 'b' }, { id: 7, avatar: 'old' }]);
  assert.deepEqual([store.faceOf(8), store.faceOf(7)], ['b', 'a'], 'a friend\'s is heard of first');
  store.takeFaces([{ id: 8, avatar: 'b' }]);
  assert.deepEqual(heard, ['faces'], 'only what is new is told');

  const notice = (seq, avatar) => message(seq, { contact_type: 'group', contact_id: 5, kind: 'notice', msg: '', notice: { what: 'group-avatar', avatar } });
  store.take(notice(2, 'c'));
  assert.equal(store.get('group:5').avatar, 'c');
  store.takePage('group:5', [notice(1, 'older')], false, null);
  assert.equal(store.get('group:5').avatar, 'c', 'history changes nothing');
  store.take(notice(3));
  assert.equal(store.get('group:5').avatar, null);

  assert.equal(store.takeOwn({ type: 'me', me_rev: store.meRev + 1, me: { ...ME, avatar: 'd', status: 'out' } }), 'applied');
  assert.deepEqual([store.me.avatar, store.faceOf(store.me.id)], ['d', 'd']);
  assert.deepEqual(heard, ['faces', 'faces', 'people']);

  const friend = { id: 7, username: 'kim', name: 'Kim', status: '', avatar: 'e', remark: '', list_id: 0 };
  assert.equal(store.takeOwn({ type: 'friend', me_rev: store.meRev + 1, friend, ended: false }), 'applied');
  assert.deepEqual([store.get('single:7').avatar, store.faceOf(7)], ['e', 'e'], 'a friend\'s new one');

  store.takeState(state([contact({ avatar: 'old' })], [], { ...ME, avatar: 'old', me_rev: store.meRev - 1 }));
  assert.deepEqual([store.me.avatar, store.faceOf(7)], ['d', 'e'], 'a state of before changes neither');
});

test('36: of a conversation that nobody looks at no more than 400 entries are kept; numbers, counts and holes stay right', () => {
  const store = started(contact({ rev: 0, read_seq: 0 }));
  const c = store.get('single:7');
  store.takePage('single:7', [], false, null);
  for (const m of range(1, 600)) {
    store.take(m);
    assert.ok(c.messages.size <= 400, `${c.messages.size} at ${m.seq}`);
  }
  assert.deepEqual([c.rev, c.unread, c.last.seq, c.more, c.loaded], [600, 600, 600, true, true]);
  assert.deepEqual(seqs(store), range(c.from, 600).map((m) => m.seq), 'without a hole from `from` on');
  const { from } = c;
  store.take(message(3, { rev: 601, kind: 'recalled' }));
  assert.deepEqual([c.unread, c.rev, c.messages.has(3)], [599, 601, false], 'one that has been let go is recalled');
  assert.equal(store.take(message(603)), 'hole');
  store.takeAnswer('single:7', [message(602)], 602);
  assert.deepEqual([c.rev, c.unread, c.last.seq], [603, 601, 603]);
  store.takePage('single:7', range(from - 50, from - 1), true, from);
  assert.equal(c.from, from - 50, 'they can be fetched again');
  store.takeOwn({ type: 'read', me_rev: 6, contact_type: 'single', contact_id: 7, seq: 599, unread: 3 });
  assert.equal(c.unread, 3);
  store.takeState(state([contact({ rev: 603, read_seq: 599, unread: 3 })]));
  assert.deepEqual([c.unread, store.unread], [3, 3]);
});

test('36: what somebody looks at keeps all its entries until it is left, and unread ones that are let go still count', () => {
  const store = started(contact({ rev: 0, read_seq: 0 }));
  const c = store.get('single:7');
  store.hold('single:7');
  store.takePage('single:7', [], false, null);
  for (const m of range(1, 1000)) store.take(m);
  assert.deepEqual([c.messages.size, c.from, c.more], [1000, 0, false]);
  store.release('single:7');
  assert.ok(c.messages.size <= 400 && c.messages.size >= 200);
  assert.deepEqual([c.unread, c.more, c.from], [1000, true, c.entries()[0].seq]);
  store.markRead('single:7', 1000);
  store.take(message(1001));
  assert.equal(c.unread, 1);
});

test('36: a newest page that was asked for before entries were let go is asked for again', () => {
  const store = started(contact({ rev: 100, read_seq: 100 }));
  const c = store.get('single:7');
  for (const m of range(101, 700)) store.take(m);
  store.takePage('single:7', range(51, 100), true, null, 100);
  assert.deepEqual([c.loaded, seqs(store)], [false, range(c.from, 700).map((m) => m.seq)]);
  const { from } = c;
  store.takePage('single:7', range(651, 700), true, null, 700);
  assert.deepEqual([c.loaded, c.from], [true, from]);
});

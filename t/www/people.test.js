// What a tab knows of people: names, lists, blocks; and asking for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byList } from '../../www/js/by-list.js';
import { Friends } from '../../www/js/friends.js';
import { People } from '../../www/js/people.js';
import { matching } from '../../www/js/matching.js';
import { Store } from '../../www/js/store.js';
import { contact, state, settle, TestApi } from './tools.js';

const kim = { contact_id: 7, name: 'Kim', username: 'kim', remark: '', list_id: 0 };
const card = { id: 7, username: 'kim', name: 'Kim', status: '', remark: '', list_id: 0 };
const started = (...contacts) => {
  const store = new Store();
  store.takeState(state(contacts.map((c) => contact(c))));
  return store;
};
const heard = (store, type) => {
  const told = [];
  store.addEventListener(type, (event) => told.push(event.detail));
  return told;
};
const friendEvent = (more, ended = false, me_rev = 6) => ({ n: 1, type: 'friend', me_rev, ended, friend: { ...card, ...more } });

test('a remark is the name, as long as the friendship lasts', () => {
  const store = started({ ...kim, remark: 'Sister' });
  const c = store.get('single:7');
  assert.deepEqual([c.name, c.givenName, c.username], ['Sister', 'Kim', 'kim']);
  assert.deepEqual([store.nameOf(7, 'Kim'), store.nameOf(8, 'Sam'), store.nameOf(8, '')], ['Sister', 'Sam', 'Deleted account']);
  assert.equal(store.takeOwn(friendEvent({ remark: 'Sister' }, true)), 'unknown', 'whether the account is there still is asked');
  assert.deepEqual([c.name, c.ended, store.nameOf(7, 'Kim')], ['Kim', true, 'Kim']);
});

test('a change of a friend is applied without asking, and tells who is called otherwise', () => {
  const store = started(kim);
  const names = heard(store, 'names');
  assert.equal(store.takeOwn(friendEvent({ remark: 'Sister', list_id: 4 })), 'applied');
  assert.deepEqual([store.get('single:7').name, store.get('single:7').list_id, names.length], ['Sister', 4, 1]);
  assert.equal(store.takeOwn(friendEvent({ name: 'Kimberley', remark: 'Sister' }, false, 7)), 'applied');
  assert.deepEqual([store.get('single:7').givenName, names.length], ['Kimberley', 1]);
});

test('a friendship that begins, or begins again, asks for the contacts', () => {
  const store = started({ ...kim, ended: true });
  assert.equal(store.takeOwn(friendEvent({})), 'unknown');
  assert.equal(store.takeOwn(friendEvent({ id: 8 }, false, 7)), 'unknown');
});

test('events about lists, blocks and oneself, also of the own doing', () => {
  const store = started(kim);
  const told = heard(store, 'people');
  store.takePeople({ blocked: new Map(), about: new Map() });
  store.takeOwn({ type: 'friend-lists', me_rev: 6, lists: [{ id: 4, name: 'Family' }] });
  store.takeOwn({ type: 'block', me_rev: 7, user: { id: 8, username: 'foe', name: 'Foe' }, blocked: true });
  store.learn({ type: 'me', me: { id: 3, username: 'alex', name: 'Alexandra', status: 'Out' } });
  assert.deepEqual(store.friends.lists, [{ id: 4, name: 'Family' }]);
  assert.deepEqual([store.friends.isBlocked(8), store.friends.isBlocked(7)], [true, false]);
  assert.deepEqual([store.me.name, store.me.status, told.length], ['Alexandra', 'Out', 4]);
  store.takeOwn({ type: 'block', me_rev: 8, user: { id: 8, username: 'foe', name: 'Foe' }, blocked: false });
  assert.equal(store.friends.isBlocked(8), false);
  store.takeState(state(undefined, [], { id: 3, username: 'alex', name: 'Alexandra', me_rev: 8 }));
  assert.equal(store.me.status, 'Out', 'a resync does not tell it, and takes nothing away');
});

test('what friends say of themselves', () => {
  const friends = new Friends();
  friends.take(friendEvent({ status: 'Out' }));
  assert.equal(friends.about, null, 'of all others nothing is known yet');
  friends.about = new Map([[7, { status: '', since: '2026-11-22' }]]);
  friends.take(friendEvent({ status: 'Out' }));
  assert.deepEqual(friends.about.get(7), { status: 'Out', since: '2026-11-22' });
  friends.take(friendEvent({}, true));
  assert.equal(friends.about.has(7), false);
  assert.equal(friends.take({ type: 'group' }), false);
});

test('friends by lists, each by name; those of no list, or one that is gone, last', () => {
  const store = started({ ...kim, list_id: 4 }, { ...kim, contact_id: 8, name: 'Ann', list_id: 4 }, { ...kim, contact_id: 9, name: 'Sam', list_id: 99 },
    { ...kim, contact_id: 10, name: 'Ex', ended: true }, { contact_type: 'group', contact_id: 1, name: 'Hikers' });
  const sections = byList(store.conversations, [{ id: 5, name: 'Work' }, { id: 4, name: 'Family' }], 'Friends');
  assert.deepEqual(sections.map((s) => [s.list.name, ...s.friends.map((c) => c.name)]), [['Work'], ['Family', 'Ann', 'Kim'], ['Friends', 'Sam']]);
});

test('somebody is found by remark, name and user name', () => {
  const list = [{ name: 'Sister', givenName: 'Kim Lindqvist', username: 'kim_l' }, { name: 'Hikers' }];
  for (const words of ['sis', 'lindq', 'KIM_L', 'sister kim', '']) assert.ok(matching(list, words).includes(list[0]), words);
  assert.deepEqual(matching(list, 'hik').map((c) => c.name), ['Hikers']);
});

test('a part is asked for once, and again after a resync', async () => {
  const [api, store] = [new TestApi(), started(kim)];
  const people = new People(api, store);
  const both = [people.want('lists'), people.want('lists')];
  await (await api.waiting('/api/friend-lists')).answer({ lists: [{ id: 4, name: 'Family' }] });
  await Promise.all(both);
  assert.deepEqual([store.friends.lists.length, api.log], [1, ['GET /api/friend-lists']]);
  store.takeState(state());
  await (await api.waiting('/api/friend-lists')).answer({ lists: [] });
  assert.deepEqual(store.friends.lists, []);
});

test('all pages of a list; a failure is told, and the next wish asks anew', async () => {
  const [api, store] = [new TestApi(), started(kim)];
  const people = new People(api, store);
  const failed = assert.rejects(people.want('blocked'), { name: 'down' });
  await (await api.waiting('/api/blocks')).fail(503, 'down');
  await failed;
  const wish = people.want('blocked');
  await (await api.waiting('/api/blocks')).answer({ blocks: [{ id: 8, name: 'A' }], more: true });
  const second = await api.waiting('/api/blocks');
  assert.equal(second.query.get('after'), '8');
  await second.answer({ blocks: [{ id: 9, name: 'B' }], more: false });
  await wish;
  assert.deepEqual([...store.friends.blocked.keys()], [8, 9]);
});

test('an answer that an event has overtaken is asked for once more', async () => {
  const [api, store] = [new TestApi(), started(kim)];
  const wish = new People(api, store).want('lists');
  const first = await api.waiting('/api/friend-lists');
  store.takeOwn({ type: 'friend-lists', me_rev: 6, lists: [{ id: 4, name: 'New' }] });
  await first.answer({ lists: [] });
  await settle();
  assert.deepEqual(store.friends.lists, [{ id: 4, name: 'New' }]);
  await (await api.waiting('/api/friend-lists')).answer({ lists: [{ id: 4, name: 'New' }] });
  await wish;
  assert.deepEqual(store.friends.lists, [{ id: 4, name: 'New' }]);
});

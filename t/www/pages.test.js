// Pages of history: the newest when a conversation is opened, older ones on scrolling up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pages } from '../../www/js/pages.js';
import { Store } from '../../www/js/store.js';
import { contact, message, range, settle, state, TestApi } from './tools.js';

function page(rev) {
  const api = new TestApi();
  const store = new Store();
  store.takeState(state([contact({ rev })]));
  return { api, store, pages: new Pages(api, store), history: () => api.waiting('/api/history') };
}
const reset = (rev) => state([contact({ rev })], [{ contact_type: 'single', contact_id: 7, messages: [], rev, reset: true }]);
const seqs = (store) => store.get('single:7').entries().map((m) => m.seq);

test('the newest, then those before, then no more', async () => {
  const { store, pages, history } = page(60);
  const newest = pages.newest('single:7');
  await (await history()).answer({ messages: range(11, 60), more: true, rev: 60 });
  await newest;
  const older = pages.older('single:7');
  const call = await history();
  assert.equal(call.query.get('before'), '11');
  await call.answer({ messages: range(1, 10), more: false, rev: 60 });
  await older;
  assert.deepEqual(seqs(store), range(1, 60).map((m) => m.seq));
  await pages.older('single:7');
  assert.equal(await history(), undefined);
});

test('a newest page that a reset has overtaken is asked for again: nothing is missing between', async () => {
  const { store, pages, history } = page(60);
  const newest = pages.newest('single:7');
  const call = await history();
  store.takeState(reset(900));
  store.take(message(901));
  await call.answer({ messages: range(11, 60), more: true, rev: 60 });
  await (await history()).answer({ messages: range(852, 901), more: true, rev: 901 });
  await newest;
  assert.deepEqual(seqs(store), range(852, 901).map((m) => m.seq));
});

test('an older page that a reset has overtaken is dropped', async () => {
  const { store, pages, history } = page(60);
  const newest = pages.newest('single:7');
  await (await history()).answer({ messages: range(11, 60), more: true, rev: 60 });
  await newest;
  const older = pages.older('single:7');
  const call = await history();
  store.takeState(reset(900));
  await call.answer({ messages: range(1, 10), more: false, rev: 900 });
  await older;
  await settle();
  assert.deepEqual([seqs(store), store.get('single:7').loaded], [[], false]);
});

test('35: pages down to a message, the large ones, as long as it is wanted', async () => {
  const { store, pages, history } = page(900);
  const newest = pages.newest('single:7');
  await (await history()).answer({ messages: range(851, 900), more: true, rev: 900 });
  await newest;
  let isWanted = true;
  const down = pages.downTo('single:7', 41, () => isWanted);
  for (const from of [851, 651]) {
    const call = await history();
    assert.deepEqual([call.query.get('before'), call.query.get('limit')], [`${from}`, '200']);
    await call.answer({ messages: range(from - 200, from - 1), more: true, rev: 900 });
  }
  isWanted = false;
  await (await history()).answer({ messages: range(251, 450), more: true, rev: 900 });
  await down;
  assert.equal(await history(), undefined);
  const rest = pages.downTo('single:7', 260, () => true);
  await rest;
  assert.deepEqual([store.get('single:7').from, await history()], [251, undefined], 'what is here is not asked for');
});

test('35: an address of long ago doesn’t fetch the whole of a long conversation', async () => {
  const { store, pages, history } = page(100_000);
  const newest = pages.newest('single:7');
  await (await history()).answer({ messages: range(99_951, 100_000), more: true, rev: 100_000 });
  await newest;
  const down = pages.downTo('single:7', 1, () => true);
  let asked = 0;
  for (let call = await history(); call; call = await history()) {
    const before = Number(call.query.get('before'));
    asked++;
    await call.answer({ messages: range(before - 200, before - 1), more: true, rev: 100_000 });
  }
  await down;
  assert.deepEqual([asked, store.get('single:7').from], [100, 79_951]);
});

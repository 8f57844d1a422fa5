// How far one has read: the newest mark of each conversation, and again until the server takes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reading } from '../../www/js/reading.js';
import { TestApi, TestClock } from './tools.js';

function page() {
  const api = new TestApi();
  const clock = new TestClock();
  return { api, clock, reading: new Reading(api, clock) };
}

test('marks are collected, and only the newest of a conversation is told', async () => {
  const { api, clock, reading } = page();
  reading.mark('single', 7, 3);
  reading.mark('single', 7, 5);
  await clock.pass(300);
  assert.deepEqual(api.calls.map((c) => c.body), [{ contact_type: 'single', contact_id: 7, seq: 5 }]);
  assert.equal(reading.waits, true);
  await api.calls[0].answer(null);
  assert.equal(reading.waits, false);
});

test('a server that is away is told again, one that refuses is not', async () => {
  const { api, clock, reading } = page();
  reading.mark('group', 2, 9);
  await clock.pass(300);
  await api.calls[0].fail(503);
  assert.equal(reading.waits, true);
  await clock.pass(3000);
  assert.equal(api.calls[0].body.seq, 9);
  await api.calls[0].fail(404);
  assert.equal(reading.waits, false);
  await clock.pass(10_000);
  assert.equal(api.calls.length, 0);
});

test('a mark that comes while an older one is on its way is told too', async () => {
  const { api, clock, reading } = page();
  reading.mark('single', 7, 3);
  await clock.pass(300);
  reading.mark('single', 7, 8);
  await api.calls[0].answer(null);
  assert.equal(reading.waits, true);
  await clock.pass(300);
  assert.equal(api.calls[0].body.seq, 8);
});

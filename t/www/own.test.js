// What one decided for oneself: known from the server, changed there, and whether it is to be quiet here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Own } from '../../www/js/own.js';
import { settle, TestApi } from './tools.js';

const settings = (more = {}) => ({ find_me: 'everybody', ask_me: 'everybody', presence: 'online', last_seen: 'friends', ...more });

function made() {
  const api = new TestApi();
  const own = new Own(api);
  const seen = [];
  own.addEventListener('change', () => seen.push(own.settings.presence));
  return { api, own, seen };
}

test('is asked for, and stays as it is without an answer', async () => {
  const { api, own, seen } = made();
  own.load();
  await (await api.waiting('/api/settings')).fail(503);
  assert.deepEqual([own.settings, own.isQuiet], [null, false]);
  own.load();
  await (await api.waiting('/api/settings')).answer({ settings: settings({ presence: 'busy' }) });
  assert.deepEqual([seen, own.isQuiet], [['busy'], true]);
});

test('a change is what the server says, and one that it refuses is none', async () => {
  const { api, own, seen } = made();
  own.take(settings());
  own.change({ presence: 'invisible' });
  const call = await api.waiting('/api/settings');
  assert.deepEqual([call.method, call.body], ['PATCH', { presence: 'invisible' }]);
  await call.answer({ settings: settings({ presence: 'invisible' }) });
  const refused = own.change({ presence: 'busy' });
  await Promise.all([assert.rejects(refused), (await api.waiting('/api/settings')).fail(503)]);
  assert.deepEqual(seen, ['online', 'invisible', 'invisible'], 'and whoever shows it is told');
  assert.equal(own.isQuiet, false);
});

test('what is chosen stays chosen whatever comes meanwhile, and the next is sent after it', async () => {
  const { api, own, seen } = made();
  own.take(settings());
  const both = [own.change({ last_seen: 'nobody' }), own.change({ presence: 'invisible' })];
  const first = await api.waiting('/api/settings');
  own.take(settings({ find_me: 'nobody' }));                // an event of before
  assert.deepEqual([seen.at(-1), own.settings.last_seen, own.settings.find_me], ['invisible', 'nobody', 'nobody']);
  assert.equal(api.log.length, 1);
  await first.fail(503);
  await assert.rejects(both[0]);
  assert.deepEqual([own.settings.presence, own.settings.last_seen], ['invisible', 'friends'], 'what was refused goes back');
  const second = await api.waiting('/api/settings');
  assert.deepEqual(second.body, { presence: 'invisible' });
  await second.answer({ settings: settings({ presence: 'invisible' }) });
  await both[1];
  assert.deepEqual([own.settings.presence, own.settings.find_me], ['invisible', 'everybody']);
});

test('an answer that something newer has overtaken is dropped', async () => {
  const { api, own } = made();
  own.load();
  await settle();
  own.take(settings({ presence: 'busy' }));                 // an event, meanwhile
  await (await api.waiting('/api/settings')).answer({ settings: settings() });
  assert.equal(own.settings.presence, 'busy');
});

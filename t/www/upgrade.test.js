// A page hears of a newer client, offers it, and takes it by itself only where that costs nobody a word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Told } from '../../www/js/told.js';
import { Upgrade } from '../../www/js/upgrade.js';
import { settle, TestClock } from './tools.js';

const HOUR = 60 * 60_000;

function start(isCurrent = false) {
  const clock = new TestClock();
  const world = { asked: 0, version: 'a', isWriting: false, did: [] };
  const api = { get: async (path) => {
    assert.equal(path, '/version.json');
    world.asked++;
    if (world.version === null) throw new Error('network');
    return { version: world.version };
  } };
  const upgrade = new Upgrade({
    api, clock, version: 'a', offer: () => world.did.push('offer'), reload: () => world.did.push('reload'), isWriting: () => world.isWriting,
  });
  const receiver = Object.assign(new EventTarget(), { status: { kind: 'online' } });
  const idle = Object.assign(new EventTarget(), { isIdle: false });
  upgrade.start(isCurrent);
  upgrade.follow({ receiver, idle });
  const say = async (kind) => {
    receiver.status = { kind };
    receiver.dispatchEvent(new Told('status'));
    await settle();
  };
  const rest = async (isIdle) => {
    idle.isIdle = isIdle;
    idle.dispatchEvent(new Told('change'));
    await settle();
  };
  return { clock, world, upgrade, say, rest };
}

test('27: it is asked at the start, once an hour, and when the poll is back', async () => {
  const { clock, world, say } = start();
  await settle();
  assert.equal(world.asked, 1);
  await clock.pass(HOUR);
  await settle();
  assert.equal(world.asked, 2);
  await say('online');
  assert.equal(world.asked, 2);
  await say('offline');
  assert.equal(world.asked, 2);
  await say('online');
  assert.equal(world.asked, 3);
  assert.deepEqual(world.did, []);
});

test('27: a page that has just asked asks again after an hour', async () => {
  const { clock, world } = start(true);
  await settle();
  assert.equal(world.asked, 0);
  await clock.pass(HOUR);
  assert.equal(world.asked, 1);
});

test('27: a new one is offered once, and without an answer nothing is', async () => {
  const { world, upgrade } = start();
  await settle();
  world.version = null;
  assert.equal(await upgrade.check(), false);
  world.version = 'b';
  assert.equal(await upgrade.check(), true);
  assert.equal(await upgrade.check(), true);
  assert.deepEqual(world.did, ['offer']);
});

test('27: it is taken when nobody is there, unless something is being written', async () => {
  const { world, upgrade, rest } = start();
  await rest(true);
  assert.deepEqual(world.did, []);
  await rest(false);
  world.version = 'b';
  await upgrade.check();
  world.isWriting = true;
  await rest(true);
  assert.deepEqual(world.did, ['offer']);
  world.isWriting = false;
  await rest(false);
  assert.deepEqual(world.did, ['offer']);
  await rest(true);
  assert.deepEqual(world.did, ['offer', 'reload']);
});

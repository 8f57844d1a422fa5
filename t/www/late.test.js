// What a page starts late it has once, however often it is begun: the file of a start may come at the second try only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prefs } from '../../www/js/prefs.js';
import { MemoryShelf } from '../../www/js/shelf.js';
import { Store } from '../../www/js/store.js';
import { contact, message, settle, state, TestClock } from './tools.js';

/** As much of a page as is asked for. */
class Node extends EventTarget {
  append() {}
  setAttribute() {}
}
const shown = [];
class Notification {
  static permission = 'granted';

  constructor(title) { shown.push(title); }
  close() {}
}
globalThis.Notification = /** @type {any} */ (Notification);
globalThis.window = /** @type {any} */ (Object.assign(new EventTarget(), { isSecureContext: true, Notification, matchMedia: () => ({ matches: true }) }));
globalThis.document = /** @type {any} */ (Object.assign(new EventTarget(), {
  visibilityState: 'hidden', hasFocus: () => false, createElement: () => new Node(), querySelector: () => new Node(), head: new Node(),
}));
const { startLate } = await import('../../www/js/late.js');
const { persist } = await import('../../www/js/site.js');

test('a message is told once', async () => {
  const prefs = new Prefs(new MemoryShelf());
  prefs.set('notices', 'on');
  const store = new Store();
  store.takeState(state([contact({ rev: 0 })]));
  const tabs = Object.assign(new EventTarget(), { leads: true, tell() {} });
  const receiver = Object.assign(new EventTarget(), { status: { kind: 'online' } });
  const session = /** @type {any} */ ({ store, tabs, receiver, prefs, own: { isQuiet: false }, groups: Object.assign(new EventTarget(), { nameOf: () => 'Kim' }) });
  const places = /** @type {any} */ (Object.assign(new EventTarget(), { here: { page: 'list' } }));
  for (let i = 0; i < 3; i++) startLate(session, places);
  store.take(message(1));
  await settle();
  assert.deepEqual(shown, [store.get('single:7').name]);
});

test('what can’t be had is asked for after 2 s, then after twice as long each time, up to 32 s, and no longer than it is wanted', async () => {
  const clock = new TestClock();
  const [asked, mended] = [[], []];
  let isWanted = true;
  const load = async () => { asked.push(clock.time); throw new Error('no network'); };
  const mend = async () => { mended.push(clock.time); };
  const begun = clock.time;
  const got = persist(load, () => isWanted, { clock, mend });
  await clock.pass(130_000);
  const seconds = (all) => all.map((at) => (at - begun) / 1000);
  assert.deepEqual(seconds(asked), [0, 2, 6, 14, 30, 62, 94, 126]);
  assert.deepEqual(seconds(mended), [2, 6, 14, 30, 62, 94, 126], 'not at the first failure');
  isWanted = false;
  await clock.pass(60_000);
  assert.equal(await got, null);
  assert.equal(asked.length, 9);
  assert.equal(await persist(async () => 'it', () => true, { clock, mend }), 'it');
});

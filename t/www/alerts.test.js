// What is told outside of the page: the decision about each message, and what is new at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALERT_CHOICES, decide, isQuietAt, plan } from '../../www/js/alerts.js';
import { Front } from '../../www/js/front.js';
import { News } from '../../www/js/news.js';
import { Prefs } from '../../www/js/prefs.js';
import { MemoryShelf } from '../../www/js/shelf.js';
import { Store } from '../../www/js/store.js';
import { Tabs } from '../../www/js/tabs.js';
import { contact, ME, message, range, settle, state, TestBrowser } from './tools.js';

const at = (time) => new Date(`2026-11-22T${time}`);
const NIGHT = { from: '22:00', to: '07:00' };
const where = (more = {}) => ({ me: ME.id, isFront: false, muted: false, mentions: true, read_seq: 0, ...more });
const how = (more = {}) => ({ notices: true, sound: true, isBusy: false, quiet: null, at: at('12:00'), soundedAt: -Infinity, ...more });

test('each message is decided by itself', () => {
  const [both, none, notice, sound] = ['notice sound', '', 'notice', 'sound'];
  for (const [what, expected, m, w, h] of [
    ['a message', both, {}],
    ['my own', none, { from: ME.id }],
    ['a line that nobody wrote', none, { kind: 'notice' }],
    ['recalled before it was told', none, { kind: 'recalled' }],
    ['read already', none, {}, { read_seq: 9 }],
    ['in front of me', none, {}, { isFront: true }],
    ['in front of me, with my name', none, { mentions: [ME.id] }, { isFront: true }],
    ['muted', none, {}, { muted: true }],
    ['muted, with somebody else’s name', none, { mentions: [4, 5] }, { muted: true }],
    ['muted, with my name', both, { mentions: [4, ME.id] }, { muted: true }],
    ['muted, for all', both, { mentions: ['all'] }, { muted: true }],
    ['muted with mentions, with my name', none, { mentions: [ME.id] }, { muted: true, mentions: false }],
    ['muted, of a server that knows no mentions', none, { mentions: undefined }, { muted: true }],
    ['no notices wanted', sound, {}, {}, { notices: false }],
    ['no sound wanted', notice, {}, {}, { sound: false }],
    ['busy', notice, {}, {}, { isBusy: true }],
    ['busy, with my name', notice, { mentions: [ME.id] }, {}, { isBusy: true }],
    ['quiet hours', none, {}, {}, { quiet: NIGHT, at: at('23:30') }],
    ['quiet hours, with my name', none, { mentions: [ME.id] }, {}, { quiet: NIGHT, at: at('23:30') }],
    ['outside of the quiet hours', both, {}, {}, { quiet: NIGHT }],
  ]) {
    const { notice: n, sound: s } = decide(message(9, m), where(w), how(h));
    assert.equal([n && 'notice', s && 'sound'].filter(Boolean).join(' '), expected, what);
  }
});

test('quiet hours: from the first minute up to the last, over midnight too', () => {
  for (const [from, to, time, expected] of [
    ['22:00', '07:00', '21:59', false], ['22:00', '07:00', '22:00', true], ['22:00', '07:00', '00:00', true],
    ['22:00', '07:00', '06:59', true], ['22:00', '07:00', '07:00', false],
    ['09:30', '17:00', '09:29', false], ['09:30', '17:00', '09:30', true], ['09:30', '17:00', '17:00', false],
    ['00:00', '08:00', '00:00', true], ['12:00', '12:00', '12:00', false],
  ]) assert.equal(isQuietAt({ from, to }, at(time)), expected, `${time} of ${from} to ${to}`);
  assert.equal(isQuietAt(null, at('03:00')), false);
});

const of = (key, ...messages) => ({ key, messages, where: where() });
const outline = ({ notices, summary, sound }) => [notices.map((n) => `${n.key} ${n.message.seq}`), summary.map((n) => n.key), sound];

test('of a conversation the newest is told; of many at once, or after being away, all by one notice', () => {
  const [one, two, three, four] = [1, 2, 3, 4].map((n) => of(`single:${n}`, message(n)));
  assert.deepEqual(outline(plan([of('single:7', message(9), message(8))], how(), false)), [['single:7 9'], [], true]);
  assert.deepEqual(outline(plan([one, two, three], how(), false)), [['single:1 1', 'single:2 2', 'single:3 3'], [], true]);
  assert.deepEqual(outline(plan([one, two, three, four], how(), false)), [[], ['single:1', 'single:2', 'single:3', 'single:4'], true]);
  assert.deepEqual(outline(plan([one, two], how(), true)), [[], ['single:1', 'single:2'], true]);
  assert.deepEqual(outline(plan([one], how(), true)), [['single:1 1'], [], true]);
  assert.deepEqual(outline(plan([one, { ...two, where: where({ muted: true }) }], how(), true)), [['single:1 1'], [], true]);
  assert.deepEqual(outline(plan([one, two], how({ notices: false }), true)), [[], [], true]);
  assert.deepEqual(outline(plan([], how(), true)), [[], [], false]);
});

test('of a muted conversation the message with my name is told, also if others followed', () => {
  const muted = { ...of('group:4', message(9), message(8, { mentions: ['all'] }), message(7)), where: where({ muted: true }) };
  assert.deepEqual(outline(plan([muted], how(), false)), [['group:4 8'], [], true]);
});

test('sounds don’t follow each other without a pause', () => {
  const sounds = (ago) => plan([of('single:7', message(1))], how({ soundedAt: at('12:00').getTime() - ago }), false).sound;
  assert.deepEqual([sounds(500), sounds(3000)], [false, true]);
});

test('what nobody chose: no notices, a sound, no quiet hours; what is no choice counts as that', () => {
  const prefs = new Prefs(new MemoryShelf());
  const all = () => Object.keys(ALERT_CHOICES).map((name) => prefs.get(name));
  assert.deepEqual(all(), ['off', 'shown', 'on', 'off', '22:00', '07:00']);
  prefs.set('quiet-from', '23:30');
  prefs.set('quiet-to', '25:00');
  assert.deepEqual(all(), ['off', 'shown', 'on', 'off', '23:30', '07:00']);
});

/** A store with one conversation at `rev`, and what is said to be new from then on. */
function listening(rev = 0, more = {}) {
  const store = new Store();
  store.takeState(state([contact({ rev, unread: rev, last_message: rev ? message(rev) : null, ...more })]));
  const told = [];
  const ended = new AbortController();
  new News(store, (news, isCatchingUp) => told.push([...news.map(({ c, messages }) => [c.key, ...messages.map((m) => m.seq)]), isCatchingUp]))
    .start(ended.signal);
  return { store, ended, heard: async () => { await settle(); return told.splice(0); } };
}

test('new is what comes after the beginning, once, and all of one go together', async () => {
  const { store, heard, ended } = listening(5);
  assert.deepEqual(await heard(), []);
  store.take(message(6));
  store.take(message(6));
  store.take(message(7));
  assert.deepEqual(await heard(), [[['single:7', 7, 6], false]]);
  store.take(message(6, { rev: 8, kind: 'recalled', msg: '' }));
  store.takePage('single:7', range(1, 5), false, 6);
  store.markRead('single:7', 7);
  assert.deepEqual(await heard(), [], 'nothing of it is new');
  store.take(message(9, { kind: 'notice', msg: '', notice: { what: 'x' } }));
  assert.deepEqual(await heard(), []);
  ended.abort();
  store.take(message(10));
  assert.deepEqual(await heard(), [], 'it has ended');
});

test('one that came too early is new when what lay before it has come', async () => {
  const { store, heard } = listening(5);
  store.take(message(7));
  assert.deepEqual(await heard(), []);
  store.takeAnswer('single:7', [message(6)], 6);
  assert.deepEqual(await heard(), [[['single:7', 7, 6], false]]);
});

test('what the server was asked for is told as such: changes, a conversation that is new, one that was reset', async () => {
  const { store, heard } = listening(5);
  const sam = contact({ contact_id: 8, name: 'Sam', rev: 2, unread: 2, last_message: message(2, { contact_id: 8 }) });
  const change = (messages, rev, reset = false) => ({ contact_type: 'single', contact_id: 7, messages, rev, reset });
  store.takeState(state([contact({ rev: 7, unread: 7 }), sam], [change(range(6, 7), 7)]));
  assert.deepEqual(await heard(), [[['single:7', 7, 6], ['single:8', 2], true]]);
  store.takeState(state([contact({ rev: 900, unread: 900, last_message: message(900) }), sam], [change([], 900, true)]));
  assert.deepEqual(await heard(), [[['single:7', 900], true]]);
  store.take(message(901));
  assert.deepEqual(await heard(), [[['single:7', 901], false]]);
});

test('what is in front in one tab is known in all, and no longer when it isn’t', async () => {
  const browser = new TestBrowser();
  const tabs = [];
  const open = async (seen) => {
    const own = new Tabs(browser);
    await own.enter('x');
    const tab = { seen, front: null, life: new AbortController() };
    tab.front = new Front(own, () => tab.seen);
    tab.front.start(tab.life.signal);
    tab.moves = (to) => { tab.seen = to; tab.front.moved(); };
    tabs.push(tab);
    return tab;
  };
  const [one, two, three] = [await open('single:1'), await open(null), await open(null)];
  const knows = (key) => tabs.map((tab) => tab.front.has(key));
  assert.deepEqual(knows('single:1'), [true, true, true], 'also in tabs that came later');
  assert.deepEqual(knows('single:2'), [false, false, false]);
  two.moves('single:2');                                    // it has the focus before the first one knows that it lost it
  one.moves(null);
  assert.deepEqual(knows('single:2'), [true, true, true]);
  assert.deepEqual(knows('single:1'), [false, false, false]);
  two.moves('');
  assert.deepEqual(knows('single:2'), [false, false, false]);
  two.moves(null);
  three.moves('single:1');
  three.front.moved(null);                                  // it is being closed
  assert.deepEqual(knows('single:1').slice(0, 2), [false, false]);
  two.moves('single:2');
  three.front.moved();                                      // it was there at once before, and two in between
  assert.deepEqual(knows('single:1').slice(0, 2), [true, true]);
  three.life.abort();                                       // its lock goes with it, and it can say no more
  await settle();
  assert.deepEqual(knows('single:1').slice(0, 2), [false, false]);
  const four = await open(null);
  two.moves(null);
  four.moves('single:1');
  two.moves('single:2');
  four.life.abort();                                        // it isn't in front any more: nothing changes
  await settle();
  assert.deepEqual(knows('single:2').slice(0, 2), [true, true]);
});

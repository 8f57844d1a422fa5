// Enter and input methods: sequences of events as browsers send them. A step is [event, key, keyCode, isComposing, ms].
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnterGuard, guardLines } from '../../www/js/guard.js';

/** Plays a sequence; answers for each Enter's keydown whether it is the page's. */
function enters(steps) {
  const guard = new EnterGuard();
  const ours = [];
  for (const [event, key, keyCode, isComposing, timeStamp] of steps) {
    if (event === 'start') guard.compositionStart();
    if (event === 'end') guard.compositionEnd(timeStamp);
    if (event === 'up') guard.keyUp({ key, code: key, timeStamp });
    if (event === 'blur') guard.blur();
    if (event !== 'down') continue;
    const isOurs = !guard.keyDown({ key, code: key, keyCode, isComposing, timeStamp });
    if (key === 'Enter') ours.push(isOurs);
  }
  return ours;
}
const end = (ms) => ['end', '', 0, false, ms];
const start = (ms) => ['start', '', 0, false, ms];

test('without a composition Enter is ours', () => {
  assert.deepEqual(enters([['down', 'Enter', 13, false, 0], ['up', 'Enter', 13, false, 50]]), [true]);
});

test('Pinyin, Chromium: Space chooses, then one Enter sends', () => {
  assert.deepEqual(enters([
    ['down', 'KeyN', 229, false, 0], start(1), ['up', 'KeyN', 78, true, 40],
    ['down', 'Space', 229, true, 100], end(101), ['up', 'Space', 32, false, 140],
    ['down', 'Enter', 13, false, 150]]), [true]);
});

test('Pinyin, Chromium: Enter takes the letters as they are, a second one sends', () => {
  assert.deepEqual(enters([
    ['down', 'KeyN', 229, false, 0], start(1), ['up', 'KeyN', 78, true, 40],
    ['down', 'Enter', 229, true, 100], end(101), ['up', 'Enter', 13, false, 140],
    ['down', 'Enter', 13, false, 160]]), [false, true]);
});

test('Zhuyin: Enter confirms; arrows and Escape inside are not ours either', () => {
  const guard = new EnterGuard();
  guard.compositionStart();
  for (const key of ['ArrowDown', 'Escape', 'Tab', 'Enter'])
    assert.equal(guard.keyDown({ key, code: key, keyCode: 229, isComposing: true, timeStamp: 5 }), true, key);
});

test('Kana, Firefox: isComposing alone tells', () => {
  assert.deepEqual(enters([start(0), ['down', 'Enter', 13, true, 10], end(11), ['up', 'Enter', 13, false, 60],
    ['down', 'Enter', 13, false, 61]]), [false, true]);
});

test('Kana, Safari: the composition ends before its Enter', () => {
  assert.deepEqual(enters([start(0), ['up', 'KeyA', 65, true, 30], end(100), ['down', 'Enter', 229, false, 101],
    ['up', 'Enter', 13, false, 150], ['down', 'Enter', 13, false, 160]]), [false, true]);
});

test('Safari, where the keydown has its true code', () => {
  assert.deepEqual(enters([start(0), end(100), ['down', 'Enter', 13, false, 102], ['up', 'Enter', 13, false, 150],
    ['down', 'Enter', 13, false, 160]]), [false, true]);
});

test('Hangul, Windows: the Enter that ends the syllable comes again, and sends', () => {
  assert.deepEqual(enters([['down', 'KeyG', 229, false, 0], start(1), ['up', 'KeyG', 71, true, 30],
    ['down', 'Enter', 229, true, 100], end(101), ['down', 'Enter', 13, false, 102]]), [false, true]);
});

test('a candidate chosen with the mouse: the Enter a moment later sends', () => {
  assert.deepEqual(enters([start(0), end(100), ['down', 'Enter', 13, false, 400]]), [true]);
});

test('leaving the box forgets keys whose release nobody saw', () => {
  assert.deepEqual(enters([['down', 'KeyN', 229, false, 0], start(1), ['blur'], start(200), end(300),
    ['down', 'Enter', 13, false, 301]]), [false]);
});

test('of a page’s boxes of one line an input method’s Enter is kept, and no other key', () => {
  const page = new EventTarget();
  guardLines(page);
  const happens = (type, more = {}) => {
    const event = Object.assign(new Event(type, { cancelable: true }), { key: '', code: '', keyCode: 0, isComposing: false, repeat: false, ...more });
    if (more.localName) Object.defineProperty(event, 'target', { value: { localName: more.localName } });
    page.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const enter = { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true };
  happens('compositionstart');
  assert.equal(happens('keydown', { ...enter, localName: 'input' }), true);
  assert.equal(happens('keydown', { ...enter, localName: 'textarea' }), false);
  assert.equal(happens('keydown', { key: 'x', code: 'KeyX', keyCode: 229, isComposing: true, localName: 'input' }), false);
  happens('compositionend');
  happens('keyup', { key: 'Enter', code: 'Enter' });
  happens('blur');
  assert.equal(happens('keydown', { key: 'Enter', code: 'Enter', keyCode: 13, localName: 'input' }), false);
});

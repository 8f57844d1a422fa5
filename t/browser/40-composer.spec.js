// The box: which Enter sends, how it grows, what it refuses.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, pair, until } from './people.js';

after(closeBrowser);

const isFocused = (locator) => locator.evaluate((node) => node === document.activeElement);

test('1, 4, 5: Enter sends, Shift+Enter breaks the line, blank text stays', async () => {
  const { tab } = await pair();
  await tab.box.press('Enter');
  await tab.box.fill(' \u200b ');
  await tab.box.press('Enter');
  await tab.box.fill('');
  await tab.box.pressSequentially('one');
  await tab.box.press('Shift+Enter');
  await tab.box.pressSequentially('two?');                 // 24: where one writes, it is a letter
  await tab.box.press('Enter');
  await tab.hears('two');
  assert.deepEqual(await tab.texts(), ['one\ntwo?']);
  assert.equal(await isFocused(tab.box), true);
  await tab.leave();
});

test('4, 5: a held-down Enter and a double click make one message; after a click the box has the focus', async () => {
  const { tab } = await pair();
  await tab.box.fill('held');
  for (let i = 0; i < 5; i++) await tab.page.keyboard.down('Enter');
  await tab.page.keyboard.up('Enter');
  await tab.box.fill('clicked');
  const send = tab.page.getByRole('button', { name: 'Send' });
  await send.dblclick();
  await tab.hears('clicked');
  await until('the box to have the focus', () => isFocused(tab.box));
  await tab.box.fill('and again');
  await send.click();
  await tab.hears('and again');
  await until('the box to have the focus', () => isFocused(tab.box));
  await tab.page.locator('body').evaluate(() => document.activeElement.blur());
  assert.equal(await isFocused(tab.box), false);
  await send.click();                                        // there is nothing to send
  await until('the box to have the focus', () => isFocused(tab.box));
  assert.deepEqual(await tab.texts(), ['held', 'clicked', 'and again']);
  await tab.leave();
});

test('2: an input method’s Enter never sends; the next one does, at once', async () => {
  const { tab } = await pair();
  const cdp = await tab.context.newCDPSession(tab.page);
  const key = (type, code, keyCode) => cdp.send('Input.dispatchKeyEvent', {
    type, code, key: keyCode === 229 ? 'Process' : code, windowsVirtualKeyCode: keyCode });
  await tab.box.focus();
  await key('rawKeyDown', 'KeyN', 229);
  await cdp.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
  await key('keyUp', 'KeyN', 78);
  await tab.box.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true });
  await key('rawKeyDown', 'Enter', 229);
  await cdp.send('Input.insertText', { text: '你好' });
  await key('keyUp', 'Enter', 13);
  assert.equal(await tab.box.inputValue(), '你好');
  assert.deepEqual(await tab.texts(), []);
  await tab.page.keyboard.press('Enter');
  await tab.hears('你好');
  await tab.leave();
});

const KEYS_OF = {
  'Zhuyin, Chromium': [['start'], ['keydown', 'ArrowDown', 229, true], ['keyup', 'ArrowDown', 40, true], ['keydown', 'Enter', 229, true], ['end'],
    ['keyup', 'Enter', 13]],
  'Kana, Firefox': [['start'], ['keydown', 'Enter', 13, true], ['end'], ['keyup', 'Enter', 13]],
  'Kana, Safari': [['start'], ['end'], ['keydown', 'Enter', 229], ['keyup', 'Enter', 13]],
  'Pinyin, Safari': [['start'], ['end'], ['keydown', 'Enter', 13], ['keyup', 'Enter', 13]],
  'Hangul, Windows': [['keydown', 'KeyG', 229], ['start'], ['keyup', 'KeyG', 71, true], ['keydown', 'Enter', 229, true], ['end']],
};

/** Lets a browser tell the box of keys. Answers whether the last of it was ours alone. */
const tell = (tab, events) => tab.box.evaluate((box, all) => {
  const what = ([type, key, keyCode, isComposing]) => (key ? new KeyboardEvent(type, { key, code: key, keyCode, isComposing, bubbles: true, cancelable: true })
    : type === 'breaks' ? new InputEvent('beforeinput', { inputType: 'insertLineBreak', bubbles: true, cancelable: true })
      : new CompositionEvent(`composition${type}`, { data: 'x', bubbles: true }));
  return !all.map((one) => box.dispatchEvent(what(one))).at(-1);
}, events);

test('3: an Enter that an input method needs sends nothing, in whatever order a browser tells of it; the next one does', async () => {
  const { tab } = await pair();
  for (const [who, events] of Object.entries(KEYS_OF)) {
    await tab.box.fill(who);
    await tell(tab, events);
    assert.equal(await tab.box.inputValue(), who);
    await tab.box.press('Enter');
    await tab.hears(who);
  }
  assert.deepEqual(await tab.texts(), Object.keys(KEYS_OF));
  await tab.leave();
});

test('3: where nothing is left to confirm, the input method leaves the Enter, and it sends: as it is set', async () => {
  const { tab } = await pair();
  const left = [['start'], ['end'], ['keydown', 'Enter', 13], ['breaks']];     // chosen by the mouse, and Enter at once
  await tab.box.fill('你好');
  assert.equal(await tell(tab, left), true);
  await tab.hears('你好');
  assert.equal(await tab.box.inputValue(), '');
  await tab.page.evaluate(() => document.querySelector('magpie-shell').app.prefs.set('send', 'ctrl-enter'));
  await tell(tab, [['keyup', 'Enter', 13]]);
  await tab.box.fill('再见');
  assert.equal(await tell(tab, left), false);
  assert.deepEqual([await tab.texts(), await tab.box.inputValue()], [['你好'], '再见']);
  await tab.leave();
});

test('5: the box grows to 40 % of the height, then scrolls', async () => {
  const { tab } = await pair();
  const height = () => tab.box.evaluate((node) => node.getBoundingClientRect().height);
  const before = await height();
  await tab.box.fill('line\n'.repeat(3));
  const some = await height();
  await tab.box.fill('line\n'.repeat(100));
  const most = await height();
  assert.ok(some > before + 40 && most > some, `${before} ${some} ${most}`);
  assert.ok(most <= 0.4 * 800 + 1, `${most}`);
  assert.ok(await tab.box.evaluate((node) => node.clientTop) >= 8, 'what scrolls keeps off the edge');
  await tab.box.press('Enter');
  await until('the box to shrink', async () => await height() === before);
  await tab.leave();
});

test('10: near the limit it counts, beyond it sends nothing and keeps the text', async () => {
  const { tab } = await pair();
  await tab.box.fill('好'.repeat(3990));
  await tab.page.getByText('10 characters left').waitFor();
  await tab.box.fill('好'.repeat(4001));
  await tab.page.getByText('1 character too many').waitFor();
  await tab.box.press('Enter');
  assert.equal((await tab.box.inputValue()).length, 4001);
  assert.deepEqual(await tab.texts(), []);
  await tab.leave();
});

test('1: a setting swaps to Ctrl+Enter', async () => {
  const { tab, kim } = await pair();
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.getByRole('radio', { name: 'Ctrl + Enter' }).check();
  await tab.open(kim.name);
  await tab.box.pressSequentially('a');
  await tab.box.press('Enter');
  await tab.box.pressSequentially('b');
  assert.equal(await tab.box.inputValue(), 'a\nb');
  await tab.box.press('Control+Enter');
  await tab.hears('b');
  await tab.leave();
});

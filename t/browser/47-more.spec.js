// What a client must have beyond messages: parts that fail alone, paper, Esc, emoji and Chinese names by the keyboard.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, button, closeBrowser, dialog, faults, gone, name, pair, Quick, until } from './people.js';

after(closeBrowser);

const offered = (tab) => tab.page.getByRole('option');

/** From now on no message can be drawn, until window.isSick is false: the list, which has times as well, lives. */
const sicken = (page) => page.evaluate(() => {
  const { get } = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');
  window.isSick = true;
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    configurable: true,
    get() {
      if (window.isSick && new Error().stack.includes('messageContent')) throw new Error('no such time');
      return get.call(this);
    },
  });
});

test('boundary: a part that fails says so once and is shown again, and the others live', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'one');
  await tab.hears('one');
  await tab.box.fill('a draft');
  await sicken(tab.page);
  await kim.say('single', alex.id, 'two');
  const failed = tab.page.locator('magpie-log').getByRole('alert');
  await failed.getByText('This part has failed').waitFor();
  await tab.list.locator('.preview', { hasText: 'two' }).waitFor();
  assert.equal(await tab.box.inputValue(), 'a draft');
  await tab.box.press('Enter');
  await tab.list.locator('.preview', { hasText: 'a draft' }).waitFor();
  assert.deepEqual(await faults(tab), []);
  await tab.shot('part-failed');
  assert.equal(tab.wrongs.length, 1, `it is logged once: ${tab.wrongs}`);
  assert.match(tab.wrongs.pop(), /^magpie-log has failed: Error: no such time/);

  await tab.page.evaluate(() => { window.isSick = false; });
  await failed.getByRole('button', { name: 'Try again' }).click();
  await tab.hears('a draft');
  assert.deepEqual(await tab.texts(), ['one', 'two', 'a draft']);
  await kim.say('single', alex.id, 'three');
  await tab.hears('three');
  assert.equal(await failed.count(), 0);
  await tab.leave();
});

test('boundary: what has failed in one conversation is tried again with the next one', async () => {
  const { kim, alex, tab } = await pair();
  const sam = await Quick.make(name('sam'), 'Sam Okafor');
  await sam.befriend(alex);
  await sam.say('single', alex.id, 'from Sam');
  await sicken(tab.page);
  await kim.say('single', alex.id, 'from Kim');
  const failed = tab.page.locator('magpie-log').getByRole('alert');
  await failed.waitFor();
  await tab.page.evaluate(() => { window.isSick = false; });
  await tab.open('Sam Okafor');
  await tab.hears('from Sam');
  await tab.open('Kim Lindqvist');
  await tab.hears('from Kim');
  assert.equal(tab.wrongs.splice(0).length, 1);
  await tab.leave();
});

test('boundary: a page that cannot be built leaves the list and the way to others', async () => {
  const { tab } = await pair();
  await tab.page.evaluate(() => {
    const { define } = customElements;
    customElements.define = (tag, Part) => {
      if (tag === 'magpie-settings') Part.prototype.build = () => { throw new Error('not today'); };
      define.call(customElements, tag, Part);
    };
  });
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.getByRole('main').getByRole('button', { name: 'Try again' }).waitFor();
  await tab.open('Kim Lindqvist');
  await tab.say('still here');
  await tab.hears('still here');
  assert.match(tab.wrongs.splice(0).join(), /^magpie-settings has failed: Error: not today/);
  await tab.leave();
});

test('print: a conversation is printed whole, and nothing else', async () => {
  const COUNT = 170;                     // more than the page has at a time
  const { kim, alex, tab } = await pair({ colorScheme: 'dark' });
  for (let i = 0; i < COUNT; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => kim.say('single', alex.id, `number ${i + k}`)));
  await until('all are here', () => tab.page.evaluate(async (key) => {
    const { store, pages } = document.querySelector('magpie-shell').app;
    const c = store.get(key);
    if (c.more) await pages.older(key);
    return c.entries().filter((e) => e.kind === 'text').length;
  }, `single:${kim.id}`).then((n) => n === COUNT));
  await until('how it prints', () => tab.page.evaluate(() => [...document.styleSheets].some((sheet) => sheet.media.mediaText === 'print')));
  const scrolled = () => tab.page.evaluate(() => document.querySelector('.log').scrollTop);
  const before = await scrolled();
  await tab.page.emulateMedia({ media: 'print' });
  await tab.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const paper = tab.page.locator('.printed');
  assert.equal(await paper.locator('.text').count(), COUNT);
  assert.equal(await paper.getByRole('heading', { name: 'Kim Lindqvist' }).isVisible(), true);
  const looks = await tab.page.evaluate(() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return [style('.printed .bubble').borderTopWidth, style('.printed .text').color, style('magpie-shell').display,
      getComputedStyle(document.body).overflow, style(':root').colorScheme];
  });
  assert.deepEqual(looks, ['1px', 'rgb(0, 0, 0)', 'none', 'visible', 'light']);
  await tab.shot('print');
  await tab.page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await paper.count(), 0);
  const pdf = (await tab.page.pdf()).toString('latin1');
  assert.ok(pdf.match(/\/Type\s*\/Page\b/g).length >= 4, 'on several pages');
  await tab.page.emulateMedia({ media: 'screen' });
  assert.equal(await paper.count(), 0);
  assert.equal(await scrolled(), before);
  await tab.leave();
});

test('7: Esc closes the layer on top and no other, and loses no draft', async () => {
  const { tab } = await pair();
  const { page } = tab;
  const finder = dialog(tab);
  await tab.box.fill('not sent yet');
  await tab.box.press('Escape');
  assert.equal(await tab.box.inputValue(), 'not sent yet');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.keyboard.press('Control+k');
  await finder.waitFor();
  await page.keyboard.press('Escape');
  await gone(finder);
  assert.match(page.url(), /#\/settings$/);
  await until('the keys are listened to', async () => {
    await page.keyboard.press('Escape');
    return page.url().endsWith('#/');
  });
  await until('back at the link', () => page.evaluate(() => document.activeElement?.getAttribute('href') === '#/settings'));
  await tab.list.getByRole('link', { name: 'Kim Lindqvist' }).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await gone(page.getByRole('menu'));
  await tab.open('Kim Lindqvist');
  await button(tab, 'Edit remark').click();
  await finder.waitFor();
  await page.goBack();
  await gone(finder);
  assert.match(page.url(), /#\/$/, 'Back takes a question about the page of before along');

  await page.goto(`${page.url().split('#')[0]}#/new-group`);
  const box = page.getByLabel('Name of the group');
  await box.fill('somebody');
  await box.press('Escape');
  assert.equal(await box.inputValue(), 'somebody');
  assert.match(page.url(), /#\/new-group$/, 'what is being written stays');
  await box.fill('');
  await box.press('Escape');
  await page.waitForURL(/#\/$/);

  await page.setViewportSize({ width: 820, height: 800 });
  await tab.open('Kim Lindqvist');
  assert.equal(await tab.box.inputValue(), 'not sent yet');
  await page.getByRole('link', { name: 'Details' }).click();
  await page.getByRole('main', { name: 'Details' }).waitFor();
  await page.keyboard.press('Escape');
  await tab.box.waitFor();
  assert.equal(await tab.box.inputValue(), 'not sent yet');
  await tab.leave();
});

test('9: emoji are offered after a colon and chosen by the keyboard', async () => {
  const { tab } = await pair();
  const { page, box } = tab;
  const value = (text) => until(text, async () => await box.inputValue() === text);
  await until('it is there', () => page.evaluate(() => [...document.styleSheets].some((sheet) => sheet.href?.endsWith('emoji.css'))));
  await box.pressSequentially('well :rocke');
  await offered(tab).first().waitFor();
  assert.equal(await offered(tab).first().textContent(), '🚀rocket');
  assert.equal(await box.getAttribute('aria-activedescendant'), 'offered-0');
  assert.deepEqual(await faults(tab), []);
  await tab.shot('emoji');
  await box.press('Enter');
  await value('well 🚀');
  assert.equal(await offered(tab).count(), 0);
  await box.press('Enter');
  await tab.hears('well 🚀');

  await box.pressSequentially(':heart');
  await until('several', async () => await offered(tab).count() > 2);
  await box.press('ArrowDown');
  const second = await offered(tab).nth(1).locator('.emoji-sign').textContent();
  assert.equal(await offered(tab).nth(1).getAttribute('aria-selected'), 'true');
  await box.press('Tab');
  await value(second);
  assert.equal(await box.evaluate((node) => node === document.activeElement), true);

  await box.fill('');
  await box.pressSequentially(':weixiao');
  assert.equal(await offered(tab).first().locator('.emoji-sign').textContent(), '🙂');
  await box.press('Escape');
  await gone(offered(tab).first());
  await value(':weixiao');
  for (const text of ['http://smile', 'foo:smile', 'at 10:smile', ':D']) {
    await box.fill('');
    await box.pressSequentially(text);
    assert.equal(await offered(tab).count(), 0, text);
  }
  await tab.leave();
});

test('9: no emoji is offered or chosen while an input method composes', async () => {
  const { tab } = await pair();
  const { page, box } = tab;
  await until('it is there', () => page.evaluate(() => [...document.styleSheets].some((sheet) => sheet.href?.endsWith('emoji.css'))));
  await box.pressSequentially(':smil');
  await offered(tab).first().waitFor();
  await box.fill('');
  const cdp = await tab.context.newCDPSession(page);
  await box.pressSequentially(':');
  await cdp.send('Input.imeSetComposition', { text: 'weixiao', selectionStart: 7, selectionEnd: 7 });
  await until('it composes', async () => await box.inputValue() === ':weixiao');
  assert.equal(await offered(tab).count(), 0);
  await cdp.send('Input.insertText', { text: '微笑' });
  await offered(tab).first().waitFor();
  assert.equal(await offered(tab).first().locator('.emoji-sign').textContent(), '🙂');
  // Safari ends a composition before the keydown of the same press of a key: that Enter was the input method's.
  await box.evaluate((node) => {
    node.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    node.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }));
  });
  assert.equal(await box.inputValue(), ':微笑');
  await tab.leave();
});

test('9: the letters that a Chinese name is read with find it', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  for (const shown of ['林晓雨', '王小明', 'Kim Lindqvist']) await (await Quick.make(name('f'), shown)).befriend(alex);
  const tab = await at(alex, '#/contacts');
  const find = tab.page.getByRole('searchbox', { name: 'Find a friend' });
  await find.fill('wxm');
  await until('contacts', async () => (await tab.page.getByRole('main').locator('.people .name').allTextContents()).join() === '王小明');
  await find.fill('');
  await tab.page.keyboard.press('Control+k');
  await tab.page.getByRole('combobox').pressSequentially('xy');
  await until('the finder', async () => (await offered(tab).locator('.name').allTextContents()).join() === '林晓雨');
  await tab.page.keyboard.press('Enter');
  await tab.page.getByRole('heading', { name: '林晓雨' }).first().waitFor();
  await tab.leave();
});

test('24: the keys are told in the settings, too, as they are set', async () => {
  const { tab } = await pair();
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  const newLine = dialog(tab).locator('dt', { hasText: 'New line' }).locator('+ dd');
  await button(tab, 'Keys').click();
  assert.equal(await newLine.textContent(), 'ShiftEnter');
  await tab.page.keyboard.press('Escape');
  await tab.page.getByRole('radio', { name: 'Ctrl + Enter' }).check({ force: true });
  await button(tab, 'Keys').click();
  assert.equal(await newLine.textContent(), 'Enter');
  assert.deepEqual(await faults(tab), []);
  await tab.leave();
});

// Reading: the newest is followed, a reader who has scrolled up is never moved, older messages come from above.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, pair, until } from './people.js';

after(closeBrowser);

const place = (tab) => tab.log.evaluate((node) => ({
  top: node.scrollTop, fromBottom: node.scrollHeight - node.scrollTop - node.clientHeight, height: node.scrollHeight }));
const topOf = (tab, text) => tab.log.locator('.text', { hasText: new RegExp(`^${text}$`) }).evaluate((node) => node.getBoundingClientRect().top);
/** Another font makes all rows taller, those above what one looks at as well. Answers by how much the first of these has moved. */
const reflow = (tab, height) => tab.log.evaluate(async (log, px) => {
  const { top } = log.getBoundingClientRect();
  const first = [...log.querySelectorAll('.row')].find((row) => row.getBoundingClientRect().bottom > top).querySelector('.text');
  const before = first.getBoundingClientRect().top;
  const [was, sheet] = [log.scrollHeight, new CSSStyleSheet()];
  sheet.replaceSync(`.row { padding-top: ${px}px !important; }`);
  document.adoptedStyleSheets = [sheet];
  await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
  return log.scrollHeight > was ? first.getBoundingClientRect().top - before : NaN;
}, height);
const toBottom = (tab) => tab.log.evaluate((node) => { node.scrollTop = node.scrollHeight; });

test('14: opens at the first unread message, with a line', async () => {
  const { tab } = await pair(undefined, 40);
  await tab.log.locator('.row.unread').waitFor();
  assert.ok((await place(tab)).fromBottom > 100);
  assert.ok(await topOf(tab, 'number 1') > 0);
  await until('the title', async () => (await tab.page.title()).startsWith('(40) '));
  await toBottom(tab);
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  assert.equal(await tab.log.locator('.row.unread').count(), 1);
  await tab.leave();
});

test('12: at the bottom it stays at the bottom; scrolled up nothing moves, whatever is taller now, and "3 new" leads down', async () => {
  const { kim, alex, tab } = await pair(undefined, 40);
  await tab.hears('number 40');
  await toBottom(tab);
  await kim.say('single', alex.id, 'follows');
  await tab.hears('follows');
  await until('the bottom', async () => (await place(tab)).fromBottom < 2);
  await tab.log.evaluate((node) => { node.scrollTop -= 500; });
  const newer = tab.page.getByRole('button', { name: 'To the newest message' });
  await newer.waitFor();
  const before = await topOf(tab, 'number 30');
  for (const text of ['x1', 'x2', 'x3']) await kim.say('single', alex.id, text);
  await tab.page.getByRole('button', { name: '3 new' }).getByText('3 new').waitFor();
  assert.equal(await topOf(tab, 'number 30'), before);
  await until('the title', async () => (await tab.page.title()).startsWith('(3) '));
  await tab.shot('three-new');
  const moved = await reflow(tab, 9);
  assert.ok(Math.abs(moved) < 1.5, `moved by ${moved} px`);
  await tab.page.getByRole('button', { name: '3 new' }).click();
  await until('the bottom', async () => (await place(tab)).fromBottom < 2);
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  await reflow(tab, 20);
  await until('the bottom, still', async () => (await place(tab)).fromBottom < 2);
  await tab.leave();
});

test('13: older history comes on scrolling up, and what one looks at stays', async () => {
  const { tab } = await pair(undefined, 130, 130);
  await tab.hears('number 130');
  await toBottom(tab);
  const rows = () => tab.log.locator('.text').count();
  const first = await rows();
  assert.ok(first < 130, `${first} at first`);
  const held = tab.page.waitForRequest('**/api/history**before=**');
  let release;
  const gate = new Promise((resolve) => { release = resolve; });
  await tab.page.route('**/api/history**before=**', async (route) => {
    await gate;
    await route.continue();
  });
  await tab.log.evaluate((node) => { node.scrollTop = 300; });
  await held;
  const text = await tab.log.evaluate((node) => {
    const top = node.getBoundingClientRect().top;
    return [...node.querySelectorAll('.text')].find((t) => t.getBoundingClientRect().top > top + 50).textContent;
  });
  const before = await topOf(tab, text);
  release();
  await until('more rows', async () => await rows() > first);
  assert.ok(Math.abs(await topOf(tab, text) - before) < 1.5, `${await topOf(tab, text)} was ${before}`);
  await tab.log.evaluate((node) => { node.scrollTop = 0; });
  await until('all of them', async () => {
    await tab.log.evaluate((node) => { node.scrollTop = 0; });
    return await rows() === 130;
  });
  assert.equal(await tab.page.getByText('Loading messages').isVisible(), false);
  await tab.leave();
});

test('36: of a long conversation few rows are in the page, and what one looks at never jumps', async () => {
  const { kim, alex, tab } = await pair(undefined, 420, 420);
  await tab.hears('number 420');
  const rows = () => tab.log.locator('.row').count();
  await tab.log.evaluate((node) => {       // whatever is ever in the page, however short
    const seen = window.seen = new Set();
    const note = () => node.querySelectorAll('.text').forEach((text) => seen.add(text.textContent));
    note();
    new MutationObserver(note).observe(node, { childList: true, subtree: true });
  });
  await until('the first message', async () => {
    await tab.log.evaluate((node) => { node.scrollTop = Math.max(0, node.scrollTop - 1500); });
    assert.ok(await rows() < 200, `${await rows()} rows`);
    return (await tab.texts())[0] === 'number 1' && await tab.log.evaluate((node) => node.scrollTop === 0);
  });
  assert.equal(await tab.page.evaluate(() => window.seen.size), 420);

  // From the top, in steps: each step moves what is seen by just so much.
  const first = () => tab.log.evaluate((node) => {
    const top = node.getBoundingClientRect().top;
    const row = [...node.querySelectorAll('.text')].find((t) => t.getBoundingClientRect().top > top + 200);
    return [row.textContent, row.getBoundingClientRect().top];
  });
  for (let i = 0; i < 8; i++) {
    const [text, before] = await first();
    await tab.log.evaluate((node) => new Promise((resolve) => {
      node.scrollTop += 150;
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
    assert.ok(Math.abs(await topOf(tab, text) - (before - 150)) < 1.5, `step ${i}: ${text} from ${before} to ${await topOf(tab, text)}`);
  }
  await kim.say('single', alex.id, 'the newest');
  await tab.page.getByRole('button', { name: '1 new' }).click();
  await tab.hears('the newest');
  await until('the bottom', async () => (await place(tab)).fromBottom < 2);
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  await tab.leave();
});

test('20: switching away and back leads to the same place', async () => {
  const { alex, tab } = await pair(undefined, 40);
  void alex;
  await tab.hears('number 40');
  await toBottom(tab);
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  await tab.log.evaluate((node) => { node.scrollTop -= 600; });
  await tab.page.getByRole('button', { name: 'To the newest message' }).waitFor();
  const before = await topOf(tab, 'number 25');
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.goBack();
  await tab.log.waitFor();
  await until('the same place', async () => Math.abs(await topOf(tab, 'number 25') - before) < 2);
  await tab.leave();
});

test('22: a window that nobody looks at marks nothing read', async () => {
  const { kim, alex, tab } = await pair();
  await tab.page.evaluate(() => { document.hasFocus = () => false; });
  await kim.say('single', alex.id, 'unseen');
  await tab.hears('unseen');
  await until('the title', async () => (await tab.page.title()).startsWith('(1) '));
  await tab.page.evaluate(() => { delete document.hasFocus; dispatchEvent(new Event('focus')); });
  await until('it to be read', async () => !(await tab.page.title()).startsWith('('));
  await tab.leave();
});

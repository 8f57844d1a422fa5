// 9: emoji by a button in the box, beside those by their names (45-points.spec.js): by keyboard alone, and by finger.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, gone, pair, until } from './people.js';

after(closeBrowser);

const focused = ({ page }) => page.evaluate(() => document.activeElement.textContent);
const press = async ({ page }, ...keys) => { for (const key of keys) await page.keyboard.press(key); };

test('9: by keyboard alone: a button in the box, arrows, Enter; what was taken lately comes first, also by its name', async () => {
  const { kim, alex, tab } = await pair();
  const { page } = tab;
  const panel = page.getByRole('dialog', { name: 'Emoji' });
  const first = panel.getByRole('button', { name: 'grinning', exact: true });
  await page.getByRole('button', { name: 'Emoji' }).waitFor();
  await page.route('**/emoji.js', (route) => route.abort());
  await page.locator('.picker').evaluate((node) => node.addEventListener('beforetoggle', () => requestAnimationFrame(() => {
    window.atFirst = [node, node.parentElement].map((each) => each.getBoundingClientRect());      // what is painted next
  }), { once: true }));
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByText('The server cannot be reached just now.').waitFor();
  await gone(page.locator('.picker'));
  const [picker, form] = await page.evaluate(() => window.atFirst.map(({ top, bottom, right }) => ({ top, bottom, right })));
  assert.ok(picker.bottom < form.top && picker.bottom > form.top - 20 && picker.right < form.right, JSON.stringify([picker, form]));
  await page.unroute('**/emoji.js');
  await tab.box.pressSequentially('so ');
  await press(tab, 'Tab', 'Enter');
  await first.waitFor();
  await until('the first to have the focus', async () => await focused(tab) === '😀');
  assert.deepEqual(await faults(tab), []);
  await tab.shot('emoji-picker');
  await press(tab, 'ArrowRight', 'ArrowRight', 'ArrowLeft');
  assert.equal(await focused(tab), '😃');
  const below = (await panel.getByRole('button').evaluateAll((all) => all.filter((each) => each.offsetLeft === all[1].offsetLeft).map((each) => each.textContent)))[1];
  await press(tab, 'ArrowDown');
  assert.equal(await focused(tab), below);
  await press(tab, 'ArrowUp', 'ArrowUp');
  assert.equal(await focused(tab), '😃', 'there is nothing above');
  await press(tab, 'End');
  assert.equal(await focused(tab), '🆕');
  await press(tab, 'Home', 'ArrowRight', 'Enter');
  await gone(panel);
  assert.equal(await tab.box.inputValue(), 'so 😃');
  await tab.box.pressSequentially(' :heart_eyes');
  await page.getByRole('option').first().waitFor();
  await press(tab, 'Enter', 'Tab', 'Enter');
  const lately = panel.getByRole('group', { name: 'Lately used' }).getByRole('button');
  await until('both, the last one first', async () => (await lately.allTextContents()).join() === '😍,😃');
  await press(tab, 'Escape');
  await gone(panel);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Emoji', 'the focus is back');
  await press(tab, 'Enter');
  await until('the first to have the focus', async () => await focused(tab) === '😍');
  await press(tab, 'Tab');
  await gone(panel);
  await press(tab, 'Enter');
  await until('it to arrive', async () => (await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`)).messages[0]?.msg === 'so 😃 😍');
  await tab.leave();
});

test('9: a finger takes several, and the box gets no keyboard on the screen by that', async () => {
  const { tab } = await pair({ locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const { page } = tab;
  const box = page.locator('.composer textarea');
  await page.getByRole('button', { name: '表情' }).tap();
  const panel = page.getByRole('dialog', { name: '表情' });
  for (const name of ['开心', '高兴']) await panel.getByRole('button', { name, exact: true }).tap();
  assert.equal(await box.inputValue(), '😃😄');
  assert.equal(await box.evaluate((node) => node === document.activeElement), false);
  assert.deepEqual(await faults(tab), []);
  await tab.shot('emoji-picker-360');
  const [above, below] = [await panel.boundingBox(), await box.boundingBox()];
  assert.ok(above.y + above.height <= below.y && above.x >= 0 && above.x + above.width <= 360, 'it covers neither the box nor an edge');
  await box.tap();
  await gone(panel);
  await page.getByRole('button', { name: '表情' }).tap();
  await panel.getByRole('group', { name: '最近使用' }).waitFor();
  await page.goBack();
  await gone(panel);

  await page.goForward();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.replace(/.*\//, '')));
  await page.route('**/emoji-picker.js', (route) => route.abort());
  await page.reload();
  await until('it to be asked for', () => asked.includes('emoji-picker.js'));
  assert.ok(asked.indexOf('queues') < asked.indexOf('emoji-picker.js'), asked.join());
  await page.unroute('**/emoji-picker.js');
  await until('it to be asked for again', async () => {
    await box.evaluate((node) => { node.blur(); node.focus(); });
    return page.getByRole('button', { name: '表情' }).isVisible();
  });
  await tab.leave();
});

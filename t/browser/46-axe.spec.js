// People who cannot see, or not well, in the states that a page is seldom in: axe finds nothing, in light or dark.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, closeBrowser, faults, name, pair, Quick, url } from './people.js';

after(closeBrowser);

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
const answers = (status, type) => (route) => route.fulfill({
  status, contentType: 'application/problem+json', body: JSON.stringify({ type: `urn:magpie:problem:${type}`, status }) });

/** Small is what stands in a running text, as WCAG has it. */
const found = async (tab) => (await faults(tab)).filter((fault) => !fault.startsWith('small: '));

for (const colorScheme of ['light', 'dark']) {
  test(`33: axe, ${colorScheme}: an account that knows nobody`, async () => {
    const nora = await Quick.make(name('nora'), 'Nora');
    const tab = await at(nora, '#/', { colorScheme });
    await tab.page.getByRole('heading', { name: 'Hello, Nora' }).waitFor();
    for (const hash of ['#/', '#/contacts', '#/c/single/999999']) {
      await tab.page.goto(`${url}/${hash}`);
      await tab.page.locator('.middle h1:visible').first().waitFor();
      assert.deepEqual(await found(tab), [], hash);
    }
    await tab.leave();
  });

  test(`33: axe, ${colorScheme}: the line above what is unread, a failed message, no network, a toast`, async () => {
    const { tab } = await pair({ colorScheme }, 3);
    await tab.log.locator('.row.unread').waitFor();
    assert.deepEqual(await found(tab), [], 'unread');
    await tab.page.route('**/api/send', answers(403, 'not-friends'));
    await tab.say('refused');
    await tab.log.getByText('Not sent').waitFor();
    assert.deepEqual(await found(tab), [], 'failed');
    await tab.page.evaluate(async () => {
      const { toast } = await import(new URL('elements/toast.js', document.querySelector('script').src).href);
      toast('Something was done', async () => {});
    });
    await tab.page.locator('.toast').waitFor();
    assert.deepEqual(await found(tab), [], 'toast');
    await tab.context.setOffline(true);
    await tab.page.getByRole('button', { name: 'Try now' }).waitFor();
    assert.deepEqual(await found(tab), [], 'offline');
    await tab.context.setOffline(false);
    await tab.leave();
  });

  test(`33: axe, ${colorScheme}: messages that could not be had, and a menu on a phone`, async () => {
    const { kim, tab } = await pair({ ...PHONE, colorScheme }, 3, 3);
    await tab.page.route('**/api/history**', answers(500, 'internal'));
    await tab.page.reload();
    await tab.page.getByText('could not be loaded').waitFor();
    assert.deepEqual(await found(tab), [], 'no history');
    await tab.page.goto(`${url}/#/`);
    await tab.list.getByRole('link', { name: kim.name }).dispatchEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 50, clientY: 200 });
    await tab.page.getByRole('menu').waitFor();
    assert.deepEqual(await found(tab), [], 'menu');
    await tab.leave();
  });
}

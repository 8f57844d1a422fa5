// Many tabs of one browser: one of them polls for all.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, pair, Person, until, url } from './people.js';

after(closeBrowser);

test('29: of six tabs one polls; all of them hear; when it closes, another goes on', async () => {
  const { kim, alex, tab } = await pair();
  const polls = new Map();
  tab.context.on('request', (request) => {
    const page = request.frame().page();
    if (request.url().includes('/api/receive')) polls.set(page, (polls.get(page) ?? 0) + 1);
  });
  const tabs = [tab];
  for (let i = 1; i < 6; i++) {
    const page = await tab.context.newPage();
    tabs.push(new Person(tab.context, page, tab.wrongs));
    await page.goto(`${url}/#/c/single/${kim.id}`);
    await tabs[i].log.waitFor();
  }
  await kim.say('single', alex.id, 'to all tabs');
  for (const one of tabs) await one.hears('to all tabs');
  await until('a poll', () => polls.size > 0);
  assert.deepEqual([...polls.keys()], [tab.page]);

  await tab.page.close();
  await until('another tab to poll', () => polls.size > 1);
  await kim.say('single', alex.id, 'still there');
  for (const one of tabs.slice(1)) await one.hears('still there');
  assert.equal(polls.size, 2);

  await tabs[1].page.bringToFront();
  await tabs[1].say('sent from one');
  for (const one of tabs.slice(1)) await one.hears('sent from one');
  assert.deepEqual(await tabs[5].texts(), ['to all tabs', 'still there', 'sent from one']);
  await tab.leave();
});

test('28: logging out in one tab logs out all, and logging in lets all in again', async () => {
  const { alex, tab } = await pair();
  const page = await tab.context.newPage();
  const second = new Person(tab.context, page, tab.wrongs);
  await page.goto(tab.page.url());
  await second.log.waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await tab.page.getByText('You were logged out').waitFor();
  await tab.page.evaluate(() => dispatchEvent(new Event('focus')));
  await second.logIn(alex.username);
  await page.getByRole('heading', { name: 'Hello, Alex Morgan' }).waitFor();
  assert.ok(await tab.page.getByText('You were logged out').isVisible());
  await tab.page.evaluate(() => dispatchEvent(new Event('focus')));
  await tab.log.waitFor();                                 // where it was
  await tab.leave();
});

// The network goes and comes back, sessions end, queues vanish: nothing is lost, doubled or reloaded.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, name, pair, password, Quick, until, url } from './people.js';

after(closeBrowser);

test('11, 25: cut off in the middle: sends wait in the open, and everything is there once afterwards', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'before');
  await tab.hears('before');
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  await tab.context.setOffline(true);
  await tab.say('written offline 1');
  await tab.say('written offline 2');
  await tab.hears('written offline 2');
  await kim.say('single', alex.id, 'meanwhile');
  await tab.page.getByRole('button', { name: 'Try now' }).waitFor();
  await tab.shot('offline');
  assert.equal(await tab.box.isEnabled(), true);
  await tab.context.setOffline(false);
  await tab.hears('meanwhile');
  await until('both to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 2);
  await until('the notice to go', async () => await tab.page.getByRole('button', { name: 'Try now' }).count() === 0);
  const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  assert.deepEqual(messages.map((m) => m.msg).sort(), ['before', 'meanwhile', 'written offline 1', 'written offline 2']);
  assert.deepEqual((await tab.texts()).sort(), ['before', 'meanwhile', 'written offline 1', 'written offline 2']);
  assert.equal(await tab.page.evaluate(() => window.stillTheSame), true);
  await tab.leave();
});

test('25: on a phone the notice shows in the conversation, too', async () => {
  const { tab } = await pair({ viewport: { width: 360, height: 640 } });
  await tab.context.setOffline(true);
  await tab.page.getByRole('button', { name: 'Try now' }).waitFor();
  await tab.shot('phone-offline');
  await tab.context.setOffline(false);
  await until('the notice to go', async () => await tab.page.getByRole('button', { name: 'Try now' }).count() === 0);
  await tab.leave();
});

test('logging out fails while the server is away, and says so', async () => {
  const { tab } = await pair();
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.route('**/api/logout', (route) => route.abort());
  await tab.page.getByRole('button', { name: 'Log out' }).click();
  await tab.page.getByText('cannot be reached').waitFor();
  await tab.leave();
});

test('11: an answer that is lost on the way: the message is there once', async () => {
  const { kim, alex, tab } = await pair();
  let lost = 0;
  // Its event would tell, too: the poll stays cut off until the second try.
  await tab.page.route('**/api/receive**', (route) => (lost > 1 ? route.continue() : route.abort()));
  await tab.page.evaluate(() => dispatchEvent(new Event('online')));
  await tab.page.getByRole('button', { name: 'Try now' }).waitFor();
  await tab.page.route('**/api/send', async (route) => {
    if (lost++) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await tab.say('only once');
  await until('the second try', () => lost > 1);
  await until('it to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 1);
  const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`);
  assert.equal(messages.length, 1);
  assert.deepEqual(await tab.texts(), ['only once']);
  await tab.leave();
});

test('11: what was not sent survives a reload', async () => {
  const { kim, alex, tab } = await pair();
  await tab.page.route('**/api/send', () => {});           // no answer, ever
  await Promise.all([tab.page.waitForRequest('**/api/send'), tab.say('patient')]);
  await tab.page.unroute('**/api/send');
  await tab.page.reload();
  await tab.hears('patient');
  await until('it to be sent', async () => (await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`)).messages.length === 1);
  await tab.leave();
});

test('11: a refused message says why, and can be tried again', async () => {
  const { kim, alex, tab } = await pair();
  await tab.page.route('**/api/send', (route) => route.fulfill({
    status: 403, contentType: 'application/problem+json', body: '{"type":"urn:magpie:problem:not-friends","status":403}' }));
  await tab.say('refused');
  await tab.page.getByText('Not sent: you are not friends').waitFor();
  await tab.shot('failed');
  assert.deepEqual([...new Set(await tab.page.locator('.failure > :not(svg)').evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).fontSize)))], ['12px']);
  await tab.page.unroute('**/api/send');
  await tab.page.getByRole('button', { name: 'Try again' }).click();
  await until('it to arrive', async () => (await kim.call('GET', `/api/history?contact_type=single&contact_id=${alex.id}`)).messages.length === 1);
  await tab.leave();
});

test('26: a queue that is gone: a new one, without a reload', async () => {
  const { kim, alex, tab } = await pair();
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  await tab.box.fill('a draft');
  let gone = 0;
  await tab.page.route('**/api/receive**', (route) => (gone++ ? route.continue() : route.fulfill({
    status: 410, contentType: 'application/problem+json', body: '{"type":"urn:magpie:problem:queue-gone","status":410}' })));
  const opened = tab.page.waitForRequest('**/api/queues');
  await kim.say('single', alex.id, 'wakes the poll');
  await until('the refused poll', () => gone > 0);
  await opened;
  await kim.say('single', alex.id, 'after the loss');
  await tab.hears('after the loss');
  assert.deepEqual(await tab.texts(), ['wakes the poll', 'after the loss']);
  assert.equal(await tab.box.inputValue(), 'a draft');
  assert.equal(await tab.page.evaluate(() => window.stillTheSame), true);
  await tab.leave();
});

test('35: a page asked for without a session leads to the login and then there', async () => {
  const { kim, alex, tab } = await pair();
  assert.match(tab.page.url(), new RegExp(`#/c/single/${kim.id}$`));
  assert.equal(await tab.page.getByRole('heading', { level: 1 }).textContent(), kim.name);
  void alex;
  await tab.leave();
});

test('28: logged out elsewhere: one notice, the draft kept, and after the login the same place', async () => {
  const { kim, alex, tab } = await pair();
  await tab.box.fill('do not lose me');
  const cookies = await tab.context.cookies();
  const token = cookies.find((c) => c.name.endsWith('csrftoken')).value;
  const answer = await tab.context.request.post(`${url}/api/logout`, { headers: { 'X-CSRFToken': token }, data: {} });
  assert.equal(answer.status(), 204);
  await tab.page.getByText('You were logged out').waitFor();
  assert.equal(await tab.page.getByText('You were logged out').count(), 1);
  await tab.shot('logged-out');
  await tab.logIn(alex.username);
  await tab.log.waitFor();
  assert.match(tab.page.url(), new RegExp(`#/c/single/${kim.id}$`));
  assert.equal(await tab.box.inputValue(), 'do not lose me');
  await tab.leave();
});

test('28: somebody else logs in in another tab: this one stops, sends nothing under that name, and says so', async () => {
  const { kim, alex, tab } = await pair();
  const other = await Quick.make(name('other'), 'Other');
  await other.befriend(kim);
  const logIn = () => tab.context.request.post(`${url}/api/login`, { data: { username: other.username, password }, headers: { Origin: url } });
  // The poll would tell, too, as the former session ends, and so would whatever is being asked: this tab is one that hears of nothing.
  const asked = ['friend-requests', 'group-invitations', 'settings'].map((what) => `${url}/api/${what}`);
  await until('what it asks for at first', () => tab.page.evaluate((all) => all.every((one) => performance.getEntriesByName(one).length > 0), asked));
  await tab.page.route('**/api/receive**', () => {});
  await Promise.all([tab.page.waitForRequest('**/api/receive**'), tab.page.evaluate(() => dispatchEvent(new Event('online')))]);
  assert.equal((await logIn()).status(), 200);
  await tab.say('as myself');
  await tab.page.getByRole('heading', { name: 'Somebody else is logged in' }).waitFor();
  for (const one of [alex, other]) {
    const { messages } = await kim.call('GET', `/api/history?contact_type=single&contact_id=${one.id}`);
    assert.deepEqual(messages, []);
  }
  await tab.page.unroute('**/api/receive**');
  await tab.page.getByRole('button', { name: 'Go on as Other' }).click();
  await tab.list.getByRole('link', { name: 'Kim Lindqvist' }).waitFor();
  assert.equal(await tab.box.inputValue(), '');
  await tab.leave();
});

test('logging out leads to the login, and Back shows nothing of it', async () => {
  const { tab } = await pair();
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.getByRole('button', { name: 'Log out' }).click();
  await tab.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await tab.page.goBack();
  await tab.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  assert.equal(await tab.log.count(), 0);
  await tab.leave();
});

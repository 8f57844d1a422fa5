// What one sees of messages: text is text, links are safe, the list and the title count what is unread.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, name, pair, Quick, until } from './people.js';

after(closeBrowser);

test('18: what people write never becomes markup; links lead to http(s) alone', async () => {
  const { kim, alex, tab } = await pair();
  const evil = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '"><b>x', 'javascript:alert(1)',
    'JaVa\tscript:alert(1)', 'data:text/html,<script>alert(1)</script>', '{{7*7}} %s%n', 'https://user@evil.example/', '\u202egnp.exe'];
  for (const text of evil) await kim.say('single', alex.id, text);
  await kim.say('single', alex.id, 'see https://example.org/a?b=c, please');
  await tab.hears('please');
  assert.deepEqual((await tab.texts()).slice(0, evil.length), evil);
  const links = await tab.log.locator('a').evaluateAll((all) => all.map((a) => [a.href, a.rel, a.target]));
  assert.deepEqual(links, [['https://example.org/a?b=c', 'noopener noreferrer', '_blank']]);
  assert.equal(await tab.log.locator('script, img, svg:not(.icon), b').count(), 0);
  assert.equal(await tab.log.locator('.text[dir="auto"]').count(), evil.length + 1);
  await tab.leave();
});

test('18: names are text too, long ones and long words stay inside', async () => {
  const { kim, alex, tab } = await pair({ viewport: { width: 360, height: 640 } });
  const sam = await Quick.make(name('sam'), '<b>W</b>WWWWWWWWWWWWWWWWWWWWWWWW');
  await sam.befriend(alex);
  await kim.say('single', alex.id, 'word'.repeat(300));
  await tab.hears('wordword');
  const overflow = () => tab.page.evaluate(() => [...document.querySelectorAll('*')]
    .filter((node) => !node.closest('.unseen') && node.getBoundingClientRect().right > innerWidth + 0.5).map((node) => node.className));
  assert.deepEqual(await overflow(), []);
  await tab.page.getByRole('link', { name: 'Back' }).first().click();
  await tab.list.getByText(sam.name).waitFor();
  assert.deepEqual(await overflow(), []);
  await tab.leave();
});

test('22, 23: unread is counted in list and title, and cleared where it is seen', async () => {
  const { kim, alex, tab } = await pair();
  const sam = await Quick.make(name('sam'), 'Sam');
  await sam.befriend(alex);
  await sam.say('single', alex.id, 'one');
  await sam.say('single', alex.id, 'two');
  await tab.list.getByText('2 unread messages').waitFor({ state: 'attached' });
  await until('the title', async () => (await tab.page.title()).startsWith('(2) '));
  assert.match(await tab.list.getByRole('link').filter({ hasText: 'unread' }).first().textContent(), /Sam/);
  await tab.open('Sam');
  await until('a title without a number', async () => !(await tab.page.title()).startsWith('('));
  await until('the server to know', async () => {
    const { contacts } = await alex.call('POST', '/api/changes', {});
    return contacts.every((c) => c.unread === 0);
  });
  await kim.say('single', alex.id, 'three');
  await until('the other conversation to count', async () => (await tab.page.title()).startsWith('(1) '));
  await tab.leave();
});

test('22: reading in one tab clears the other', async () => {
  const { kim, alex, tab } = await pair();
  const second = await tab.context.newPage();
  await second.goto(tab.page.url().replace(/#.*/, '#/'));
  await second.getByRole('heading', { name: /^Hello/ }).waitFor();
  await kim.say('single', alex.id, 'hi');
  await until('the mark to arrive in the second tab', async () => {
    await tab.page.bringToFront();
    return !(await second.title()).startsWith('(') && /hi/.test(await second.getByRole('navigation').textContent());
  });
  await tab.leave();
});

test('6: a draft stays with its conversation: over switching and reloading, and the list says so', async () => {
  const { kim, alex, tab } = await pair();
  const sam = await Quick.make(name('sam'), 'Sam');
  await sam.befriend(alex);
  await tab.box.fill('half a thought');
  await tab.open('Sam');
  assert.equal(await tab.box.inputValue(), '');
  await tab.list.getByText('Draft:').waitFor();
  await tab.open('Kim Lindqvist');
  assert.equal(await tab.box.inputValue(), 'half a thought');
  await tab.page.reload();
  await tab.log.waitFor();
  assert.equal(await tab.box.inputValue(), 'half a thought');
  await tab.open('Sam');
  await tab.list.getByText('Draft:').waitFor();
  await kim.call('DELETE', `/api/friends/${alex.id}`);
  await until('what can’t be sent is no draft', async () => await tab.list.getByText('Draft:').count() === 0);
  await tab.leave();
});

test('15: messages of one sender are grouped, dates have a line, the time is exact on hover', async () => {
  const { kim, alex, tab } = await pair();
  await kim.say('single', alex.id, 'a');
  await kim.say('single', alex.id, 'b');
  await tab.hears('b');
  assert.equal(await tab.log.locator('.row.message.first').count(), 1);
  assert.equal(await tab.log.locator('.row.day').textContent(), 'Today');
  assert.match(await tab.log.locator('.meta time').first().getAttribute('title'), /\d{4}.*\b\d?\d:\d\d:\d\d/);
  await tab.leave();
});

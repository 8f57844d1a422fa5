// A mention is marked: in the list, also of a muted group where one wants it, and in the conversation.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, name, person, Quick, until, url } from './people.js';

after(closeBrowser);

test('21: an unread mention is marked in the list, and the message in the conversation', async () => {
  const [alex, kim] = await Promise.all([['alex', 'Alex Morgan'], ['kim', 'Kim Lindqvist']].map(([stem, shown]) => Quick.make(name(stem), shown)));
  await kim.befriend(alex);
  const { group } = await kim.call('POST', '/api/groups', { name: name('Birds') });
  await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: alex.id });
  const one = await person();
  await one.page.goto(`${url}/#/`);
  await one.logIn(alex.username);
  const badge = one.list.locator('li', { hasText: group.name }).locator('.badge');
  const shows = (text) => until(`the badge says ${text}`, async () => await badge.count() === 1 && (await badge.textContent()) === text);
  const colour = () => badge.evaluate((node) => getComputedStyle(node).backgroundColor);
  const view = (change) => alex.call('PATCH', `/api/conversations/group/${group.id}`, change);

  await kim.say('group', group.id, 'hello');
  await shows('11 unread message');
  const plain = await colour();
  await view({ muted: true });
  await until('grey', async () => await colour() !== plain);
  const grey = await colour();
  await kim.say('group', group.id, `你好@${alex.username}，看`);
  await shows('@ 22 unread messages, you are mentioned');
  assert.equal(await colour(), plain, 'a mention comes in spite of muted');
  await until('the title', async () => (await one.page.title()).startsWith('(1)'));
  await one.shot('mention-list');
  await view({ mentions: false });
  await until('grey again, as one has chosen', async () => await colour() === grey);
  await shows('@ 22 unread messages, you are mentioned');

  await one.list.locator('li', { hasText: group.name }).getByRole('link').click();
  const marked = one.log.locator('.to-me');
  await marked.waitFor();
  assert.equal(await marked.count(), 1);
  assert.match(await marked.textContent(), /你好@.*，看.*you are mentioned/s);
  await until('it is read', async () => await badge.count() === 0);
  await kim.say('group', group.id, '@all, now');
  await until('everybody is me, too', async () => await marked.count() === 2);
  await one.shot('mention-log');
  await one.leave();
});

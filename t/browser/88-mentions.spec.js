// A mention is marked: in the list, also of a muted group where one wants it, and in the conversation. Members are offered after an @.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, gone, name, person, Quick, until, url } from './people.js';

after(closeBrowser);

test('9, 21: an unread mention is marked in the list, and the message in the conversation; members are offered after an @', async () => {
  const [alex, kim, ming] = await Promise.all([['alex', 'Alex Morgan'], ['kim', 'Kim Lindqvist'], ['ming', '王小明']]
    .map(([stem, shown]) => Quick.make(name(stem), shown)));
  await kim.befriend(alex);
  const { group } = await kim.call('POST', '/api/groups', { name: name('Birds') });
  await ming.befriend(kim);
  for (const one of [alex, ming]) await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: one.id });
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

  await mentions(one, group, kim, ming);
  const { messages } = await kim.call('GET', `/api/history?contact_type=group&contact_id=${group.id}`);
  assert.deepEqual(messages.at(-1).mentions.toSorted(), [kim.id, ming.id].toSorted());
  await one.leave();
});

/** Writes a message that mentions two members of the group that is open, by keyboard alone. */
async function mentions(one, group, kim, ming) {
  const offered = one.page.getByRole('option');
  const names = () => offered.locator('.name').allTextContents();
  let goOn = () => {};
  const held = new Promise((resolve) => { goOn = resolve; });
  await one.page.route(`**/api/groups/${group.id}`, (route) => held.then(() => route.continue()));
  await one.page.reload();
  await one.page.getByRole('button', { name: 'Emoji' }).waitFor();
  await one.box.pressSequentially('see @');
  goOn();                                                                // who is in it comes after the last key
  await until('both, and neither oneself nor all', async () => (await names()).toSorted().join() === 'Kim Lindqvist,王小明');
  assert.deepEqual(await faults(one), []);
  await one.shot('mention-offered');
  await one.box.press('Escape');
  await gone(offered.first());
  assert.equal(await one.box.inputValue(), 'see @');
  await one.box.pressSequentially('lind');
  await until('the one', async () => (await names()).join() === 'Kim Lindqvist');
  await one.box.press('Enter');
  await one.box.pressSequentially('和＠wxm');
  await until('by the letters of the name', async () => (await names()).join() === '王小明');
  await one.box.press('Tab');
  assert.equal(await one.box.inputValue(), `see @${kim.username} 和@${ming.username} `);
  await one.box.pressSequentially('or me@ki');
  assert.equal(await offered.count(), 0, 'an address asks for nobody');
  await one.box.press('Enter');
  await one.hears('or me@ki');
  await until('it to be sent', async () => await one.log.getByText('sent', { exact: true }).count() === 1);

  await kim.call('PATCH', '/api/me', { name: 'W'.repeat(32) });
  await one.page.setViewportSize({ width: 360, height: 640 });
  await one.page.reload();
  await one.page.getByRole('button', { name: 'Emoji' }).waitFor();       // what offers is there
  await one.box.pressSequentially('@ww');
  await until('a long name', async () => (await names()).join() === 'W'.repeat(32));
  assert.deepEqual(await faults(one), [], 'it is cut');
  await one.shot('mention-long');
}

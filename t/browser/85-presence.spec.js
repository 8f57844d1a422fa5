// What friends see of somebody: online, away, busy, or nothing at all; and who chooses it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, pair, Person, person, until, url } from './people.js';

after(closeBrowser);

const MINUTE = 60_000;

/** The friend's browser, whose clock the test may turn. */
async function browserOf(kim, path = '/') {
  const other = await person();
  await other.page.clock.install();
  await other.page.goto(url + path);
  await other.logIn(kim.username);
  await other.page.locator('magpie-shell').waitFor();      // a second tab that came before would be at the form
  return other;
}

/** What is said of Kim: in words, in the list for a reader of screens, and by the form of the dot. */
async function shows(tab, state) {
  const link = tab.list.getByRole('link', { name: 'Kim Lindqvist' });
  await until(`the word ${state}`, async () => (await tab.page.locator('.who .presence').textContent()) === state);
  await tab.list.getByRole('link', { name: new RegExp(`Kim Lindqvist *, ${state}`) }).waitFor();
  for (const place of [link, tab.page.locator('.middle .head')]) await place.locator(`.dot.${state}`).waitFor();
}

const choice = (one, name) => one.page.getByRole('radio', { name, exact: true });

async function choose(one, name) {
  await choice(one, name).check();
  await until(`${name} to be chosen`, () => choice(one, name).isChecked());
}

test('ten minutes without a key, a pointer or a touch in any tab: away; the next one ends it', async () => {
  const { kim, tab } = await pair();
  const other = await browserOf(kim);
  await shows(tab, 'online');
  await other.page.clock.fastForward(10 * MINUTE);
  await shows(tab, 'away');
  await tab.shot('presence-away');
  await other.page.mouse.move(200, 200);
  await shows(tab, 'online');

  const page = await other.context.newPage();
  const second = new Person(other.context, page, other.wrongs);
  await page.goto(`${url}/#/settings`);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await other.page.clock.fastForward(10 * MINUTE);
  await shows(tab, 'away');
  await second.page.keyboard.press('Shift');                                          // the tab that doesn't poll
  await shows(tab, 'online');
  for (const one of [other, tab]) await one.leave();
});

test('busy, invisible and online again: as chosen, in all own tabs, and by nobody else to be told from offline', async () => {
  const { kim, alex, tab } = await pair();
  const other = await browserOf(kim, '/#/settings');
  const page = await other.context.newPage();
  const second = new Person(other.context, page, other.wrongs);
  await page.goto(`${url}/#/settings`);
  for (const one of [other, second]) await until('what holds', () => choice(one, 'Online').isChecked());
  await shows(tab, 'online');

  await choose(other, 'Busy');
  await shows(tab, 'busy');
  await until('the other tab to know', () => choice(second, 'Busy').isChecked());
  await tab.shot('presence-busy');
  await other.shot('presence-settings');

  await second.page.getByRole('radio', { name: 'Busy' }).focus();
  await second.page.keyboard.press('ArrowRight');                                     // by keyboard as well
  await until('invisible', () => choice(other, 'Invisible').isChecked());
  const word = tab.page.locator('.who .presence');
  await until('when she was last seen', async () => /^last seen at \d\d:\d\d$/.test(await word.textContent()));
  await until('no dot anywhere', async () => await tab.page.locator('.dot').count() === 0);
  await kim.say('single', alex.id, 'I am here all the same');
  await tab.hears('I am here all the same');
  assert.match(await word.textContent(), /^last seen/);

  await choose(other, 'Online');
  await shows(tab, 'online');
  await choose(other, 'Nobody sees it');
  await choose(other, 'Invisible');
  await until('nothing of it', async () => await word.textContent() === 'offline');
  await other.page.reload();
  await until('what holds still', async () => await choice(other, 'Invisible').isChecked() && await choice(other, 'Nobody sees it').isChecked());
  for (const one of [other, tab]) await one.leave();
});

test('33: the choice can be read and used by everybody, and says so when it could not be made', async () => {
  const { kim, tab } = await pair({ locale: 'zh-CN' });
  const other = await person({ locale: 'zh-CN', viewport: { width: 360, height: 740 } });
  await other.page.goto(`${url}/#/settings`);
  await other.logIn(kim.username);
  await until('what holds', () => choice(other, '在线').isChecked());
  await until('the word', async () => await tab.page.locator('.who .presence').textContent() === '在线');
  assert.deepEqual(await faults(other), []);
  await other.shot('presence-settings-zh');
  await other.page.route('**/api/settings', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json',
    body: JSON.stringify({ type: 'urn:magpie:problem:redis-down', title: 'x', status: 503 }) }));
  await choice(other, '隐身').click();
  await other.page.getByRole('alert').filter({ hasText: /\p{Script=Han}/u }).first().waitFor();
  await until('it to be as before', () => choice(other, '在线').isChecked());
  for (const one of [other, tab]) await one.leave();
});

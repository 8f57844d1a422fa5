// One person's devices and account: seeing and ending sessions, a new password, and the end of it all.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, name, pair, password, person, Quick, until, url } from './people.js';

after(closeBrowser);

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';

/** Somebody logged in, with the settings open. */
async function withSettings(username, options) {
  const one = await person(options);
  await one.page.goto(`${url}/#/settings`);
  await one.logIn(username);
  await one.page.getByRole('heading', { name: 'Settings' }).waitFor();
  return one;
}

/** Somebody logged in elsewhere, at the page that one sees first. */
async function elsewhere(username) {
  const other = await person({ userAgent: FIREFOX });
  await other.page.goto(`${url}/`);
  await other.logIn(username);
  await other.page.getByRole('heading', { name: /^Hello/ }).waitFor();
  return other;
}

const sessions = (one) => one.page.getByRole('region', { name: 'Devices' });
const rows = (one) => sessions(one).getByRole('listitem');
const isOut = (one) => one.page.getByText('You were logged out').waitFor();

test('28: one browser ends another, which shows the login and comes back', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  const other = await elsewhere(alex.username);
  const here = await withSettings(alex.username);
  await until('three sessions', async () => await rows(here).count() === 3);          // a quick one is one, too
  assert.match(await rows(here).first().textContent(), /127\.0\.0\.1.*This device/);
  await here.page.getByRole('button', { name: 'End the session of Firefox on Windows' }).click();
  await isOut(other);
  await until('two sessions', async () => await rows(here).count() === 2);
  await other.logIn(alex.username);
  await other.page.getByRole('heading', { name: /^Hello/ }).waitFor();

  await here.page.reload();
  await until('three again', async () => await rows(here).count() === 3);
  const all = here.page.getByRole('button', { name: 'End all others' });
  await all.click();
  await here.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await rows(here).count(), 3);
  await all.focus();                                                                  // and by keyboard
  await here.page.keyboard.press('Enter');
  const yes = here.page.getByRole('dialog').getByRole('button', { name: 'End all others' });
  await yes.focus();
  await here.page.keyboard.press('Enter');
  await isOut(other);
  await until('one session', async () => await rows(here).count() === 1);
  assert.equal(await all.isVisible(), false);
  for (const one of [here, other]) await one.leave();
});

test('28: where somebody else logs in in the same browser, one’s page is gone at once, and says so', async () => {
  const { kim, tab } = await pair();
  let come = () => {};
  const waited = new Promise((resolve) => { come = resolve; });
  await tab.page.route('**/switched.js', (route) => waited.then(() => route.continue()));
  const { headers } = await fetch(`${url}/api/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: kim.username, password }),
  });
  await tab.context.addCookies(headers.getSetCookie().map((cookie) => {
    const [, stem, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    return { name: stem, value, url };
  }));
  await tab.say('not as Kim');
  await tab.page.locator('.splash').waitFor();
  assert.deepEqual([await tab.log.count(), await tab.box.count()], [0, 0], 'nothing of it is left to read or to use');
  come();
  await tab.page.getByRole('heading', { name: 'Somebody else is logged in now' }).waitFor();
  await tab.page.getByRole('button', { name: 'Go on as Kim Lindqvist' }).click();
  await tab.list.getByRole('link', { name: 'Alex Morgan' }).waitFor();
  await tab.leave();
});

test('a new password ends the other sessions, and is the one that counts', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  const [other, here] = [await elsewhere(alex.username), await withSettings(alex.username)];
  await here.page.locator('summary', { hasText: 'Change password' }).press('Enter');
  const [old, fresh] = [here.page.getByLabel('Current password'), here.page.getByLabel('New password')];
  const change = here.page.getByRole('button', { name: 'Change password' });
  await old.fill('not my password');
  await fresh.fill('short');
  await change.click();
  await here.page.getByText('Use at least 8 characters').waitFor();
  await fresh.fill('battery staple');
  await change.click();
  await here.page.getByText('The password is wrong').waitFor();
  await old.fill(password);
  await fresh.press('Enter');
  await here.page.getByText('Your password is changed').waitFor();
  assert.deepEqual([await old.inputValue(), await fresh.inputValue()], ['', '']);
  await isOut(other);
  await until('one session', async () => await rows(here).count() === 1);
  await other.logIn(alex.username);
  await other.page.getByText('User name or password is wrong').waitFor();
  await other.page.getByLabel('Password').fill('battery staple');
  await other.page.keyboard.press('Enter');
  await other.page.getByRole('heading', { name: /^Hello/ }).waitFor();
  for (const one of [here, other]) await one.leave();
});

test('an account is deleted with what it wrote, and a friend sees it', async () => {
  const { kim, alex, tab } = await pair({}, 2);
  const { group } = await kim.call('POST', '/api/groups', { name: name('Birds') });
  await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: alex.id });
  await kim.say('group', group.id, 'a secret of the group');
  await tab.hears('number 2');
  const gone = await withSettings(kim.username);
  await gone.page.locator('summary', { hasText: 'Delete account' }).click();
  await gone.page.getByRole('radio', { name: 'Is deleted, for everybody' }).check();
  const confirm = gone.page.getByLabel('Your password, to confirm');
  await confirm.fill('not my password');
  await gone.page.getByRole('button', { name: 'Delete my account' }).click();
  await gone.page.getByText('The password is wrong').waitFor();
  await confirm.fill(password);
  await gone.page.getByRole('button', { name: 'Delete my account' }).click();
  await gone.page.getByText('Your account is deleted').waitFor();
  await gone.shot('account-deleted');
  await gone.logIn(kim.username);
  await gone.page.getByText('User name or password is wrong').waitFor();

  await until('the texts are gone', async () => (await tab.texts()).join() === 'Message deleted,Message deleted');
  await tab.page.getByText('This account was deleted').waitFor();
  await tab.list.getByRole('link', { name: /^Deleted account/ }).waitFor();
  await tab.page.getByRole('heading', { name: 'Deleted account' }).waitFor();
  await tab.shot('account-deleted-friend');
  await tab.page.goto(`${url}/#/c/group/${group.id}`);
  await tab.log.getByText('You own the group now').waitFor();
  await tab.log.getByText('Deleted account left').waitFor();
  await until('the text in the group, too', async () => (await tab.texts()).join() === 'Message deleted');
  await tab.shot('account-deleted-group');
  for (const one of [tab, gone]) await one.leave();
});

test('an account is deleted, and what it wrote stays', async () => {
  const { kim, tab } = await pair({}, 1);
  await tab.hears('number 1');
  await kim.call('POST', '/api/me/delete', { password, messages: 'keep' });
  await tab.list.getByRole('link', { name: 'Deleted account' }).waitFor();
  assert.deepEqual(await tab.texts(), ['number 1']);
  await tab.leave();
});

test('33: axe finds nothing in these settings, and nothing sticks out', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  for (const [colorScheme, width] of [['light', 1440], ['dark', 1440], ['light', 360], ['dark', 360]]) {
    for (const language of ['en-GB', 'zh-CN']) {
      const one = await person({ colorScheme, locale: language, viewport: { width, height: 800 }, hasTouch: width < 500, isMobile: width < 500 });
      await one.page.goto(`${url}/#/settings`);
      await one.logIn(alex.username);
      await one.page.locator('.sessions li').first().waitFor();
      for (const fold of await one.page.locator('summary').all()) await fold.click();
      assert.deepEqual(await faults(one), [], `${colorScheme} ${width} ${language}`);
      for (const [place, part] of [['sessions', '.sessions'], ['account', 'magpie-account']]) {
        await one.page.locator(part).evaluate((node) => node.scrollIntoView());
        await one.shot(`settings-${place}-${colorScheme}-${width}-${language}`);
      }
      await one.leave();
    }
  }
});

// What is told outside of the page: notices on the desktop and a sound, once for all tabs, and when there are none.
// The browser's Notification and AudioContext are stand-ins that note what they were asked for.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, name, Person, person, Quick, until, url } from './people.js';

after(closeBrowser);


/** Runs in the page before all else. @param {{ prefs: Record<string, string>, permission: string, answer?: string }} given */
function standIns({ prefs, permission, answer }) {
  if (location.protocol === 'about:') return;
  for (const [key, value] of Object.entries(prefs)) if (localStorage.getItem(`magpie.${key}`) === null) localStorage.setItem(`magpie.${key}`, value);
  window.told = { notices: [], asked: 0, tones: 0 };
  window.Notification = class {
    static permission = permission;
    static async requestPermission() {
      window.told.asked++;
      return window.Notification.permission = answer ?? permission;
    }
    constructor(title, options) {
      window.told.notices.push(Object.assign(this, { title, body: options.body, tag: options.tag, silent: options.silent, isOpen: true }));
    }
    close() {
      this.isOpen = false;
      this.onclose?.();
    }
  };
  const param = { value: 0, setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  const node = () => ({ connect: (/** @type {any} */ to) => to, frequency: param, gain: param, start() {}, stop() {} });
  window.AudioContext = class {
    currentTime = 0;
    createOscillator = node;
    createGain = node;
    async suspend() {}
    async resume() { window.told.tones++; }
  };
}

/** A browser with the stand-ins. */
async function at(who, path, { prefs = { notices: 'on' }, permission = 'granted', answer, ...options } = {}) {
  const tab = await person(options);
  await tab.context.addInitScript(standIns, { prefs, permission, answer });
  await tab.page.goto(`${url}/${path}`);
  await tab.logIn(who.username);
  return listening(tab);
}

async function secondTab(tab, path) {
  const page = await tab.context.newPage();
  await page.goto(`${url}/${path}`);
  return listening(new Person(tab.context, page, tab.wrongs));
}

/** Each tab holds a lock from when it can tell what is new. */
const living = (tab) => tab.page.evaluate(() => navigator.locks.query()
  .then(({ held }) => held.filter((lock) => lock.mode === 'exclusive' && lock.name.startsWith('magpie-tab-')).length));

/** Once the page is there, and what is fetched after it. */
async function listening(tab) {
  await tab.page.locator('magpie-shell').waitFor();
  await until('all tabs to listen', async () => await living(tab) === tab.context.pages().length);
  return tab;
}

const told = (tab) => tab.page.evaluate(() => window.told);
const notices = async (...tabs) => (await Promise.all(tabs.map(told))).flatMap((one) => one.notices);
const bodies = async (...tabs) => (await notices(...tabs)).map((n) => n.body);
const tones = async (tab) => (await told(tab)).tones;
const heard = (body, ...tabs) => until(`a notice: ${body}`, async () => (await bodies(...tabs)).includes(body));
const press = (tab) => tab.page.keyboard.press('Shift');            // what lets a browser make sounds

/** Another window is in front. */
const turnAway = (tab) => tab.page.evaluate(() => { document.hasFocus = () => false; dispatchEvent(new Event('blur')); });
const comeBack = (tab) => tab.page.evaluate(() => { delete document.hasFocus; dispatchEvent(new Event('focus')); });

/** Alex with two friends. */
async function three() {
  const [alex, kim, sam] = await Promise.all([['alex', 'Alex Morgan'], ['kim', 'Kim Lindqvist'], ['sam', 'Sam Okafor']]
    .map(([stem, shown]) => Quick.make(name(stem), shown)));
  await kim.befriend(alex);
  await sam.befriend(alex);
  return { alex, kim, sam };
}

test('23: of two tabs one shows a notice, which a newer one replaces; a click leads to the conversation', async () => {
  const { alex, kim } = await three();
  await alex.call('PATCH', `/api/friends/${kim.id}`, { remark: 'Kim of the hikers' });
  const one = await at(alex, '#/');
  const two = await secondTab(one, '#/contacts');
  await kim.say('single', alex.id, 'a first\nmessage');
  await heard('a first message', one, two);
  assert.equal(await tones(one) + await tones(two), 0, 'no sound before anything was pressed');
  await until('a count in the title', async () => (await one.page.title()).startsWith('(1) '));
  await until('the icon with a dot', async () => (await one.page.locator('link[rel=icon]').getAttribute('href')).endsWith('/favicon-unread.svg'));
  for (const tab of [one, two]) await press(tab);
  await kim.say('single', alex.id, `long ${'🐦'.repeat(400)}`);
  await until('a second notice', async () => (await notices(one, two)).length > 1);
  const [first, second, ...more] = await notices(one, two);
  assert.deepEqual(more, []);
  assert.equal(await tones(one) + await tones(two), 1);
  assert.deepEqual([first.title, first.tag, first.silent], ['Kim of the hikers', `single:${kim.id}`, true]);
  assert.equal(second.tag, first.tag);
  assert.match(second.body, /^long 🐦{154}…$/u);

  await one.page.evaluate(() => window.told.notices.at(-1).onclick());
  await one.log.waitFor();
  assert.ok((await one.page.url()).endsWith(`#/c/single/${kim.id}`));
  await until('it to be closed', async () => !(await notices(one)).at(-1).isOpen);
  await until('the icon without a dot', () => one.page.locator('link[rel=icon]').getAttribute('href').then((href) => href.endsWith('/favicon.svg')));

  await one.page.close();
  await kim.say('single', alex.id, 'to the one that is left');
  await heard('to the one that is left', two);
  await two.leave();
});

test('23: none for what is in front, in whichever tab, is muted, or is my own', async () => {
  const { alex, kim, sam } = await three();
  const one = await at(alex, '#/');
  const two = await secondTab(one, `#/c/single/${kim.id}`);
  await turnAway(one);
  await comeBack(two);
  await two.log.waitFor();
  await kim.say('single', alex.id, 'in front');
  await two.hears('in front');
  await sam.say('single', alex.id, 'not in front');
  await heard('not in front', one, two);
  assert.deepEqual(await bodies(one, two), ['not in front']);

  await turnAway(two);
  await kim.say('single', alex.id, 'no longer in front');
  await heard('no longer in front', one, two);
  await alex.call('PATCH', `/api/conversations/single/${kim.id}`, { muted: true });
  await alex.say('single', kim.id, 'my own');
  await kim.say('single', alex.id, 'muted');
  await sam.say('single', alex.id, 'and not muted');
  await heard('and not muted', one, two);
  await two.hears('muted');
  assert.deepEqual(await bodies(one, two), ['not in front', 'no longer in front', 'and not muted']);

  await alex.call('PATCH', `/api/conversations/single/${kim.id}`, { muted: false });
  await comeBack(two);
  await two.page.evaluate(() => { BroadcastChannel.prototype.postMessage = () => {}; });    // as one that crashes
  await two.page.close();
  await until('it to be gone', async () => await living(one) === 1);
  await kim.say('single', alex.id, 'in front of nobody');
  await heard('in front of nobody', one);
  await one.leave();
});

test('23: a muted group: one who is mentioned is told, who wants that', async () => {
  const { alex, kim } = await three();
  const { group } = await kim.call('POST', '/api/groups', { name: name('Hikers') });
  await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: alex.id });
  const view = (change) => alex.call('PATCH', `/api/conversations/group/${group.id}`, change);
  await view({ muted: true, mentions: true });
  const one = await at(alex, '#/');
  await kim.say('group', group.id, 'to nobody');
  await kim.say('group', group.id, `to you, @${alex.username}`);
  await heard(`to you, @${alex.username}`, one);
  await view({ mentions: false });
  await kim.say('group', group.id, `not wanted, @${alex.username}`);
  await kim.say('single', alex.id, 'the last');
  await heard('the last', one);
  assert.deepEqual(await bodies(one), [`to you, @${alex.username}`, 'the last']);
  await one.leave();
});

test('23: a notice is closed when its message is read, on another device or in another tab', async () => {
  const { alex, kim, sam } = await three();
  const { group } = await kim.call('POST', '/api/groups', { name: name('Hikers') });
  await kim.call('POST', `/api/groups/${group.id}/members`, { user_id: alex.id });
  const one = await at(alex, '#/');
  const two = await secondTab(one, '#/');
  const open = async () => (await notices(one)).filter((n) => n.isOpen).map((n) => n.title).sort();
  const { message } = await kim.say('group', group.id, 'to all');
  await sam.say('single', alex.id, 'to one');
  await until('both', async () => (await open()).length === 2);
  assert.deepEqual(await open(), [`Kim Lindqvist · ${group.name}`, 'Sam Okafor']);
  await alex.call('POST', '/api/read', { contact_type: 'group', contact_id: group.id, seq: message.seq });
  await until('the one to be closed', async () => (await open()).join() === 'Sam Okafor');
  await two.open('Sam Okafor');
  await until('the other one too', async () => (await open()).length === 0);
  await one.leave();
});

test('23: after having been away one notice tells of all', async () => {
  const { alex, kim, sam } = await three();
  const one = await at(alex, '#/');
  await one.context.setOffline(true);
  await one.page.getByText('Offline.', { exact: true }).waitFor({ state: 'attached' });
  for (const text of ['one', 'two', 'three']) await kim.say('single', alex.id, text);
  await sam.say('single', alex.id, 'four');
  await one.context.setOffline(false);
  await until('a notice', async () => (await notices(one)).length > 0);
  await kim.say('single', alex.id, 'and live again');
  await heard('and live again', one);
  const [all, ...more] = await notices(one);
  assert.equal(all.title, 'Magpie');
  assert.match(all.body, /^4 unread messages\n/);
  assert.match(all.body, /Kim Lindqvist/);
  assert.match(all.body, /Sam Okafor/);
  assert.equal(more.length, 1);
  await one.leave();
});

test('23: busy: a notice without a sound; quiet hours: neither; and text that nobody else need see', async () => {
  const { alex, kim, sam } = await three();
  const one = await at(alex, '#/settings');
  const two = await secondTab(one, '#/settings');
  const choose = (tab, set, value) => tab.page.getByRole('group', { name: set }).getByRole('radio', { name: value, exact: true }).check();
  const busy = one.page.getByRole('radio', { name: 'Busy', exact: true });
  await busy.check();
  await until('busy to be known', async () => await busy.isChecked() && /no sound/.test(await one.page.locator('magpie-presence').innerText()));
  await choose(two, 'Text in notices', 'Hidden');                   // in another tab: it counts at once
  await press(one);
  await kim.say('single', alex.id, 'secret');
  await heard('1 unread message', one);
  assert.equal(await tones(one), 0);

  await one.page.getByRole('radio', { name: 'Online', exact: true }).check();
  await until('it to be known', async () => /ten minutes/.test(await one.page.locator('magpie-presence').innerText()));
  await choose(one, 'Quiet hours', 'On');
  const hours = await one.page.evaluate(() => [-1, 3].map((slots) => {
    const at = new Date(Date.now() + slots * 30 * 60_000);
    return `${String(at.getHours()).padStart(2, '0')}:${at.getMinutes() < 30 ? '00' : '30'}`;
  }));
  const select = async ([from, to]) => {
    await one.page.getByLabel('From').selectOption(from);
    await one.page.getByLabel('To', { exact: true }).selectOption(to);
  };
  await select(hours);
  await kim.say('single', alex.id, 'in the night');
  await until('it to have come', async () => (await one.page.title()).startsWith('(2) '));
  await select(hours.toReversed());                                 // all the other hours
  await sam.say('single', alex.id, 'in the morning');
  await until('a notice again', async () => (await notices(one)).length > 1);
  assert.deepEqual((await notices(one)).map((n) => n.title), ['Kim Lindqvist', 'Sam Okafor']);
  await until('a sound', async () => await tones(one) === 1);
  await one.leave();
});

test('23: the browser is asked on a click only; a refusal is said plainly; the sound can be tried and turned off', async () => {
  const { alex, kim } = await three();
  const one = await at(alex, '#/settings', { prefs: {}, permission: 'default', answer: 'denied' });
  const set = (shown) => one.page.getByRole('group', { name: shown });
  const radio = (shown, value) => set(shown).getByRole('radio', { name: value, exact: true });
  const state = set('Notices on the desktop').getByRole('status');
  await until('what holds', () => radio('Notices on the desktop', 'Off').isChecked());
  assert.match(await state.textContent(), /will ask/);
  assert.equal((await told(one)).asked, 0);
  await radio('Notices on the desktop', 'On').click();
  await until('the refusal', async () => /refused/.test(await state.textContent()));
  assert.ok(await radio('Notices on the desktop', 'Off').isChecked());
  assert.ok(await radio('Text in notices', 'Hidden').isDisabled());
  await one.shot('notices-refused');

  await one.page.evaluate(() => { window.Notification.permission = 'granted'; });
  await radio('Notices on the desktop', 'Off').focus();
  await one.page.keyboard.press('ArrowLeft');                       // by keyboard as well
  await until('it to be on', () => radio('Text in notices', 'Hidden').isEnabled());
  assert.deepEqual(await bodies(one), ['This is what a notice looks like.']);
  assert.equal((await told(one)).asked, 1);

  assert.equal(await tones(one), 0);
  await one.page.getByRole('button', { name: 'Try it' }).click();
  await until('the sound', async () => await tones(one) === 1);
  await radio('Sound', 'Off').check();
  await kim.say('single', alex.id, 'hush');
  await heard('hush', one);
  assert.equal(await tones(one), 1);
  await one.page.reload();
  await listening(one);
  await until('it to be kept', () => radio('Sound', 'Off').isChecked());
  assert.equal(await one.page.evaluate(() => localStorage.getItem('magpie.notices')), 'on');
  assert.match(await state.textContent(), /will ask/, 'the browser has forgotten: it would have to ask again');
  await one.leave();
});

test('33: the settings can be read and used by everybody', async () => {
  const { alex } = await three();
  for (const [label, options] of [
    ['en', { locale: 'en-GB', colorScheme: 'light' }],
    ['zh', { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
  ]) {
    const one = await at(alex, '#/settings', { prefs: { notices: 'on', quiet: 'on' }, ...options });
    const part = one.page.locator('magpie-alerts');
    await part.getByRole('combobox').first().waitFor();
    await part.scrollIntoViewIfNeeded();
    assert.deepEqual(await faults(one), []);
    await part.evaluate((node) => node.scrollIntoView());
    await one.shot(`notices-settings-${label}`);
    await one.leave();
  }
});

test('23: without stand-ins: the browser shows a notice and makes the sound, and the page’s policy allows both', async () => {
  const { alex, kim } = await three();
  const one = await person();
  await one.context.grantPermissions(['notifications']);
  await one.page.goto(`${url}/#/settings`);
  await one.logIn(alex.username);
  const notice = one.page.getByRole('group', { name: 'Notices on the desktop' });
  await notice.getByRole('radio', { name: 'On', exact: true }).check();
  await until('it to be on', async () => /in front of you/.test(await notice.getByRole('status').textContent()));
  await one.page.getByRole('button', { name: 'Try it' }).click();
  await kim.say('single', alex.id, 'hello');
  await until('it to have come', async () => (await one.page.title()).startsWith('(1) '));
  await one.leave();
});

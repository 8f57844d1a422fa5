// Phones, languages, colours, keyboards, and people who cannot see.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, faults, name, pair, person, Quick, signingUp, until, url } from './people.js';

after(closeBrowser);

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

const areas = (tab) => tab.page.evaluate(() => ['.side', '.middle', 'magpie-details']
  .filter((selector) => document.querySelector(selector)?.getBoundingClientRect().width > 0));
/** The details are fetched when they are shown. */
const shows = (tab, ...wanted) => until(`${wanted}`, async () => (await areas(tab)).join() === wanted.join());

test('31: three areas, two, or one, with a way back that is the browser’s too', async () => {
  const { kim, tab } = await pair();
  await shows(tab, '.side', '.middle', 'magpie-details');
  for (const width of [1100, 900, 700, 600]) {
    await tab.page.setViewportSize({ width, height: 700 });
    const [list, conversation, button] = await tab.page.evaluate(() => ['.side', '.middle', '.side .head a:last-of-type'].map((selector) => {
      const { left, right } = document.querySelector(selector).getBoundingClientRect();
      return { right, width: right - left };
    }));
    assert.ok(conversation.width > 1.4 * list.width, `${width}: the conversation has most: ${conversation.width} beside ${list.width}`);
    assert.ok(button.right <= list.right - 8, `${width}: the list's head has room: ${button.right} of ${list.right}`);
  }
  await shows(tab, '.side', '.middle');
  await tab.page.getByRole('link', { name: 'Details' }).click();
  await shows(tab, '.side', 'magpie-details');
  await tab.page.getByRole('link', { name: 'Back' }).click();
  await tab.page.setViewportSize({ width: 360, height: 640 });
  await shows(tab, '.middle');
  await tab.page.getByRole('link', { name: 'Back' }).click();
  await shows(tab, '.side');
  await tab.open(kim.name);
  await shows(tab, '.middle');
  await tab.page.goBack();
  await shows(tab, '.side');
  await tab.page.goForward();
  await shows(tab, '.middle');
  await tab.page.getByRole('link', { name: 'Back' }).click();
  await shows(tab, '.side');
  await tab.page.goForward();                              // so that way was the browser's
  await shows(tab, '.middle');
  await tab.leave();
});

test('22, 31: what comes while the details stand before the messages is not read', async () => {
  const { kim, alex, tab } = await pair({ viewport: { width: 820, height: 700 } });
  const unread = async () => (await alex.call('POST', '/api/changes', {})).contacts[0].unread;
  await kim.say('single', alex.id, 'one');
  await tab.hears('one');
  await until('it to be read', async () => await unread() === 0);
  await tab.page.getByRole('link', { name: 'Details' }).click();
  await tab.page.locator('magpie-details').waitFor();
  await kim.say('single', alex.id, 'two');
  await tab.list.getByText('1 unread message').waitFor({ state: 'attached' });
  assert.equal(await unread(), 1);
  await tab.page.getByRole('link', { name: 'Back' }).click();
  await until('it to be read, too', async () => await unread() === 0);
  await tab.leave();
});

test('31: the list keeps its width, and a head its place, wherever one comes from', async () => {
  const { kim, tab } = await pair({ viewport: { width: 1100, height: 700 } });
  const places = () => tab.page.evaluate(() => ['.side .head a:last-of-type', 'magpie-chat > .head .avatar']
    .map((selector) => document.querySelector(selector)?.getBoundingClientRect().right));
  const before = await places();
  await tab.page.goto(`${url}/#/settings`);
  await tab.page.locator('magpie-settings').waitFor();
  assert.equal((await places())[0], before[0]);
  await tab.page.goto(`${url}/#/c/group/999999`);
  await tab.page.locator('magpie-missing .blank').waitFor();
  await tab.page.goto(`${url}/#/c/single/${kim.id}`);
  await tab.log.waitFor();
  assert.deepEqual(await places(), before);
  await tab.leave();
});

test('31: on a phone: nothing sticks out, targets are 44 px, inputs 16 px', async () => {
  const { kim, alex, tab } = await pair(PHONE);
  await kim.say('single', alex.id, 'Hello, see https://example.org/a-rather-long-address/that/goes/on/and/on?for=ever');
  await tab.hears('Hello');
  await tab.shot('phone-chat');
  for (const hash of ['', '#/', '#/people', '#/new-group', '#/settings', `#/c/single/${kim.id}/info`]) {
    if (hash) await tab.page.goto(`${url}/${hash}`);
    await until(`the page ${hash}`, async () => await tab.page.locator('.head:visible').count() > 0);
    const found = await tab.page.evaluate(() => {
      const shown = (node) => node.getClientRects().length > 0 && !node.closest('.unseen');
      const all = [...document.querySelectorAll('a, button, input:not([type=radio]), textarea, .segments span')].filter(shown);
      const small = all.filter((node) => !node.closest('.text') && Math.min(node.getBoundingClientRect().height, node.getBoundingClientRect().width) < 42)
        .map((node) => node.outerHTML.slice(0, 100));
      const tiny = all.filter((node) => /INPUT|TEXTAREA/.test(node.tagName) && parseFloat(getComputedStyle(node).fontSize) < 16).map((node) => node.outerHTML);
      const out = [...document.querySelectorAll('body *')].filter((node) => shown(node) && node.getBoundingClientRect().right > innerWidth + 0.5)
        .map((node) => node.outerHTML.slice(0, 100));
      return { small, tiny, out };
    });
    assert.deepEqual(found, { small: [], tiny: [], out: [] }, hash);
  }
  await tab.page.goto(`${url}/#/`);
  await tab.list.waitFor();
  await tab.shot('phone-list');
  await tab.leave();
});

test('33: axe finds nothing, light or dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { kim, alex, tab } = await pair({ colorScheme });
    const group = await alex.call('POST', '/api/groups', { name: name('Group') });
    await alex.call('POST', `/api/groups/${group.group.id}/members`, { user_id: kim.id });
    await kim.say('single', alex.id, 'with a link https://example.org/ in it');
    await kim.say('group', group.group.id, 'to all');
    let goOn = () => {};
    const held = new Promise((resolve) => { goOn = resolve; });
    await tab.page.route('**/api/send', (route) => held.then(() => route.continue()));
    for (const text of ['an answer', '🐦']) await tab.say(text);
    await tab.hears('🐦');
    assert.deepEqual(await faults(tab), [], `${colorScheme}, while it is being sent`);
    goOn();
    await until('both to be sent', async () => await tab.log.getByText('sent', { exact: true }).count() === 2);
    for (const hash of ['', `#/c/group/${group.group.id}`, '#/', '#/people', '#/new-group', '#/settings']) {
      if (hash) await tab.page.goto(`${url}/${hash}`);
      await until('the page', async () => await tab.page.locator('.middle h1:visible').count() === 1);
      assert.deepEqual(await faults(tab), [], `${colorScheme} ${hash}`);
    }
    await tab.shot(`settings-${colorScheme}`);
    await tab.leave();
  }
  const guest = await person();
  await guest.page.goto(`${url}/`);
  await guest.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  assert.deepEqual(await faults(guest), []);
  await guest.page.getByRole('button', { name: 'Create account' }).click();
  await signingUp(guest.page);
  await guest.page.getByRole('button', { name: 'Create account' }).click();
  assert.deepEqual(await faults(guest), []);
  await guest.leave();
});

test('34: Chinese by the browser’s preference, and by the switch; it stays', async () => {
  const alex = await Quick.make(name('alex'), '王小明');
  const tab = await person({ locale: 'zh-CN' });
  await tab.page.goto(`${url}/#/settings`);
  await tab.page.getByText('请先登录').waitFor();
  await tab.logIn(alex.username);
  await tab.page.getByRole('heading', { name: '设置' }).waitFor();
  await tab.shot('settings-zh');
  assert.equal(await tab.page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await tab.page.getByRole('radio', { name: 'English' }).click();
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await tab.page.reload();
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await tab.leave();
});

test('32: a chosen theme is there before the first paint', async () => {
  const { tab } = await pair({ colorScheme: 'light' });
  await tab.page.getByRole('link', { name: 'Settings' }).click();
  await tab.page.getByRole('radio', { name: 'Dark' }).check();
  await tab.page.route('**/js/first.js', () => {});           // nothing of ours but early.js runs
  await tab.page.reload({ waitUntil: 'commit' });
  await until('the dark page', () => tab.page.evaluate(() => document.documentElement.dataset.theme === 'dark'
    && document.styleSheets.length > 0 && getComputedStyle(document.documentElement).backgroundColor === 'rgb(18, 22, 26)'));
  await tab.leave();
});

test('33: everything works by keyboard alone, and the focus is seen', async () => {
  const { kim, tab } = await pair();
  await tab.page.goto(`${url}/#/`);
  const go = async (wanted) => {
    for (let i = 0; i < 30; i++) {
      await tab.page.keyboard.press('Tab');
      const [label, outline] = await tab.page.evaluate(() => (document.activeElement === document.body ? [''] : [
        document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent,
        getComputedStyle(document.activeElement).outlineStyle]));
      assert.notEqual(outline, 'none', `no visible focus on ${label}`);
      if (label.includes(wanted)) return tab.page.keyboard.press('Enter');
    }
    assert.fail(`${wanted} is not reached by Tab`);
  };
  await go(kim.name);
  await tab.log.waitFor();
  await until('the box to have the focus', () => tab.box.evaluate((node) => node === document.activeElement));
  await tab.page.keyboard.type('by keyboard');
  await tab.page.keyboard.press('Enter');
  await tab.hears('by keyboard');
  await go('Settings');
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await tab.leave();
});

test('2, 5, 24: keys go to conversations: by name, to the next one, to the unread one, and the box has the focus; ? tells them', async () => {
  const { kim, alex, tab } = await pair();
  const sam = await Quick.make(name('sam'), 'Sam Okafor');
  const lin = await Quick.make(name('lin'), '林晓雨');
  for (const one of [sam, lin]) await one.befriend(alex);
  await kim.say('single', alex.id, 'first');
  await lin.say('single', alex.id, 'unread');
  await tab.list.getByText('1 unread message').waitFor({ state: 'attached' });
  const writesTo = async (who) => {
    await tab.page.getByRole('heading', { name: who.name, level: 1 }).waitFor();
    await until('the box to have the focus', () => tab.box.evaluate((node) => node === document.activeElement));
  };
  await writesTo(kim);

  await tab.page.keyboard.press('Control+k');
  const finder = tab.page.getByRole('combobox');
  await finder.fill('oka');
  assert.equal(await tab.page.getByRole('option').count(), 1);
  await finder.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true });
  assert.equal(await finder.isVisible(), true);
  await tab.shot('finder');
  assert.deepEqual(await faults(tab), []);
  await finder.press('Enter');
  await writesTo(sam);
  await tab.page.keyboard.press('Control+k');
  await finder.waitFor();
  await finder.press('Escape');
  await writesTo(sam);
  await tab.page.keyboard.press('Alt+Shift+ArrowUp');
  await writesTo(lin);
  await tab.log.focus();
  await tab.page.keyboard.press('?');
  await tab.page.getByText('Previous conversation').waitFor();
  assert.deepEqual(await faults(tab), []);
  await tab.page.keyboard.press('Escape');
  await until('the keys to go', async () => await tab.page.getByRole('dialog').count() === 0);
  const isInSight = (who) => tab.list.getByRole('link', { name: who.name }).evaluate((node) => {
    const [row, list] = [node.parentElement, node.closest('ul')].map((part) => part.getBoundingClientRect());
    return row.top >= list.top && row.bottom <= list.bottom;
  });
  await tab.page.setViewportSize({ width: 1280, height: 290 });
  // A browser that is being resized loses keys.
  await tab.page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  for (const [key, who] of [['ArrowDown', kim], ['ArrowUp', lin], ['ArrowDown', kim], ['ArrowDown', sam], ['ArrowDown', lin], ['ArrowUp', sam]]) {
    await tab.page.keyboard.press(`Alt+${key}`);
    await writesTo(who);
    assert.ok(await isInSight(who), `${who.name} in the list`);
  }
  await tab.leave();
});

test('33: the messages are a live log', async () => {
  const { tab } = await pair();
  assert.equal(await tab.log.getAttribute('aria-live'), 'polite');
  assert.match(await tab.log.getAttribute('aria-label'), /Kim/);
  await tab.leave();
});

test('37: no page asks another host, or for anything that the policy forbids; either would be noted', async () => {
  const { kim, alex, tab } = await pair();
  const { group } = await alex.call('POST', '/api/groups', { name: name('Group') });
  const places = ['people', 'contacts', 'lists', 'blocked', 'groups', 'new-group', 'settings', `u/${kim.id}`, `c/single/${kim.id}/info`,
    `c/group/${group.id}`, `c/group/${group.id}/settings`, `c/group/${group.id}/access`];
  for (const place of places) {
    await tab.page.goto(`${url}/#/${place}`);
    await until(place, async () => await tab.page.locator('main h1:visible').count() === 1);
  }
  assert.deepEqual(tab.wrongs, []);
  for (const [what, wrong, act] of [
    ['another host', /^CSP: connect-src http:\/\/127\.0\.0\.2/, () => fetch('http://127.0.0.2:9/')],
    ['a picture from there', /^CSP: img-src http:\/\/127\.0\.0\.2/, () => { new Image().src = 'http://127.0.0.2:9/x.png'; }],
    ['a style in the page', /^CSP: style-src.* inline/, () => document.body.append(Object.assign(document.createElement('style'), { textContent: 'p { }' }))],
    ['markup from text', /^CSP: require-trusted-types-for/, () => document.body.insertAdjacentHTML('beforeend', '<p></p>')],
    ['code from text', /^CSP: require-trusted-types-for/, () => document.body.setAttribute('onclick', 'alert(1)')],
  ]) {
    await tab.page.evaluate(act).catch(() => {});
    await until(`${what} to be noted`, () => tab.wrongs.some((line) => wrong.test(line)));
    tab.wrongs.splice(0);
  }
  await tab.leave();
});

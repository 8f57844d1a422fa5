// How the client comes to the browser: what the first visit costs, what a repeat costs, without a network, after an upgrade.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { join, www } from '../www/joined.js';
import { closeBrowser, name, pair, person, Quick, until, url } from './people.js';

after(async () => {
  await closeBrowser();
  join(www, site);
});

const site = process.env.MAGPIE_SITE;
const sources = fileURLToPath(www);
const versionOf = () => JSON.parse(readFileSync(`${site}/version.json`, 'utf8')).version;

/** Installs another version, in which the list may be called otherwise. @returns {string} its number */
function upgrade(title = 'Conversations') {
  const copy = mkdtempSync(path(tmpdir(), 'magpie-www-'));
  try {
    cpSync(sources, copy, { recursive: true });
    const texts = path(copy, 'js/lang/en.js');
    writeFileSync(texts, readFileSync(texts, 'utf8').replace(/'list\.title': '[^']*'/, `'list.title': '${title}'`));
    appendFileSync(path(copy, 'app.css'), `/* ${Date.now()} */\n`);
    return join(copy, site).version;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Notes what goes over the wire from now on: [{ path, bytes }], in the order in which it was asked for. */
async function wire(tab, conditions) {
  const cdp = await tab.context.newCDPSession(tab.page);
  await cdp.send('Network.enable');
  const all = new Map();
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith(url)) all.set(requestId, { path: request.url.slice(url.length), bytes: 0 });
  });
  cdp.on('Network.requestServedFromCache', ({ requestId }) => all.delete(requestId));
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromServiceWorker || response.fromDiskCache) all.delete(requestId);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const one = all.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  if (conditions) await cdp.send('Network.emulateNetworkConditions', { offline: false, ...conditions });
  return {
    all: () => [...all.values()],
    bytes: () => [...all.values()].reduce((sum, one) => sum + one.bytes, 0),
    async clear() {
      await cdp.send('Network.clearBrowserCache');
      all.clear();
    },
  };
}

/** Keeps requests of a page back. @param {string} pattern */
async function keepBack(tab, pattern) {
  const cdp = await tab.context.newCDPSession(tab.page);
  const waiting = [];
  cdp.on('Fetch.requestPaused', ({ requestId, request }) => waiting.push({ id: requestId, path: request.url.slice(url.length) }));
  await cdp.send('Fetch.enable', { patterns: [{ urlPattern: url + pattern }] });
  return {
    paths: () => waiting.map((one) => one.path),
    async release() {
      await cdp.send('Fetch.disable');
      await cdp.detach();
    },
  };
}

/** In the list, whatever that is called. */
const friend = (tab) => tab.page.getByRole('navigation').getByRole('link', { name: 'Kim Lindqvist' });

/** Somebody who is logged in and has a friend, with a page that is empty. */
async function visitor(options) {
  const kim = await Quick.make(name('kim'), 'Kim Lindqvist');
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  await kim.befriend(alex);
  await kim.say('single', alex.id, 'good morning');
  const tab = await person(options);
  await tab.page.goto(`${url}/`);
  await tab.logIn(alex.username);
  await friend(tab).waitFor();
  return { tab, kim, alex };
}

async function away(tab) {
  await tab.page.goto('about:blank');
}

async function home(tab) {
  const start = Date.now();
  await tab.page.goto(`${url}/`);
  await friend(tab).waitFor();
  return Date.now() - start;
}

const SLOW = { latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };       // ms, bytes a second

/** How long it takes to transfer these over the slow line, in ms. */
const transferred = (list) => Math.round(list.reduce((sum, one) => sum + one.bytes, 0) / SLOW.downloadThroughput * 1000);

const isPoll = (one) => one.path.startsWith('/api/receive');
const count = (list) => list.map((one) => `${one.path.replace(/\?.*/, '')} ${one.bytes}`).join('\n');

test('38: the first visit asks for five things before it polls, in less than 60 kB', async (t) => {
  const { tab } = await visitor();
  const seen = await wire(tab);
  await away(tab);
  await seen.clear();
  await home(tab);
  await until('the first poll', () => seen.all().some(isPoll));
  await until('what comes after it', () => seen.all().some((one) => one.path === '/version.json' && one.bytes > 0));
  await until('all but the poll has come', () => seen.all().every((one) => isPoll(one) || one.bytes > 0));
  const before = seen.all().slice(0, seen.all().findIndex(isPoll));
  assert.ok(before.length < 6, count(before));
  const bytes = before.reduce((sum, one) => sum + one.bytes, 0);
  assert.ok(bytes < 60_000, count(before));
  t.diagnostic(`measured: first visit: ${before.length} requests and ${bytes} bytes before the poll, ${seen.all().length} and ${seen.bytes()} in all`);
  await tab.leave();
});

test('38: where no shell is kept, a repeat visit asks for the page alone, and a slow line is measured', async (t) => {
  const { tab } = await visitor();
  const seen = await wire(tab, SLOW);
  await away(tab);
  await seen.clear();
  let first = 0;
  await settled(tab, async () => { first = await home(tab); });
  await away(tab);
  const old = seen.all().length;
  const had = new Set(seen.all().filter((one) => one.bytes > 0).map((one) => one.path));
  const again = await home(tab);
  await until('the next poll', () => seen.all().slice(old).some(isPoll));
  await until('all but the poll has come', () => seen.all().slice(old).every((one) => isPoll(one) || one.bytes > 0));
  const files = seen.all().slice(old).filter((one) => had.has(one.path) && !one.path.startsWith('/api/') && one.path !== '/version.json');
  assert.deepEqual(files.map((one) => one.path), ['/']);
  t.diagnostic(`measured: at 400 ms and 400 kbit/s the list stands after ${first} ms, at the next visit after ${again} ms`);
  await tab.leave();
});

test('38: where the shell is kept, the list stands after one trip to the server: within 1 s at 400 ms and 400 kbit/s', async (t) => {
  const { tab } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  const quick = await home(tab);
  await away(tab);
  const seen = await wire(tab, SLOW);
  const took = await home(tab);
  await until('the poll', () => seen.all().some(isPoll));
  const before = seen.all().slice(0, seen.all().findIndex(isPoll));
  assert.deepEqual(before.map((one) => one.path).sort(), ['/api/queues', '/version.json'], 'the one request beside the interface’s');
  await away(tab);
  const back = await keepBack(tab, '/*');                    // neither waits for the other's answer
  const coming = home(tab);
  await until('both', () => back.paths().sort().join() === '/api/queues,/version.json');
  await back.release();
  await coming;
  const computed = SLOW.latency + transferred(before);
  assert.ok(computed < 1000, `${computed} ms: ${count(before)}`);
  const others = `on a quick line after ${quick} ms; by count after ${computed} ms`;
  t.diagnostic(`measured: with the shell kept, the list stands after ${took} ms at 400 ms and 400 kbit/s, ${others}`);
  await tab.leave();
});

test('38: a stranger can write in the form within 1 s at 400 ms and 400 kbit/s, after two trips to the server', async (t) => {
  const tab = await person();
  const seen = await wire(tab, SLOW);
  await tab.page.goto(`${url}/`, { waitUntil: 'commit' });
  const painted = await until('the form', () => tab.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime));
  assert.equal(await tab.page.evaluate(() => document.activeElement.name), 'username', 'it has the focus');
  const files = await tab.page.evaluate(() => performance.getEntriesByType('resource').map((file) => ({
    path: new URL(file.name).pathname, startTime: file.startTime, responseEnd: file.responseEnd, isWaitedFor: file.renderBlockingStatus === 'blocking',
  })));
  const needed = files.filter((file) => file.isWaitedFor);
  assert.deepEqual(needed.map((file) => file.path), ['js/early.js', 'front.css'].map((file) => `/v/${versionOf()}/${file}`));
  const end = Math.max(...needed.map((file) => file.responseEnd));
  for (const file of files) if (!file.isWaitedFor) assert.ok(file.startTime >= end, `${file.path} takes some of the line`);
  const before = seen.all().filter((one) => one.path === '/' || needed.some((file) => file.path === one.path));
  const computed = 2 * SLOW.latency + transferred(before);
  assert.ok(before.length === 3 && computed < 1000, `${computed} ms: ${count(before)}`);
  t.diagnostic(`measured: a stranger can write after ${Math.round(painted)} ms at 400 ms and 400 kbit/s; without the processor's part after ${computed} ms`);
  await tab.leave();
});

/** A stranger's page in which the app is still on its way. */
async function early(options) {
  const tab = await person(options);
  const app = await keepBack(tab, '/v/*/js/first.js');
  await tab.page.goto(`${url}/`);
  await until('the app is on its way', () => app.paths().length > 0);
  return { tab, come: () => app.release() };
}

const isThere = (tab) => tab.page.locator('magpie-auth:not([data-early])').waitFor();

test('38: the app takes the form over with what is being written in it', async () => {
  const { tab, come } = await early({ locale: 'zh-CN' });
  assert.equal(await tab.page.getByRole('heading').innerText(), '欢迎回来');
  await tab.page.keyboard.type('alx');
  await tab.page.keyboard.press('ArrowLeft');
  const ime = await tab.context.newCDPSession(tab.page);
  await ime.send('Input.imeSetComposition', { text: 'e', selectionStart: 1, selectionEnd: 1 });
  await come();
  await isThere(tab);
  await ime.send('Input.imeSetComposition', { text: 'ee', selectionStart: 2, selectionEnd: 2 });
  await ime.send('Input.insertText', { text: 'e' });
  await tab.page.keyboard.type('-');
  assert.equal(await tab.page.locator('[autocomplete="username"]').inputValue(), 'ale-x');
  await tab.page.keyboard.press('Enter');
  await tab.page.getByRole('alert').getByText('请填写此项。').waitFor();
  assert.equal(await tab.page.evaluate(() => document.activeElement.autocomplete), 'current-password');
  await tab.page.getByRole('button', { name: 'English' }).click();
  await tab.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  assert.equal(await tab.page.getByRole('alert').count(), 0, 'nothing is said in the language of before');
  assert.equal(await tab.page.locator('[aria-invalid]').count(), 0);
  await tab.leave();
});

test('38: what is sent or clicked before the app is there is done when it is', async () => {
  const { username } = await Quick.make(name('alex'), 'Alex Morgan');
  const { tab, come } = await early();
  const seen = await wire(tab);
  await tab.logIn(username);
  await tab.page.locator('button[aria-busy]').waitFor();
  assert.deepEqual([tab.page.url(), seen.all().length], [`${url}/`, 0], 'nothing goes out, nothing is in the address');
  await come();
  await tab.page.getByRole('heading', { name: 'Hello, Alex Morgan' }).waitFor();
  await tab.leave();

  const another = await early();
  await another.tab.page.getByLabel('User name').fill('kim');
  await another.tab.page.keyboard.press('Enter');            // what was clicked last is meant
  await another.tab.page.getByRole('button', { name: 'Create account' }).click();
  await another.tab.page.getByLabel('Password').fill('correct');       // and what is written meanwhile goes along
  await another.come();
  await another.tab.page.getByRole('heading', { name: 'Create your account' }).waitFor();
  await another.tab.page.keyboard.type(' horse');
  assert.equal(await another.tab.page.getByLabel('User name').inputValue(), 'kim');
  assert.equal(await another.tab.page.getByLabel('Password').inputValue(), 'correct horse');
  await another.tab.leave();
});

test('38: what was sent before the app is there, and then written on, waits for another Enter', async () => {
  const { username } = await Quick.make(name('alex'), 'Alex Morgan');
  const { tab, come } = await early();
  await tab.logIn(username.slice(0, -2));
  const busy = tab.page.getByRole('button', { name: 'Log in' }).and(tab.page.locator('[aria-busy="true"]'));
  await busy.waitFor();
  assert.notEqual(await busy.evaluate((node) => getComputedStyle(node).opacity), '1', 'it shows');
  await tab.page.getByLabel('User name').press('End');
  await tab.page.keyboard.type(username.slice(-2, -1));
  await busy.waitFor({ state: 'detached' });
  const seen = await wire(tab);
  await come();
  await isThere(tab);
  await tab.page.getByLabel('User name').press('End');
  await tab.page.keyboard.type(username.slice(-1));
  await tab.page.keyboard.press('Enter');
  await tab.page.getByRole('heading', { name: 'Hello, Alex Morgan' }).waitFor();
  assert.equal(seen.all().filter((one) => one.path === '/api/login').length, 1, 'nothing half written went out');
  await tab.leave();
});

test('38: what could not be had behind the form is asked for again', async () => {
  const tab = await person();
  const asked = [];
  for (const [file, fails] of [['rest.css', 1], ['js/first.js', 2]]) {
    await tab.page.route(`**/${file}`, (route) => {
      const as = `${file} ${route.request().resourceType()}`;
      asked.push(as);
      return asked.filter((one) => one === as).length > fails || as.endsWith('script') ? route.continue() : route.abort();
    });
  }
  await tab.page.goto(`${url}/`);
  await isThere(tab);
  assert.equal(await tab.page.locator('link[href$="rest.css"]').count(), 1);
  // As a module only once it has come: most browsers keep it for the life of a page that a module couldn't be had.
  assert.deepEqual(asked.sort(), ['js/first.js fetch', 'js/first.js fetch', 'js/first.js fetch', 'js/first.js script', 'rest.css stylesheet', 'rest.css stylesheet']);
  await tab.leave();
});

test('38: whoever is logged in never sees the form, and with nothing but the page no password gets into the address', async () => {
  const { alex, tab } = await pair();
  await tab.page.route('**/js/first.js', () => {});
  await tab.page.goto(`${url}/`, { waitUntil: 'commit' });
  await until('the page', () => tab.page.evaluate(() => document.styleSheets.length > 0 && !!document.querySelector('.languages')));
  assert.equal(await tab.page.locator('magpie-auth').isVisible(), false);
  await tab.context.clearCookies();
  await tab.page.route('**/js/early.js', (route) => route.abort());
  await tab.page.goto(`${url}/`);
  const sent = tab.page.waitForRequest((request) => request.isNavigationRequest());
  await tab.logIn(alex.username);
  assert.deepEqual([(await sent).method(), (await sent).url()], ['POST', `${url}/`]);
  await tab.leave();
});

test('38: all but the page is kept for good, the page is asked for each time', async () => {
  const cache = async (at) => (await fetch(url + at)).headers.get('Cache-Control');
  const home = `/v/${versionOf()}/`;
  for (const at of ['js/first.js', 'js/elements/finder.js', 'app.css', 'favicon.svg', 'icon-192.png', 'manifest.webmanifest'])
    assert.equal(await cache(home + at), 'public, max-age=31536000, immutable', at);
  for (const at of ['/', '/index.html', '/front.html', '/sw.js', '/version.json']) assert.equal(await cache(at), 'no-cache', at);
  const missing = await fetch(`${url}/v/0123456789ab/app.css`);
  assert.deepEqual([missing.status, missing.headers.get('Cache-Control')], [404, 'no-store']);
});

test('the sources work as they are', async () => {
  const { alex } = await visitor().then(async (v) => { await v.tab.leave(); return v; });
  const tab = await person();
  const policy = (await fetch(`${url}/`)).headers.get('Content-Security-Policy');
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', webmanifest: 'application/manifest+json' };
  await tab.page.route((at) => !at.pathname.startsWith('/api/'), (route) => {
    const file = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    route.fulfill({ path: sources + file, contentType: types[file.split('.').at(-1)], headers: { 'Content-Security-Policy': policy } });
  });
  await tab.page.goto(`${url}/`);
  await tab.logIn(alex.username);
  await tab.open('Kim Lindqvist');
  await tab.hears('good morning');
  await tab.page.keyboard.press('Control+k');
  await tab.page.getByRole('combobox').waitFor();
  assert.equal(await tab.page.evaluate(() => performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/main.js')).length), 1);
  await tab.leave();
});

/** Until all has come that a page asks for after its first poll. @param {() => Promise<any>} load */
async function settled(tab, load) {
  const last = tab.page.waitForResponse((response) => response.url().endsWith('/version.json'));
  await load();
  await last;
}

/** Until the service worker has what it needs. */
async function kept(tab, version = versionOf()) {
  await until('the shell is kept', () => tab.page.evaluate(async (own) => {
    const { active } = (await navigator.serviceWorker.getRegistration()) ?? {};
    return active?.state === 'activated' && (await caches.keys()).join() === `magpie-${own}` && !!(await caches.match('/'));
  }, version));
}

test('26: without a network the page opens, says that it is offline, and catches up', async () => {
  const { tab, kim, alex } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  await tab.context.setOffline(true);
  await tab.page.reload();
  await tab.page.getByText(/^Offline|^Trying/).first().waitFor();
  assert.equal(await tab.page.getByLabel('Password').count(), 0, 'it is not shown as logged out');
  assert.equal(await tab.page.locator('.mark').first().isVisible(), true);
  await kim.say('single', alex.id, 'while you were out');
  await tab.context.setOffline(false);
  await tab.list.getByText('while you were out').waitFor();
  await tab.page.getByText(/^Offline|^Trying/).first().waitFor({ state: 'hidden' });
  await tab.leave();
});

test('the service worker leaves the interface alone', async () => {
  const { tab } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  await home(tab);
  const paths = await tab.page.evaluate(async () => {
    const all = [];
    for (const key of await caches.keys()) for (const request of await (await caches.open(key)).keys()) all.push(new URL(request.url).pathname);
    return all;
  });
  assert.ok(paths.includes('/') && paths.every((at) => at === '/' || at.startsWith(`/v/${versionOf()}/`)), paths.join());
  await tab.leave();
});

test('27: after an upgrade a page offers a reload and goes on; the next load is the new one, also without a network', async () => {
  const { tab, kim, alex } = await visitor({ serviceWorkers: 'allow' });
  const old = versionOf();
  await kept(tab);
  const next = upgrade('Chats now');
  assert.notEqual(next, old);
  await tab.context.setOffline(true);                        // as its nginx is started anew
  await tab.page.getByText(/^Offline|^Trying/).first().waitFor();
  await tab.context.setOffline(false);
  const offer = tab.page.locator('.offer');
  await offer.getByText('A new version is there.').waitFor();
  await tab.open('Kim Lindqvist');
  await tab.box.fill('half a sentence');
  const second = await tab.context.newPage();
  await until('the new one', async () => {                   // any load is that, if the server answers soon enough
    await second.goto(`${url}/`);
    return /^Chats/.test(await second.getByRole('navigation', { name: /^(Conversations|Chats now)$/ }).getAttribute('aria-label'));
  });
  await kept(tab, next);
  await second.close();
  await tab.page.keyboard.press('Control+k');                // a part of the former one: still served
  await tab.page.getByRole('combobox').waitFor();
  await tab.page.keyboard.press('Escape');
  await offer.getByRole('button', { name: 'Reload' }).click();
  await tab.page.getByRole('navigation', { name: 'Chats now' }).waitFor();
  assert.equal(await tab.box.inputValue(), 'half a sentence');
  await tab.context.setOffline(true);
  await tab.page.reload();
  await tab.page.getByText(/^Offline|^Trying/).first().waitFor();
  assert.ok((await tab.page.locator('script').first().getAttribute('src')).startsWith(`/v/${next}/`), 'nothing of the former one');
  await tab.context.setOffline(false);
  await tab.page.getByRole('navigation', { name: 'Chats now' }).waitFor();
  await kim.say('single', alex.id, 'still here');
  await tab.hears('still here');
  await tab.leave();
});

test('27: what is kept does nothing with an answer until it is known to be of now, or nothing can be known', async () => {
  const { tab } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  await away(tab);
  const silent = await keepBack(tab, '/version.json');
  await home(tab);
  await silent.release();
  await away(tab);
  const next = upgrade('Chats now');
  const seen = await wire(tab);
  const back = await keepBack(tab, '/version.json');
  await tab.page.goto(`${url}/`);
  await until('the state', () => seen.all().some((one) => one.path === '/api/queues' && one.bytes > 0));
  assert.equal(await tab.page.locator('html').getAttribute('data-kept'), '');
  assert.equal(await tab.page.locator('magpie-shell').count(), 0);
  assert.deepEqual(seen.all().map((one) => one.path).filter((at) => at.startsWith('/api/')), ['/api/queues']);
  await back.release();
  await tab.page.getByRole('navigation', { name: 'Chats now' }).waitFor();
  assert.ok((await tab.page.locator('script').first().getAttribute('src')).startsWith(`/v/${next}/`));
  await tab.leave();
});

test('27: whoever is writing who they are goes on with what was kept, and is offered the new one then', async () => {
  const { tab, alex } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  await away(tab);
  await tab.context.clearCookies();
  upgrade();
  const back = await keepBack(tab, '/version.json');
  await tab.page.goto(`${url}/`);
  await isThere(tab);
  await until('the question', () => back.paths().length > 0);
  await tab.page.getByLabel('User name').fill(alex.username);
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  const answered = tab.page.waitForResponse((response) => response.url().endsWith('/version.json'));
  await back.release();
  await answered;
  await tab.logIn(alex.username);
  await friend(tab).waitFor();
  await tab.page.locator('.offer').waitFor();
  assert.equal(await tab.page.evaluate(() => window.stillTheSame), true);
  await tab.leave();
});

test('27: a page that was of now when the form came need not be when one logs in', async () => {
  const { tab, alex } = await visitor({ serviceWorkers: 'allow' });
  await kept(tab);
  await away(tab);
  await tab.context.clearCookies();
  await settled(tab, () => tab.page.goto(`${url}/`));
  await isThere(tab);
  upgrade();
  await tab.logIn(alex.username);
  await tab.page.locator('.offer').waitFor();
  await tab.leave();
});

test('27: a part that went with its version leads to the offer, not to "cannot be reached"', async () => {
  const { tab } = await visitor();
  await settled(tab, () => tab.page.reload());
  upgrade();
  await tab.page.route('**/js/elements/magpie-settings.js', (route) => route.fulfill({ status: 404 }));
  await tab.page.goto(`${url}/#/settings`);
  await tab.page.getByRole('alert').getByText('A new version is there.').waitFor();
  assert.equal(await tab.page.getByText('cannot be reached').count(), 0);
  await tab.page.unroute('**/js/elements/magpie-settings.js');
  await tab.page.getByRole('alert').getByRole('button', { name: 'Reload' }).click();
  await tab.page.getByRole('heading', { name: 'Settings' }).waitFor();
  await tab.leave();
});

test('27: a page that nobody is at takes the new version by itself, unless something is being written', async () => {
  const { kim, alex, tab } = await pair();
  await tab.page.clock.install();
  await settled(tab, () => tab.page.reload());
  await tab.box.fill('half a sentence');
  await tab.page.evaluate(() => { window.stillTheSame = true; });
  upgrade();
  const script = () => tab.page.locator('script').first().getAttribute('src');
  const old = await script();
  await tab.page.clock.fastForward('01:00:01');
  await tab.page.locator('.offer').waitFor();
  await kim.say('single', alex.id, 'while it waits');
  await tab.hears('while it waits');
  assert.deepEqual([await script(), await tab.page.evaluate(() => window.stillTheSame)], [old, true]);
  await tab.box.fill('');
  await tab.page.clock.fastForward('00:10:01');
  await until('the new one', async () => (await script()) === `/v/${versionOf()}/js/early.js`);
  await tab.leave();
});

// The service worker: what it keeps, what it answers with, and what it leaves to the network.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { joinedSite } from './joined.js';
import { settle } from './tools.js';

const { site, version, home } = joinedSite();
const page = (text = `<html lang="en"><script src="${home}js/first.js">`, status = 200) =>
  new Response(text, { status, headers: { 'Content-Security-Policy': "default-src 'none'", 'Content-Length': String(text.length), 'Content-Encoding': 'gzip' } });

/** A browser's side of it. `net` answers what is fetched. */
function start(net = async () => page()) {
  const stores = new Map();
  const on = {};
  const world = { fetched: [], routes: [], net, isFull: false };
  const fetched = (address) => {
    world.fetched.push(address);
    return world.net(address);
  };
  const caches = {
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    async open(name) {
      if (!stores.has(name)) stores.set(name, new Map());
      const store = stores.get(name);
      return {
        match: async (address) => store.get(address)?.clone(),
        put: async (address, answer) => {
          if (world.isFull) throw new Error('no room');
          store.set(address, answer);
        },
        addAll: async (all) => { for (const address of all) store.set(address, await fetched(address)); },
      };
    },
  };
  const self = { addEventListener: (type, act) => { on[type] = act; }, skipWaiting: async () => {}, clients: { claim: async () => {} } };
  runInNewContext(readFileSync(`${site}/sw.js`, 'utf8'), {
    self, caches, fetch: fetched, URL, Response, Headers, location: { origin: 'http://test' },
  });
  const run = async (type) => {
    let work;
    on[type]({ waitUntil: (promise) => { work = promise; }, addRoutes: async (rule) => world.routes.push(rule) });
    await work;
  };
  const ask = (path, { method = 'GET', mode = 'cors' } = {}) => {
    let answer;
    on.fetch({ request: { method, mode, url: new URL(path, 'http://test').href }, respondWith: (promise) => { answer = promise; } });
    return answer;
  };
  return { stores, caches, world, run, ask, load: () => ask('/', { mode: 'navigate' }) };
}

test('keeps the shell of its own version and nothing of others', async () => {
  const { stores, run } = start();
  stores.set('magpie-0123456789ab', new Map());
  stores.set('other', new Map());
  await run('install');
  await run('activate');
  assert.deepEqual([...stores.keys()], ['other', `magpie-${version}`]);
  assert.deepEqual([...stores.get(`magpie-${version}`).keys()].sort(),
    ['/', ...['app.css', 'favicon-unread.svg', 'favicon.svg', 'js/early.js', 'js/first.js'].map((file) => home + file)]);
});

test('does not install with the page of another version, nor with the one for strangers', async () => {
  const strangers = readFileSync(`${site}/front.html`, 'utf8');
  for (const text of ['<script src="/v/0123456789ab/js/first.js">', strangers]) {
    const { run, world } = start(async () => page(text));
    await assert.rejects(run('install'));
    assert.deepEqual(world.fetched, ['/index.html'], 'nothing else is fetched');
  }
});

test('the page is kept last: where it is, all is', async () => {
  const { run, stores } = start(async (address) => {
    if (address.endsWith('.svg')) throw new Error('no network');
    return page();
  });
  await assert.rejects(run('install'));
  assert.equal(stores.get(`magpie-${version}`).has('/'), false);
});

test('the kept page comes without a word to the network, says that it was kept, and has the headers that it had', async () => {
  const { run, load, world } = start();
  await run('install');
  const before = world.fetched.length;
  const shell = await load();
  assert.equal(await shell.text(), `<html data-kept lang="en"><script src="${home}js/first.js">`);
  assert.deepEqual(Object.fromEntries(shell.headers), { 'content-security-policy': "default-src 'none'", 'content-type': 'text/plain;charset=UTF-8' },
    'but what counted the text as it came');
  assert.equal(world.fetched.length, before);
});

test('with nothing kept the page is the network’s, and kept if it is of this version', async () => {
  const { run, load, world, stores, caches } = start();
  await run('install');
  stores.clear();
  const { open } = caches;
  caches.open = async (name) => settle().then(() => open(name));       // when the page has read its answer already
  const theirs = '<html><script src="/v/0123456789ab/js/first.js">';
  for (const answer of [page(theirs), page(readFileSync(`${site}/front.html`, 'utf8')), page('an error', 500)]) {
    world.net = async () => answer.clone();
    assert.equal(await (await load()).text(), await answer.text());
    await settle();
  }
  world.net = async () => page();
  assert.doesNotMatch(await (await load()).text(), /data-kept/);
  await settle();
  world.net = async () => { throw new Error('no network'); };
  assert.match(await (await load()).text(), /data-kept/);
  stores.clear();
  await assert.rejects(load());
});

test('its own files are asked for once', async () => {
  const { run, ask, world } = start();
  await run('install');
  const before = world.fetched.length;
  for (const path of [`${home}js/first.js`, `${home}js/elements/finder.js`, `${home}js/elements/finder.js`]) assert.ok((await ask(path)).ok);
  assert.deepEqual(world.fetched.slice(before), [`${home}js/elements/finder.js`]);
});

test('where nothing can be kept, what was asked for comes all the same', async () => {
  const { run, ask, load, world, caches } = start();
  await run('install');
  world.isFull = true;
  for (let i = 0; i < 2; i++) assert.ok((await ask(`${home}js/elements/finder.js`)).ok);
  caches.open = async () => { throw new Error('not allowed'); };
  assert.ok((await ask(`${home}js/first.js`)).ok);
  assert.ok((await load()).ok);
});

test('leaves all else alone', async () => {
  const { run, ask, world } = start();
  await run('install');
  assert.deepEqual(world.routes.map((rule) => JSON.stringify(rule)), ['{"condition":{"urlPattern":"/api/*"},"source":"network"}']);
  for (const path of ['/api/me', '/version.json', '/sw.js', '/v/0123456789ab/js/first.js', 'http://elsewhere/v/']) assert.equal(ask(path), undefined, path);
  assert.equal(ask('/', { method: 'POST', mode: 'navigate' }), undefined);
});

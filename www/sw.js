// sw.js: keeps one version's shell, so that the page opens without a network. www/join fills in which version, and its files.
//
// What is kept answers at once, and the page says of itself that it was kept (`data-kept`): it then asks which version is
// current before it takes any other answer, and where that is another one it drops what is kept and is loaded anew
// (main.js). A file's address has its version, so a kept one is never out of date. A new version takes over at once; tabs
// that still run the former one get its files from the server, which keeps them for a while.

const VERSION = '';
/** @type {string[]} */
const SHELL = [];
const NAME = 'magpie-';
const FILES = `/v/${VERSION}/`;
const worker = /** @type {any} */ (self);

/** Whoever isn't logged in gets another page for '/' (www/join); what is kept is the one with the app in it. */
async function install() {
  const cache = await caches.open(NAME + VERSION);
  const shell = await toKeep(await fetch('/index.html', { cache: 'no-cache' }));
  await cache.addAll(SHELL.map((name) => FILES + name));
  await cache.put('/', shell);             // last: where it is, all is
  await worker.skipWaiting();
}

/** @param {Response} answer  the page; refused if it is another version's, or the one for strangers */
async function toKeep(answer) {
  const text = await answer.text();
  if (!text.includes(`"${FILES}js/first.js"`)) throw new Error('not the page of this version');
  const headers = new Headers(answer.headers);
  for (const name of ['Content-Length', 'Content-Encoding']) headers.delete(name);       // of the text as it came
  return new Response(text.replace('<html', '<html data-kept'), { headers });
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== NAME + VERSION);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Where nothing can be kept (no room, or the browser doesn't let us), the network is all there is. @template T
 * @param {(cache: Cache) => Promise<T>} act @returns {Promise<T | undefined>} */
async function here(act) {
  return caches.open(NAME + VERSION).then(act).catch(() => undefined);
}

/** @param {string} address */
const kept = (address) => here((cache) => cache.match(address));

async function page() {
  const shell = await kept('/');
  if (shell) return shell;
  const answer = await fetch('/', { cache: 'no-cache' });
  if (answer.ok) {
    const copy = answer.clone();          // now: soon it is being read
    here(async (cache) => cache.put('/', await toKeep(copy)));
  }
  return answer;
}

/** What isn't of the shell is kept once it was asked for. @param {string} address */
async function file(address) {
  const known = await kept(address);
  if (known) return known;
  const answer = await fetch(address);
  if (answer.ok) await here((cache) => cache.put(address, answer.clone()));
  return answer;
}

worker.addEventListener('install', (/** @type {any} */ event) => {
  // Where the browser can be told, it doesn't even ask here for what is the server's alone.
  event.addRoutes?.({ condition: { urlPattern: '/api/*' }, source: 'network' }).catch(() => {});
  event.waitUntil(install());
});
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === '/') event.respondWith(page());
  else if (pathname.startsWith(FILES)) event.respondWith(file(pathname));
});

// main.js: puts the page together: session or login, places and their addresses, title, waking up.

import { Api } from './api.js';
import { MagpieShell } from './elements/magpie-shell.js';
import { MagpieStatus } from './elements/magpie-status.js';
import { mark } from './elements/mark.js';
import { guardLines } from './guard.js';
import { h } from './html.js';
import { choose, setLanguage, t } from './i18n.js';
import { later } from './lazy.js';
import { Places } from './places.js';
import { Prefs } from './prefs.js';
import { Session } from './session.js';
import { fileAt, isFilling, loadAnew, mend, persist, VERSION } from './site.js';
import { uuid } from './uuid.js';
import { shelf } from './shelf.js';

const clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => window.setTimeout(act, ms),
  clearTimeout: (/** @type {number} */ timer) => window.clearTimeout(timer),
};
const channel = (/** @type {string} */ name) => new BroadcastChannel(name);
const prefs = new Prefs(shelf);
const api = new Api({
  fetch: window.fetch.bind(window), readCookies: () => document.cookie, isSecure: location.protocol === 'https:', clock,
});
const places = new Places(window);
const page = document.body;
const door = /** @type {import('./elements/magpie-auth.js').MagpieAuth} */ (page.querySelector('magpie-auth'));
const late = () => import('./late.js');
const world = { clock, mend: () => mend(api) };
const CURRENT_WITHIN = 2000;             // milliseconds
let isCurrent = false;                   // this page, as was just asked
let asked = 0;
let ended = '';                          // the name of the session that this page had
/** @type {Session | null} */
let session = null;
/** @type {MagpieShell | null} */
let shell = null;
/** @type {Promise<import('./upgrade.js').Upgrade | null> | null} */
let settled = null;
/** @type {Session | null} */
let followed = null;

/** What is there already stays as it is, since somebody may be writing in it. @param {Element} node */
function showOnly(node) {
  for (const old of [...page.children]) if (old !== node && !old.matches('.offer')) old.remove();
  if (!node.isConnected) page.prepend(node);
}

function applyTheme() {
  const theme = prefs.get('theme');
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function applyPrefs() {
  applyTheme();
  const language = choose(prefs.get('language'), navigator.languages);
  setLanguage(language);
  document.documentElement.lang = language;
}

/** Ends the session, hides what was its, and fetches what takes its place; null where something else has taken it meanwhile.
 * @template M @param {() => Promise<M>} load @returns {Promise<M | null>} */
function instead(load) {
  const hadShell = shell !== null;
  endSession();
  ended = api.sessionName;
  if (hadShell) showOnly(splash());
  const mine = ++asked;
  return persist(load, () => !session && asked === mine, world);
}

/** The form is there; what makes it work is fetched when it is needed. @param {string} notice  the key of a text, or '' */
async function logIn(notice) {
  if (!await instead(() => import('./elements/magpie-auth.js'))) return;
  delete document.documentElement.dataset.session;
  showOnly(door);
  door.ask({ api }, notice);
}

function endSession() {
  session?.end();
  session = null;
  shell = null;
  showUnread();
}

function begin() {
  endSession();
  const mine = new Session({ api, prefs, shelf, clock, random: Math.random, uuid, locks: navigator.locks, channel, page: window });
  session = mine;
  isCurrent = false;
  mine.addEventListener('ready', () => session === mine && showShell());
  mine.addEventListener('unread', showUnread);
  mine.addEventListener('current', () => session === mine && settle(mine));
  showOnly(splash(mine));
  mine.start();
}

/** What can wait until the poll is on its way. @param {Session} mine */
async function settle(mine) {
  if (followed === mine) return;
  followed = mine;
  showUnread();
  startLate(mine);
  settled ??= import('./after.js').then((after) => after.settle({ api, clock }, isCurrent));
  const upgrade = await settled.catch(() => { settled = followed = null; });
  upgrade?.follow(mine);
}

/** What sw.js had kept may be of before an upgrade. Until it is known which version is the server's, nothing is done with any
 * other answer; where that can't be had soon, or somebody is writing who they are, this one must do. */
async function findWhetherCurrent() {
  const answer = await api.get('/version.json', { within_ms: CURRENT_WITHIN }).catch(() => null);
  isCurrent = answer?.version === VERSION;
  if (!answer?.version || isCurrent || isFilling()) return;
  const isGoing = await loadAnew().then(() => true, () => false);
  if (isGoing) await new Promise(() => {});
}

/** Before the first state; says so if that can't be had. @param {Session} [mine] */
function splash(mine) {
  const status = mine && new MagpieStatus();
  if (status) status.app = /** @type {any} */ (mine);
  return h('div', { class: 'splash' }, mark(), h('p', { class: 'waits', role: 'status', text: t('app.loading') }), status);
}

function showShell() {
  shell = new MagpieShell();
  shell.app = /** @type {any} */ (session);
  showOnly(shell);
  shell.show(places.here);
  showUnread();
}

/** Notices, sounds, printing. @param {Session} mine */
async function startLate(mine) {
  const module = await persist(late, () => session === mine, world);
  module?.startLate(mine, places);
}

function showUnread() {
  const unread = session?.store.unread ?? 0;
  const title = shell?.title ? `${shell.title} – Magpie` : 'Magpie';
  document.title = unread > 0 ? t('app.title-unread', { unread: unread > 99 ? '99+' : unread, title }) : title;
  const icon = document.querySelector('link[rel="icon"]');
  const href = fileAt(unread > 0 ? 'favicon-unread.svg' : 'favicon.svg');
  if (icon && icon.getAttribute('href') !== href && (settled || !api.hasToken)) icon.setAttribute('href', href);
}

/** @param {Event} event */
function loggedOut(event) {
  places.go({ page: 'list' }, true);
  api.forget();
  logIn(/** @type {any} */ (event).detail?.notice ?? '');
}

/** @param {{ name: string }} user */
async function showSwitched(user) {
  const module = await instead(() => later(() => import('./elements/switched.js')));
  if (module) showOnly(module.switched(user, () => {
    api.forget();
    begin();
  }));
}

api.addEventListener('signed-out', () => {
  if (!session) return;
  const wasIn = session.store.ready;
  api.forget();
  logIn(wasIn ? 'auth.signed-out' : 'auth.needed');
});
api.addEventListener('switched', (event) => showSwitched(/** @type {any} */ (event).detail.user));
places.addEventListener('change', () => {
  shell?.show(places.here);
  showUnread();
});
page.addEventListener('titled', showUnread);
guardLines(document);
page.addEventListener('signed-in', begin);
page.addEventListener('logged-out', loggedOut);
page.addEventListener('try-now', () => session?.receiver.wake());
page.addEventListener('read', (event) => {
  const { key, seq } = /** @type {any} */ (event).detail;
  session?.read(key, seq);
});
page.addEventListener('go', (event) => {
  const { route, replace } = /** @type {any} */ (event).detail;
  places.go(route, replace);
});
page.addEventListener('prefer', (event) => {
  const { name, value } = /** @type {any} */ (event).detail;
  prefs.set(name, value);
  applyPrefs();
  if (name !== 'language') return;
  if (session) showShell();
  else document.dispatchEvent(new CustomEvent('language'));
});

/** A file that falls on the page would take its place. @param {DragEvent} event */
function refuseFile(event) {
  const isInput = event.target instanceof Element && event.target.matches('input[type="file"]');
  if (!event.dataTransfer?.types.includes('Files') || isInput) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'none';
}
for (const type of /** @type {const} */ (['dragover', 'drop'])) window.addEventListener(type, refuseFile);

/** Back from sleep, from another page, or with the network again: ask at once. */
function wake() {
  if (document.visibilityState !== 'visible') return;
  if (session) return session.receiver.wakeIfStale();
  if ([ended, ''].includes(api.sessionName)) return;
  api.forget();                          // somebody has logged in in another tab
  begin();
}
window.addEventListener('storage', (change) => {
  applyTheme();                          // another language waits for a reload: somebody may be writing here
  session?.shelfChanged(change);
});
for (const change of ['online', 'offline']) window.addEventListener(change, () => session?.receiver.wake());
window.addEventListener('pageshow', (event) => event.persisted && session?.receiver.wake());
for (const change of ['visibilitychange', 'resume']) document.addEventListener(change, wake);
window.addEventListener('focus', wake);

/** Where an on-screen keyboard lies over the page instead of shrinking it, the page shrinks itself. */
window.visualViewport?.addEventListener('resize', () => {
  const { height, scale } = /** @type {VisualViewport} */ (window.visualViewport);
  if (scale === 1) document.documentElement.style.setProperty('--height', `${height}px`);
});

applyPrefs();
if ('kept' in document.documentElement.dataset) api.hold(findWhetherCurrent());
if (api.hasToken) begin();
else logIn(places.isDeep ? 'auth.needed' : '');

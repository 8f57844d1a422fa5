// people.js: people with a browser each, and quick ones without. A person notes what a page must never do.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The packages lie outside the sources, where MAGPIE_NODE_MODULES_DIR says.
const modules = process.env.MAGPIE_NODE_MODULES_DIR ?? new URL('../../var/node/node_modules', import.meta.url).pathname;
export const require = createRequire(join(modules, 'x.js'));
const { chromium } = require('playwright-core');

export const url = process.env.MAGPIE_URL ?? 'http://127.0.0.1:8080';
export const password = 'correct horse battery';
const shots = process.env.MAGPIE_SHOTS;
const executablePath = process.env.MAGPIE_CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const WITHIN = 15_000;
export const SOON = 3000;                // a second for a change to be in all tabs, the rest for a busy machine

/** @type {Promise<import('playwright-core').Browser> | undefined} */
let browser;
let made = 0;
const run = Math.floor(Date.now() / 100);   // digits: no name holds the letters that somebody looks for

export const name = (stem) => `${stem}-${run}-${process.pid}-${++made}`;

export async function closeBrowser() {
  await (await browser)?.close();
}

/** Waits until something holds, and says what it was if it never does. */
export async function until(what, check, within = WITHIN) {
  const end = Date.now() + within;
  for (let last; ;) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${what} (${last})`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A new person's empty browser. Without a service worker, since routes don't see what it asks for. */
export async function person(options = {}) {
  browser ??= chromium.launch({ executablePath, args });
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', serviceWorkers: 'block', ...options });
  context.setDefaultTimeout(WITHIN);
  const wrongs = [];
  await watch(context, wrongs);
  const page = await context.newPage();
  return new Person(context, page, wrongs);
}

/** Notes requests to other hosts, violations of the Content-Security-Policy, dialogs, errors and parts that have failed. */
async function watch(context, wrongs) {
  await context.exposeBinding('noteViolation', (_, text) => wrongs.push(`CSP: ${text}`));
  await context.addInitScript(() => addEventListener('securitypolicyviolation',
    (e) => window.noteViolation(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)));
  context.on('request', (request) => {
    const address = new URL(request.url());
    const isOwn = address.origin === new URL(url).origin || address.protocol === 'data:' || address.protocol === 'blob:';
    if (!isOwn) wrongs.push(`request to ${address.href}`);
  });
  context.on('page', (page) => {
    page.on('pageerror', (error) => wrongs.push(`error: ${error.stack}`));
    page.on('console', (message) => / has failed:/.test(message.text()) && wrongs.push(message.text()));
    page.on('dialog', (dialog) => { wrongs.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  });
}

export class Person {
  constructor(context, page, wrongs) {
    Object.assign(this, { context, page, wrongs });
    this.box = page.getByRole('textbox', { name: /^Message to/ });
    this.log = page.getByRole('log');
    this.list = page.getByRole('navigation', { name: 'Conversations' });
  }

  async signUp(username, displayName) {
    const { page } = this;
    await page.goto(`${url}/`);
    await page.getByRole('button', { name: 'Create account' }).click();
    await signingUp(page);
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Name', { exact: true }).fill(displayName);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: `Hello, ${displayName}` }).waitFor();
    this.username = username;
    this.name = displayName;
    return this;
  }

  /** Fills the login form that is shown. */
  async logIn(username) {
    await this.page.getByLabel(/User name|用户名/).fill(username);
    await this.page.getByLabel(/Password|密码/).fill(password);
    await this.page.keyboard.press('Enter');
    this.username = username;
  }

  async open(displayName) {
    await this.list.getByRole('link', { name: displayName }).click();
    await this.log.waitFor();
  }

  async say(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** The texts in the open conversation, oldest first. */
  texts() {
    return this.log.locator('.text').allTextContents();
  }

  async hears(text) {
    await this.log.locator('.text', { hasText: text }).first().waitFor();
  }

  async shot(file) {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${file}.png`) });
  }

  /** Leaves; nothing may have gone wrong. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.wrongs, []);
  }
}

/** Until the form for an account is there: it has fields of the same names as the one to log in. */
export const signingUp = (page) => page.getByRole('heading', { name: 'Create your account' }).waitFor();

/** A person without a browser, for what only has to be there. */
export class Quick {
  #cookies = new Map();
  #token = '';

  /** @param {object | Buffer} [body]  a picture, if bytes */
  async call(method, path, body, signal) {
    const response = await fetch(url + path, {
      method, signal, body: Buffer.isBuffer(body) ? body : body && JSON.stringify(body),
      headers: {
        ...(body ? { 'Content-Type': Buffer.isBuffer(body) ? 'image/webp' : 'application/json' } : {}), 'X-CSRFToken': this.#token,
        Cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
      },
    });
    const text = await response.text();
    for (const line of response.headers.get('set-cookie')?.split(/,\s*(?=[^ =;]+=)/) ?? []) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(key, value);
    }
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  static async make(username, displayName) {
    const quick = new Quick();
    const { user, csrf_token } = await quick.call('POST', '/api/register', { username, name: displayName, password });
    quick.#token = csrf_token;
    return Object.assign(quick, { id: user.id, username, name: displayName });
  }

  async befriend(other) {
    await this.call('POST', '/api/friend-requests', { username: other.username });
    const { incoming } = await other.call('GET', '/api/friend-requests');
    const { id } = incoming.find((request) => request.user.id === this.id);
    await other.call('POST', `/api/friend-requests/${id}/accept`, {});
  }

  say(type, to, msg) {
    return this.call('POST', '/api/send', { contact_type: type, to, msg, client_id: randomUUID() });
  }
}

/** Says many things, as fast as the server lets one. */
async function sayAll(quick, to, texts) {
  for (const text of texts)
    await until('one more to be let through', () => quick.say('single', to, text).catch((problem) => {
      if (!problem.message.includes(': 429 ')) throw problem;
    }));
}

/** Two friends: one quick, the other's browser open at their conversation. */
export async function pair(options, messages = 0, read = 0) {
  const kim = await Quick.make(name('kim'), 'Kim Lindqvist');
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  await kim.befriend(alex);
  await sayAll(kim, alex.id, Array.from({ length: messages }, (_, i) => `number ${i + 1}`));
  if (read > 0) await alex.call('POST', '/api/read', { contact_type: 'single', contact_id: kim.id, seq: read });
  const tab = await person(options);
  await tab.page.goto(`${url}/#/c/single/${kim.id}`);
  await tab.logIn(alex.username);
  await tab.log.waitFor();
  return { kim, alex, tab };
}

/** Alex, Kim and Sam, who don't know each other yet. */
export const makeThree = () => Promise.all([['alex', 'Alex Morgan'], ['kim', 'Kim Lindqvist'], ['sam', 'Sam Okafor']]
  .map(([stem, shown]) => Quick.make(name(stem), shown)));

/** The three of them, of whom Alex is the others' friend. */
export async function makeFriends() {
  const [alex, kim, sam] = await makeThree();
  for (const friend of [kim, sam]) await friend.befriend(alex);
  return { alex, kim, sam };
}

/** Whoever is logged in sees a page, which may have to be fetched. */
async function arrived(one) {
  await one.page.locator('magpie-shell').waitFor();
  await one.page.locator('magpie-shell :is(h1, [aria-level="1"])').first().waitFor({ state: 'attached' });
  return one;
}

/** Somebody's browser, at a place. */
export async function at(quick, hash, options) {
  const one = await person(options);
  await one.page.goto(`${url}/${hash}`);
  await one.logIn(quick.username);
  return arrived(one);
}

/** Another tab of somebody. */
export async function secondTab(one, hash) {
  const tab = new Person(one.context, await one.context.newPage(), one.wrongs);
  await tab.page.goto(`${url}/${hash}`);
  return arrived(tab);
}

export const dialog = (one) => one.page.getByRole('dialog');
export const button = (one, label) => one.page.getByRole('button', { name: label, exact: true });
export const soon = (locator) => locator.waitFor({ timeout: SOON });
export const gone = (locator) => locator.waitFor({ state: 'hidden', timeout: SOON });

/** What is wrong with a page: by axe, what sticks out, what is too small for a finger, what a phone would zoom. */
export async function faults(one) {
  await one.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return one.page.evaluate(async () => {
    // What is still appearing is pale.
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    const shown = (node) => node.getClientRects().length > 0 && !node.closest('.unseen');
    const box = (node) => node.getBoundingClientRect();
    const short = (what, selector, isWrong) => [...document.querySelectorAll(selector)].filter((node) => shown(node) && isWrong(node))
      .map((node) => `${what}: ${node.outerHTML.slice(0, 100)}`);
    return [...violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`),
      ...short('out', 'body *', (node) => box(node).right > innerWidth + 0.5),
      ...short('small', ':is(main, dialog, magpie-details) :is(a, button, summary, select, input:not([type=radio]), textarea, .segments span)',
        (node) => !node.closest('.announcement-text, .text') && Math.min(box(node).height, box(node).width) < 42),
      ...short('tiny', 'input:not([type=radio]), textarea, select', (node) => parseFloat(getComputedStyle(node).fontSize) < 16)];
  });
}

// user.js: one person, with browsers; and the client's own `Api` for each page of theirs.

import { Api } from '../../www/js/api.js';
import { Browser } from './browser.js';
import { clock, now } from './time.js';

/** Answers that tell of nothing wrong although they are 4xx: a queue may go, at any time. */
const HARMLESS = new Set([410]);

/** The client's Api; what comes through it is noted. */
export class WitnessApi extends Api {
  /** @param {import('../../www/js/api.js').Outside} outside @param {(answer: any) => void} witness */
  constructor(outside, witness) {
    super(outside);
    this.witness = witness;
  }

  /** The newest poll. */
  poll = '';

  /** @param {string} path @param {any} [options] */
  async get(path, options) {
    if (path.startsWith('/api/receive')) this.poll = path;
    return this.#seen(await super.get(path, options));
  }

  /** @param {string} path @param {any} [body] @param {any} [options] */
  async post(path, body, options) {
    return this.#seen(await super.post(path, body, options));
  }

  /** @param {any} answer */
  #seen(answer) {
    if (answer) this.witness(answer);
    return answer;
  }
}

export class User {
  id = 0;
  /** @type {Browser[]} */
  browsers = [];
  /** @type {Api} */
  api;

  /** @param {string} username @param {import('./world.js').World} world */
  constructor(username, world) {
    this.username = username;
    this.world = world;
    this.api = this.#join();
  }

  get credentials() {
    return { username: this.username, password: `magpie-${this.username}` };
  }

  /** Another browser, not logged in yet. */
  #join() {
    const { port, chaos } = this.world;
    const browser = new Browser(`${this.username}.${this.browsers.length + 1}`, port, chaos);
    this.browsers.push(browser);
    return this.apiOf(browser).api;
  }

  async register() {
    this.id = (await this.api.signIn('register', { ...this.credentials, name: this.username })).id;
  }

  async addBrowser() {
    await this.#join().signIn('login', this.credentials);
  }

  /** An Api for a page of a browser. `leave` breaks off what is under way.
   * @param {Browser} browser @param {{ name: string, gate: import('./gate.js').Gate }} [of]  the page */
  apiOf(browser, { name, gate } = {}) {
    const { record } = this.world;
    const page = browser.wire.page((exchange) => this.#began(exchange, name));
    const fetch = gate ? gate.around(page.fetch) : page.fetch;
    const api = new WitnessApi(
      { fetch, readCookies: browser.wire.readCookies, isSecure: false, clock: gate?.clock ?? clock },
      (answer) => {
        for (const event of answer.events ?? []) record.hear(this.id, event.message);
        for (const change of answer.changes ?? []) for (const m of change.messages) record.hear(this.id, m);
        for (const contact of answer.contacts ?? []) record.hear(this.id, contact.last_message);
        for (const message of answer.messages ?? []) record.hear(this.id, message);
      });
    return { api, leave: page.leave };
  }

  /** @param {import('./wire.js').Exchange} exchange @param {string} [page] */
  #began(exchange, page) {
    if (exchange.path !== '/api/send') {
      const begun = now();
      return () => {
        this.#look(exchange);
        this.#noteRepeat(exchange, page);
        if (page) this.world.record.asked(page, exchange, begun);
      };
    }
    const body = JSON.parse(exchange.body ?? '{}');
    const sent = this.world.record.sending(this.id, body);
    return () => {
      const one = sent(exchange);
      this.#noteRepeat(exchange, page);
      if (exchange.status && exchange.status >= 400 && exchange.status < 500)
        one.excused = this.world.excuse(this, body, one) ?? undefined;
    };
  }

  /** @param {import('./wire.js').Exchange} exchange @param {string} [page] */
  #noteRepeat({ method, path, again }, page) {
    if (again) this.world.record.note('again', { user: this.id, page, method, path: path.split('?')[0] });
  }

  /** Only a send and what changes memberships may be refused. @param {import('./wire.js').Exchange} exchange */
  #look({ method, path, status, text }) {
    if (!status || status < 400 || status >= 500 || HARMLESS.has(status) || /\/members|friend-requests/.test(path)) return;
    this.world.record.refuse(this.id, `${method} ${path.split('?')[0]}: ${status} ${text?.slice(0, 120)}`);
  }
}

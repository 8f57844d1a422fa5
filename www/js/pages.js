// pages.js: fetches pages of history: the newest when a conversation is opened, older ones on scrolling up.

const PAGE = 50;
const TRIES = 3;
const MOST = 200;                        // that the server gives at once

export class Pages {
  /** @type {Map<string, Promise<void>>} */
  #running = new Map();

  /** @param {Pick<import('./api.js').Api, 'get'>} api @param {import('./store.js').Store} store */
  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  /** @param {string} key */
  isLoading(key) {
    return this.#running.has(key);
  }

  /** The newest page, if it isn't here. Throws a Problem. @param {string} key */
  async newest(key) {
    // What the store has dropped, since it came too late, is asked for again.
    for (let tries = 0; tries < TRIES && this.store.get(key)?.loaded === false; tries++) await this.#once(key, () => this.#fetch(key, null));
  }

  /** The page before what is here. Throws a Problem. @param {string} key */
  async older(key) {
    const c = this.store.get(key);
    if (c?.loaded && c.more) await this.#once(key, () => this.#fetch(key, c.from));
  }

  /** @param {string} key @param {() => Promise<void>} fetch */
  #once(key, fetch) {
    const running = this.#running.get(key) ?? fetch().finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  /** @param {string} key @param {number | null} before */
  async #fetch(key, before) {
    const c = this.store.get(key);
    if (!c) return;
    // The first page reaches back to the first unread message, if it can.
    const limit = before === null ? Math.min(MOST, Math.max(PAGE, c.unread + 10)) : PAGE;
    const part = before === null ? '' : `&before=${before}`;
    const answer = await this.api.get(`/api/history?contact_type=${c.type}&contact_id=${c.id}&limit=${limit}${part}`);
    this.store.takePage(key, answer.messages, answer.more, before, answer.rev);
  }
}

// pages.js: fetches pages of history: the newest when a conversation is opened, older ones on scrolling up.

const PAGE = 50;
const TRIES = 3;
const MOST = 200;                        // that the server gives at once
const FAR = 100;                         // pages: whoever asks for what lies farther up is led as far

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
    for (let tries = 0; tries < TRIES && this.store.get(key)?.loaded === false; tries++) await this.#once(key, () => this.#fetch(key, null, PAGE));
  }

  /** The page before what is here. Throws a Problem. @param {string} key */
  async older(key) {
    const c = this.store.get(key);
    if (c?.loaded && c.more) await this.#once(key, () => this.#fetch(key, c.from, PAGE));
  }

  /** The pages down to a message, as long as they are wanted. Throws a Problem.
   * @param {string} key @param {number} seq @param {() => boolean} isWanted */
  async downTo(key, seq, isWanted) {
    const lacks = () => isWanted() && this.store.get(key)?.lacks(seq);
    for (let from = Infinity, left = FAR; left > 0 && lacks() && (this.store.get(key)?.from ?? 0) < from; left--) {
      from = this.store.get(key)?.from ?? 0;
      await this.#once(key, () => this.#fetch(key, from, MOST));
    }
  }

  /** @param {string} key @param {() => Promise<void>} fetch */
  #once(key, fetch) {
    const running = this.#running.get(key) ?? fetch().finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  /** @param {string} key @param {number | null} before @param {number} page  how many at least, or for an older page */
  async #fetch(key, before, page) {
    const c = this.store.get(key);
    if (!c) return;
    // The first page reaches back to the first unread message, if it can.
    const limit = before === null ? Math.min(MOST, Math.max(page, c.unread + 10)) : page;
    const part = before === null ? '' : `&before=${before}`;
    const answer = await this.api.get(`/api/history?contact_type=${c.type}&contact_id=${c.id}&limit=${limit}${part}`);
    this.store.takePage(key, answer.messages, answer.more, before, answer.rev);
  }
}

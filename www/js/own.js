// own.js: what one has decided for oneself on the server: who may find and ask one, and what others see.
//
// Event: 'change', when `settings` may be others.

import { Told } from './told.js';

/** @typedef {{ find_me: string, ask_me: string, presence: string, last_seen: string }} OwnSettings */

/** @type {{ presence: string[], last_seen: string[] }} the choices that the page offers */
export const OWN_CHOICES = { presence: ['online', 'busy', 'invisible'], last_seen: ['friends', 'nobody'] };

export class Own extends EventTarget {
  /** @type {OwnSettings | null} as the server says */
  #known = null;
  #asks = 0;                             // numbers the questions: an answer that was overtaken is dropped
  /** @type {Partial<OwnSettings>[]} chosen here, and not answered yet */
  #wishes = [];
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {import('./api.js').Api} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** What holds, or will: what is chosen here doesn't go back because something else comes meanwhile. */
  get settings() {
    return this.#known && Object.assign({}, this.#known, ...this.#wishes);
  }

  /** Busy: no sounds. Whatever makes some asks here. */
  get isQuiet() {
    return this.settings?.presence === 'busy';
  }

  /** Asks the server; without an answer it stays as it is. @returns {Promise<boolean>} there was one */
  async load() {
    const ask = ++this.#asks;
    const answer = await this.api.get('/api/settings').catch(() => null);
    if (answer && ask === this.#asks) this.take(answer.settings);
    return answer !== null;
  }

  /** One after the other: what was chosen last is what holds in the end. @param {Partial<OwnSettings>} changes */
  change(changes) {
    this.#wishes.push(changes);
    const done = this.#last.then(() => this.#keep(changes));
    this.#last = done.catch(() => {});
    return done;
  }

  /** @param {Partial<OwnSettings>} changes */
  async #keep(changes) {
    const ask = ++this.#asks;
    const { settings } = await this.api.patch('/api/settings', changes).finally(() => this.#wishes.shift()).catch((problem) => {
      this.dispatchEvent(new Told('change'));                // it goes back, wherever it shows by now
      throw problem;
    });
    if (ask === this.#asks) this.take(settings);
  }

  /** @param {OwnSettings} settings */
  take(settings) {
    this.#asks++;
    this.#known = settings;
    this.dispatchEvent(new Told('change'));
  }
}

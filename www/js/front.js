// front.js: which conversation is in front of somebody, in whichever tab of this browser. One window has the focus, so
// the tab that said so last is the one.

import { uuid } from './uuid.js';

export class Front {
  #tab = uuid();
  /** @type {string | null} */
  #here = null;
  /** @type {{ tab: string, key: string } | null} */
  #there = null;

  /** @param {import('./tabs.js').Tabs} tabs
   * @param {() => string | null} look  the conversation that this tab shows, '' for none; null: it isn't in front */
  constructor(tabs, look) {
    this.tabs = tabs;
    this.look = look;
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    this.tabs.addEventListener('told', (event) => this.#told(/** @type {import('./told.js').Told} */ (event).detail.front), { signal });
    this.tabs.tell({ front: { asks: true } });
    this.moved();
  }

  /** Another place may be in front, or none. @param {string | null} [here] */
  moved(here = this.look()) {
    if (here === this.#here) return;
    this.#here = here;
    if (here !== null) this.#there = null;
    this.#say();
  }

  /** @param {string} key */
  has(key) {
    return this.look() === key || this.#there?.key === key;
  }

  #say() {
    this.tabs.tell({ front: { tab: this.#tab, key: this.#here } });
  }

  /** @param {{ tab: string, key: string | null, asks?: boolean } | undefined} front */
  #told(front) {
    if (!front) return;
    const { tab, key, asks } = front;
    if (asks) {
      if (this.#here !== null) this.#say();
    } else if (key !== null) {
      this.#there = { tab, key };
    } else if (this.#there?.tab === tab) {
      this.#there = null;
    }
  }
}

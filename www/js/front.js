// front.js: which conversation is in front of somebody, in whichever tab of this browser. One window has the focus, so
// the tab that said so last is the one, for as long as it lives: each has a lock of its own, which is free once it is
// gone, whatever it could still say by then.

import { uuid } from './uuid.js';

const lockOf = (/** @type {string} */ tab) => `magpie-tab-${tab}`;

export class Front {
  #tab = uuid();
  /** @type {string | null} */
  #here = null;
  /** @type {{ tab: string, key: string } | null} */
  #there = null;
  #watching = new AbortController();
  #isAlive = false;                      // the lock is there for others to see

  /** @param {import('./tabs.js').Tabs} tabs
   * @param {() => string | null} look  the conversation that this tab shows, '' for none; null: it isn't in front */
  constructor(tabs, look) {
    this.tabs = tabs;
    this.look = look;
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    this.tabs.addEventListener('told', (event) => this.#told(/** @type {import('./told.js').Told} */ (event).detail.front), { signal });
    signal.addEventListener('abort', () => this.#take(null));
    this.tabs.tell({ front: { asks: true } });
    const lives = () => {
      this.#isAlive = true;
      this.moved();
      return new Promise((resolve) => { signal.addEventListener('abort', resolve); });
    };
    if (this.tabs.locks) this.tabs.locks.request(lockOf(this.#tab), { signal }, lives).catch(() => {});
    else lives();
  }

  /** Another place may be in front, or none. @param {string | null} [here] */
  moved(here = this.look()) {
    if (here === this.#here || !this.#isAlive) return;
    this.#here = here;
    if (here !== null) this.#take(null);
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
      this.#take({ tab, key });
    } else if (this.#there?.tab === tab) {
      this.#take(null);
    }
  }

  /** @param {{ tab: string, key: string } | null} there */
  #take(there) {
    const isOther = there?.tab !== this.#there?.tab;
    this.#there = there;
    if (!isOther) return;
    this.#watching.abort();
    if (there) this.#watch(there.tab);
  }

  /** Waits for a tab to be gone. @param {string} tab */
  #watch(tab) {
    const { signal } = this.#watching = new AbortController();
    this.tabs.locks?.request(lockOf(tab), { mode: 'shared', signal }, () => { this.#there = null; }).catch(() => {});
  }
}

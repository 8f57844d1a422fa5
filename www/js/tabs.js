// tabs.js: of a browser's tabs one polls for all, so that six of them don't use up HTTP/1.1's connections. Whoever has
// the lock leads, and tells the others what came; when it closes, the next has the lock at once. Where there are no
// locks (plain HTTP on another host than this) each tab leads itself.
//
// Event: 'told' (detail: the message), from another tab.

import { Told } from './told.js';

/** @typedef {{ postMessage: (message: any) => void, close: () => void, onmessage: ((event: any) => void) | null }} Channel */
/** @typedef {{ locks?: Pick<LockManager, 'request'>, channel?: (name: string) => Channel }} TabsNeeds */

export class Tabs extends EventTarget {
  /** @type {TabsNeeds} */
  #needs;
  /** @type {Channel | null} */
  #channel = null;
  #leaving = new AbortController();
  /** @type {() => void} */
  #release = () => {};
  /** @type {() => void} */
  #lead = () => {};
  leads = false;
  /** @type {Promise<void>} */
  whenLeading = new Promise((resolve) => { this.#lead = resolve; });

  /** @param {TabsNeeds} needs */
  constructor(needs) {
    super();
    this.#needs = needs;
    this.locks = needs.locks;
  }

  /** Listens to the others; once it resolves, `leads` says whether this tab is the one. @param {string} name */
  async enter(name) {
    const { locks, channel } = this.#needs;
    if (!locks || !channel) return this.#begin();
    this.#channel = channel(name);
    this.#channel.onmessage = (event) => this.dispatchEvent(new Told('told', event.data));
    await new Promise((known) => {
      locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock) this.#begin();
        else this.#queue(locks, name);
        known(undefined);
        return lock ? this.#held() : undefined;
      }).catch(() => {});
    });
  }

  /** Waits for the one that leads to go. @param {Pick<LockManager, 'request'>} locks @param {string} name */
  #queue(locks, name) {
    locks.request(name, { signal: this.#leaving.signal }, () => {
      this.#begin();
      return this.#held();
    }).catch(() => {});                                     // left before
  }

  #begin() {
    this.leads = true;
    this.#lead();
  }

  /** @returns {Promise<void>} for as long as this tab leads */
  #held() {
    if (this.#leaving.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => { this.#release = resolve; });
  }

  /** Tells all other tabs. @param {object} message */
  tell(message) {
    this.#channel?.postMessage(message);
  }

  leave() {
    this.#leaving.abort();
    this.#release();
    this.#channel?.close();
    this.#channel = null;
  }
}

// part.js: what all elements of the page share: built once, listeners that end with it, wishes that bubble. A failure in one
// shows there, and the others live.

import { lazy } from '../lazy.js';

/**
 * @typedef {object} App  what a session hands its elements
 * @property {import('../api.js').Api} api
 * @property {import('../store.js').Store} store
 * @property {import('../receive.js').Receiver} receiver
 * @property {import('../unsent.js').Unsent} unsent
 * @property {import('../drafts.js').Drafts} drafts
 * @property {import('../pages.js').Pages} pages
 * @property {import('../people.js').People} people
 * @property {import('../groups.js').Groups} groups
 * @property {import('../prefs.js').Prefs} prefs
 * @property {import('../own.js').Own} own
 */

export class Part extends HTMLElement {
  #ended = new AbortController();
  #isBuilt = false;
  #hasFailed = false;
  /** What there was when it failed. @type {Node[] | null} */
  #kept = null;
  /** @type {App} */
  app = /** @type {any} */ (null);

  connectedCallback() {
    this.#ended = new AbortController();
    if (this.#kept) this.failsIn.replaceChildren(...(this.#isBuilt ? this.#kept : []));
    this.#kept = null;
    this.#hasFailed = false;
    this.guard(() => {
      if (!this.#isBuilt) this.build();
      this.#isBuilt = true;
      this.start();
    });
  }

  disconnectedCallback() {
    this.#ended.abort();
    this.guard(() => this.stop());
  }

  /** Where a failure of it shows. @returns {Element} */
  get failsIn() {
    return this;
  }

  /** Does something of its own: where that fails, the part says so, and whoever called goes on. @param {() => any} act */
  guard(act) {
    if (this.#hasFailed) return;
    try {
      const done = act();
      if (done instanceof Promise) done.catch((problem) => this.#fail(problem));
    } catch (problem) {
      this.#fail(problem);
    }
  }

  /** Tries again, if it has failed. */
  again() {
    if (this.#hasFailed && this.isConnected) this.connectedCallback();
  }

  /** @param {unknown} problem */
  async #fail(problem) {
    if (this.#hasFailed) return;
    console.error(`${this.localName} has failed:`, problem);
    this.#hasFailed = true;
    this.#ended.abort();
    try {
      this.stop();
    } catch (another) {
      console.error(another);
    }
    const module = await lazy(() => import('./failed.js'));
    if (!module || !this.#hasFailed || this.#kept) return;
    this.#kept = [...this.failsIn.childNodes];
    this.failsIn.replaceChildren(module.failed(() => this.again()));
  }

  /** Ends when the element leaves the page. */
  get ended() {
    return this.#ended.signal;
  }

  /** Makes the nodes, once. */
  build() {}
  /** Is in the page now. */
  start() {}
  /** Has left it. */
  stop() {}

  /**
   * Listens for as long as the element is in the page.
   * @param {EventTarget} target @param {string} type @param {(event: any) => void} act @param {AddEventListenerOptions} [options]
   */
  listen(target, type, act, options) {
    target.addEventListener(type, (event) => this.guard(() => act(event)), { ...options, signal: this.#ended.signal });
  }

  /** To draw soon: many events, one drawing, if the element is in the page then. @param {() => void} draw */
  soon(draw) {
    let isScheduled = false;
    return () => {
      if (isScheduled) return;
      isScheduled = true;
      queueMicrotask(() => {
        isScheduled = false;
        if (this.isConnected) this.guard(draw);
      });
    };
  }

  /** @param {string} type @param {object} [detail] */
  wish(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}

// part.js: what all elements of the page share: built once, listeners that end with it, wishes that bubble.

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
  /** @type {App} */
  app = /** @type {any} */ (null);

  connectedCallback() {
    this.#ended = new AbortController();
    if (!this.#isBuilt) this.build();
    this.#isBuilt = true;
    this.start();
  }

  disconnectedCallback() {
    this.#ended.abort();
    this.stop();
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
    target.addEventListener(type, act, { ...options, signal: this.#ended.signal });
  }

  /** To draw soon: many events, one drawing, if the element is in the page then. @param {() => void} draw */
  soon(draw) {
    let isScheduled = false;
    return () => {
      if (isScheduled) return;
      isScheduled = true;
      queueMicrotask(() => {
        isScheduled = false;
        if (this.isConnected) draw();
      });
    };
  }

  /** @param {string} type @param {object} [detail] */
  wish(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
}

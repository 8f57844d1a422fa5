// idle.js: whether somebody is at this browser. One tab hears of what is done in the others (tabs.js), so that each of
// them knows, whichever polls.
//
// Event: 'change', when `isIdle` has changed.

import { Told } from './told.js';

export const IDLE_AFTER = 10 * 60_000;
const TELL_EVERY = 10_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'touchstart', 'wheel'];

/**
 * @typedef {object} Needs
 * @property {import('./types.js').Clock} clock
 * @property {EventTarget} [page]  where keys and pointers show
 * @property {() => void} tell  tells the other tabs that somebody is here
 */

export class Idle extends EventTarget {
  /** @type {Needs} */
  #needs;
  #last = 0;
  #told = -Infinity;
  /** @type {any} */
  #timer = null;
  #ended = new AbortController();
  isIdle = false;

  /** @param {Needs} needs */
  constructor(needs) {
    super();
    this.#needs = needs;
  }

  start() {
    const options = { signal: this.#ended.signal, passive: true, capture: true };
    for (const sign of SIGNS) this.#needs.page?.addEventListener(sign, () => this.#own(), options);
    this.#own();
  }

  stop() {
    this.#ended.abort();
    this.#needs.clock.clearTimeout(this.#timer);
  }

  /** Another tab has told that somebody is there. */
  hear() {
    if (this.#ended.signal.aborted) return;
    this.#last = this.#needs.clock.now();
    if (this.#timer === null) this.#wait(IDLE_AFTER);
    this.#say(false);
  }

  #own() {
    const now = this.#needs.clock.now();
    if (this.isIdle || now - this.#told >= TELL_EVERY) {
      this.#told = now;
      this.#needs.tell();
    }
    this.hear();
  }

  /** One timer, however often something is done: when it ends it looks whether it was long enough. @param {number} ms */
  #wait(ms) {
    this.#timer = this.#needs.clock.setTimeout(() => {
      this.#timer = null;
      const left = this.#last + IDLE_AFTER - this.#needs.clock.now();
      if (left > 0) this.#wait(left);
      else this.#say(true);
    }, ms);
  }

  /** @param {boolean} isIdle */
  #say(isIdle) {
    if (isIdle === this.isIdle) return;
    this.isIdle = isIdle;
    this.dispatchEvent(new Told('change'));
  }
}

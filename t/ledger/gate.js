// gate.js: what lets a page sleep: while it does none of its timers, answers and messages reach it; when it wakes all
// of them do, late. (Its clock goes on, as everybody's.)

import { clock } from './time.js';

export class Gate {
  /** @type {(() => void)[]} */
  #held = [];
  asleep = false;

  /** @param {() => void} act */
  pass = (act) => {
    if (this.asleep) this.#held.push(act);
    else act();
  };

  clock = { ...clock, setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => {
    const timer = { gone: false, timeout: setTimeout(() => this.pass(() => timer.gone || act()), ms) };
    return timer;
  }, clearTimeout: (/** @type {any} */ timer) => {
    if (!timer) return;
    timer.gone = true;
    clearTimeout(timer.timeout);
  } };

  /** @param {typeof fetch} fetch @returns {any} */
  around(fetch) {
    return (/** @type {string} */ path, /** @type {any} */ init) => new Promise((resolve, reject) => {
      fetch(path, init).then((answer) => this.pass(() => resolve(answer)), (error) => this.pass(() => reject(error)));
    });
  }

  wake() {
    this.asleep = false;
    for (const act of this.#held.splice(0)) act();
  }
}

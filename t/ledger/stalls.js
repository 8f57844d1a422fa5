// stalls.js: when the ledger's own process had no turn: what it measures as late may be its own lateness, so it measures
// that as well. A machine that is busy with others shows here too, as far as it keeps this process waiting.

import { now } from './time.js';

const STEP = 20;
const USUAL = 5;                          // so much later than asked for is no stall

/** @typedef {{ at: number, ms: number }} Stall  `ms` until `at` */

export class Stalls {
  /** @type {Stall[]} */
  all = [];

  start() {
    let last = now();
    setInterval(() => {
      const at = now();
      const ms = at - last - STEP;
      last = at;
      if (ms > USUAL) this.all.push({ at, ms });
    }, STEP).unref();
  }
}

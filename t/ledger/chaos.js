// chaos.js: whether and how a client drops the connection of a request. Always a little, much during `client-leaves`.

const USUAL = 0.01;
const LEAVING = 0.4;

/**
 * @typedef {object} Drop
 * @property {'under way' | 'middle' | 'after'} when  some milliseconds after it was sent; at the first byte of the answer;
 *   when all of the answer is there, which is then thrown away as if its reader had gone
 * @property {number} ms
 * @property {'close' | 'reset' | 'half'} how
 */

export class Chaos {
  #dice;
  /** Does everybody leave all the time? */
  leaving = false;
  /** No drops at all: nobody but the system itself may fail a request. */
  quiet = false;
  /** No polls dropped: it is measured how soon all pages are level, and a page that drops its own is late by itself. */
  patient = false;

  /** @param {import('./dice.js').Dice} dice */
  constructor(dice) {
    this.#dice = dice;
  }

  /** What becomes of a request's connection; null: it is left alone. @param {string} path @returns {Drop | null} */
  drop(path) {
    if (this.patient && path.startsWith('/api/receive')) return null;
    if (this.quiet || !this.#dice.chance(this.leaving ? LEAVING : USUAL)) return null;
    const dice = this.#dice;
    const long = path.startsWith('/api/receive') && dice.chance(0.5);
    return {
      when: dice.pick(['under way', 'under way', 'middle', 'after']),
      ms: dice.int(0, long ? 3000 : 30),
      how: dice.pick(['close', 'reset', 'half']),
    };
  }
}

// dice.js: chance that a seed repeats. Each actor has dice of its own, named, so that one more throw of one actor
// changes nothing for the others.

import { createHash } from 'node:crypto';

/** @param {string} text */
function hash(text) {
  let h = 2166136261;
  for (const c of text) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 16777619);
  return h >>> 0;
}

export class Dice {
  #name;
  #state;
  #uuids = 0;

  /** @param {number | string} seed @param {string} name */
  constructor(seed, name) {
    this.#name = `${seed}/${name}`;
    this.#state = hash(this.#name);
  }

  /** From 0 up to, but not, 1 (mulberry32). */
  next = () => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  /** A whole number, both ends included. @param {number} low @param {number} high */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** @param {number} share */
  chance(share) {
    return this.next() < share;
  }

  /** @template T @param {T[]} list @returns {T} */
  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** @template T @param {T[]} list @param {(one: T) => number} weight @returns {T} */
  weighted(list, weight) {
    let left = this.next() * list.reduce((sum, one) => sum + weight(one), 0);
    return list.find((one) => (left -= weight(one)) < 0) ?? list[list.length - 1];
  }

  /** A UUID that no other dice have. All dice go round one circle of 2^32 places: what they throw, others throw too. */
  uuid() {
    const hex = createHash('sha256').update(`${this.#name}/${this.#uuids++}`).digest('hex');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  }
}

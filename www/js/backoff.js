// backoff.js: how long to wait before trying again. Pure.

const LONGEST = 60_000;
const AT_ONCE = 3000;

/**
 * Full jitter: anything between nothing and a bound that doubles; what the server asked for is waited for first. Beyond
 * three seconds the bound is a quarter of the time that nothing has worked, so that whoever tried often in a short trouble
 * isn't away long after it.
 * @param {number} failures  1 for the first
 * @param {number | null} retryAfter_ms
 * @param {() => number} random
 * @param {number} [trouble_ms]  since when nothing has worked
 */
export function backoff(failures, retryAfter_ms, random, trouble_ms = Infinity) {
  const bound = Math.min(LONGEST, 500 * 2 ** Math.min(failures, 10), Math.max(AT_ONCE, trouble_ms / 4));
  const asked = Math.min(retryAfter_ms ?? 0, 10 * LONGEST);
  return Math.round(asked + random() * (asked > 0 ? Math.min(bound, asked) : bound));
}

/** Counts failures, and the time since the first of them. */
export class Trouble {
  #failures = 0;
  #since = 0;

  /** @param {Pick<import('./types.js').Clock, 'now'>} clock @param {() => number} random */
  constructor(clock, random) {
    this.clock = clock;
    this.random = random;
  }

  /** It works again. */
  end() {
    this.#failures = 0;
  }

  /** Another failure. Answers how long to wait. @param {number | null} [retryAfter_ms] */
  again(retryAfter_ms = null) {
    if (this.#failures === 0) this.#since = this.clock.now();
    this.#failures++;
    return backoff(this.#failures, retryAfter_ms, this.random, this.clock.now() - this.#since);
  }
}

// backoff.js: how long to wait before trying again. Pure.

const LONGEST = 60_000;

/**
 * Full jitter: anything between nothing and a bound that doubles; what the server asked for is waited for first.
 * @param {number} failures  1 for the first
 * @param {number | null} retryAfter_ms
 * @param {() => number} random
 */
export function backoff(failures, retryAfter_ms, random) {
  const bound = Math.min(LONGEST, 500 * 2 ** Math.min(failures, 10));
  const asked = Math.min(retryAfter_ms ?? 0, 10 * LONGEST);
  return Math.round(asked + random() * (asked > 0 ? Math.min(bound, asked) : bound));
}

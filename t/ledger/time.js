// time.js: the ledger's clock, in milliseconds since it began. It never jumps, whatever the machine's does.

const begun = performance.now();

/** Milliseconds since the run began. */
export const now = () => performance.now() - begun;

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** As the client's modules want it. */
export const clock = {
  now,
  setTimeout: (/** @type {() => void} */ act, /** @type {number} */ ms) => setTimeout(act, ms),
  clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
};

/** Waits until something is so, or the time is over; says whether it is. @param {() => any} isSo @param {number} within_ms */
export async function until(isSo, within_ms, step_ms = 50) {
  const deadline = now() + within_ms;
  for (;;) {
    if (await isSo()) return true;
    if (now() > deadline) return false;
    await sleep(step_ms);
  }
}

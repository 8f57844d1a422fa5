// answers.js: how sends were answered while a fault struck that must cost no send, or not make others' slow. Pure.

/**
 * @typedef {object} Strike  the time of one
 * @property {string} fault
 * @property {number} from
 * @property {number} to     when all was level again
 * @property {number} healed
 * @property {number} over          when its healing was done
 * @property {number | null} bound_ms  level again so long after it is over; null: nothing strikes, and nothing may be late
 * @property {number} [level_ms]    how long after it was healed all was level again
 * @property {boolean} mustNotFail  every send is answered by 200 or 201
 * @property {number | null} p99    99 of 100 sends are answered by 200 or 201 within so many milliseconds, but those of
 * @property {{ conv?: string, user?: number }} except
 */

/** Why there was no answer, where the client itself is why. Not 'given up': it had waited for as long as it ever does. */
const OWN = new Set(['chaos', 'left', 'offline']);

/** @param {{ sends: import('./record.js').Send[], strikes: Strike[] }} evidence
 * @returns {Generator<import('./verdict.js').Offence>} */
export function* answers({ sends, strikes }) {
  for (const strike of strikes) {
    if (strike.mustNotFail) yield* unanswered(strike, sends);
    if (strike.p99 !== null) yield* slow(strike, strike.p99, sends);
  }
}

/** @param {Strike} strike @param {import('./record.js').Send[]} sends @returns {Generator<import('./verdict.js').Offence>} */
function* unanswered({ fault, from, to }, sends) {
  for (const { id, conv, tries } of sends) {
    for (const { begun, ended, status, problem, lost, excused } of tries) {
      if (begun > to || (ended ?? Infinity) < from) continue;
      if (status === 200 || status === 201 || excused || (lost && OWN.has(lost))) continue;
      yield { column: 'failed', at: ended ?? begun, conv, id, why: `${fault}: ${lost ?? `${status} ${problem}`}` };
    }
  }
}

/** @param {Strike} strike @param {number} p99 @param {import('./record.js').Send[]} sends
 * @returns {Generator<import('./verdict.js').Offence>} */
function* slow({ fault, from, healed, except }, p99, sends) {
  const took = [];
  for (const { id, conv, user, tries } of sends) {
    if (conv === except.conv || user === except.user) continue;
    for (const { begun, ended, status, lost, excused } of tries) {
      if (begun < from || begun > healed || excused || (lost && OWN.has(lost))) continue;
      const good = status === 200 || status === 201;
      took.push({ id, conv, at: begun, ms: good && ended !== undefined ? ended - begun : Infinity });
    }
  }
  took.sort((a, b) => a.ms - b.ms);
  const worst = took[Math.floor(took.length * 0.99)];
  if (worst && worst.ms > p99)
    yield { column: 'failed', at: worst.at, conv: worst.conv, id: worst.id,
      why: `${fault}: of ${took.length} sends one in a hundred ${worst.ms === Infinity ? 'or more had no good answer'
        : `took ${Math.round(worst.ms)} ms or more`}, and ${p99} ms are allowed` };
}

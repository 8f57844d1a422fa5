// results.js: what is left of a run: a table for people, results.json for programs.

import { COLUMNS, tally } from './verdict.js';

/**
 * @typedef {object} Line
 * @property {string} fault
 * @property {number} strikes
 * @property {number} acknowledged
 * @property {number | null} level_ms   the longest
 * @property {number | null} bound_ms
 * @property {string | null} not_run    why this machine can't
 * @property {Record<string, number>} forms   how often each struck
 * @property {string[]} said            by its script
 * @property {Record<string, number>} columns
 */

/** @typedef {import('./answers.js').Strike} Strike */

/** What struck last at that time. @param {Strike[]} strikes in their order @param {number | undefined} at */
function struckBy(strikes, at) {
  if (at === undefined) return strikes.at(-1)?.fault;
  return [...strikes].reverse().find(({ from }) => from <= at)?.fault;
}

/**
 * A line for each fault, with what came up to the next strike, and one for the calm before.
 * @param {{ strikes: Strike[], faults: import('./faults.js').Fault[], sends: import('./record.js').Send[],
 *   offences: import('./verdict.js').Offence[] }} run
 * @returns {Line[]}
 */
export function lines({ strikes, faults, sends, offences }) {
  const name = (/** @type {number | undefined} */ at) => struckBy(strikes, at) ?? 'calm';
  const ends = sends.map((send) => send.tries.find((one) => one.seq !== undefined)?.ended).filter((at) => at !== undefined);
  return [...new Set(['calm', ...faults.map((f) => f.name)])].map((fault) => {
    const of = faults.find((f) => f.name === fault);
    const levels = strikes.filter((s) => s.fault === fault).map((s) => s.level_ms).filter((ms) => ms !== undefined);
    return {
      fault,
      strikes: of?.strikes ?? 0,
      acknowledged: ends.filter((at) => name(at) === fault).length,
      level_ms: levels.length > 0 ? Math.round(Math.max(...levels)) : null,
      bound_ms: of ? of.facts.level * 1000 : null,
      not_run: of?.cant ?? null,
      forms: of?.forms ?? {},
      said: of?.said ?? [],
      columns: tally(offences.filter((offence) => name(offence.at) === fault)),
    };
  });
}

const seconds = (/** @type {number | null} */ ms) => (ms === null ? '–' : ms === Infinity ? 'never' : `${(ms / 1000).toFixed(1)} s`);

/** @param {Line[]} all */
export function table(all) {
  const columns = Object.keys(COLUMNS);
  const head = ['fault', 'strikes', 'acknowledged', ...columns.map((name) => name.replace(/_/g, ' ')), 'level within', 'bound'];
  const body = all.map((line) => line.not_run !== null
    ? [line.fault, 'not run', line.not_run, ...columns.map(() => ''), '', '']
    : [line.fault, String(line.strikes), String(line.acknowledged), ...columns.map((name) => String(line.columns[name])),
      seconds(line.level_ms), seconds(line.bound_ms)]);
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

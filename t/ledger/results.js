// results.js: what is left of a run: a table for people, results.json for programs.

import { COLUMNS, tally } from './verdict.js';

/**
 * @typedef {object} Line
 * @property {string} fault
 * @property {number} strikes
 * @property {number} acknowledged
 * @property {number | 'never' | null} level_ms   the longest; null: nothing was to become level
 * @property {number | null} bound_ms
 * @property {string | null} not_run    why this machine can't; with strikes, why it could not any more
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
      level_ms: longest(levels),
      bound_ms: of ? of.facts.level * 1000 : null,
      not_run: of?.cant ?? null,
      forms: of?.forms ?? {},
      said: of?.said ?? [],
      columns: tally(offences.filter((offence) => name(offence.at) === fault)),
    };
  });
}

/** JSON knows no Infinity. @param {number[]} levels */
function longest(levels) {
  if (levels.length === 0) return null;
  const most = Math.max(...levels);
  return most === Infinity ? 'never' : Math.round(most);
}

/** The line of a fault that had a run of its own, with what came before its first strike.
 * @param {Line[]} all @param {string} fault @returns {Line | undefined} */
export function alone(all, fault) {
  const own = all.find((line) => line.fault === fault);
  if (!own) return undefined;
  const columns = { ...own.columns };
  for (const line of all) if (line !== own) for (const [name, count] of Object.entries(line.columns)) columns[name] = (columns[name] ?? 0) + count;
  return { ...own, columns };
}

/** How much must be acknowledged in a run that is to prove something. @param {number} acknowledged @param {number} least
 * @returns {string | null} what is wrong */
export function tooLittle(acknowledged, least) {
  if (acknowledged === 0) return 'nothing was acknowledged: this run proves nothing';
  return acknowledged < least ? `${acknowledged} sends were acknowledged, and LEAST is ${least}: this run proves too little` : null;
}

/** @param {number | 'never' | null} ms */
function seconds(ms) {
  if (ms === null) return '–';
  return ms === 'never' ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}

/** @param {Line[]} all */
export function table(all) {
  const columns = Object.keys(COLUMNS);
  const head = ['fault', 'strikes', 'acknowledged', ...columns.map((name) => name.replace(/_/g, ' ')), 'level within', 'bound'];
  const count = (/** @type {Line} */ line) => columns.map((name) => String(line.columns[name]));
  const body = all.map((line) => {
    if (line.not_run === null)
      return [line.fault, String(line.strikes), String(line.acknowledged), ...count(line), seconds(line.level_ms), seconds(line.bound_ms)];
    if (line.strikes === 0 && Object.values(line.columns).every((n) => n === 0))
      return [line.fault, 'not run', line.not_run, ...columns.map(() => ''), '', ''];
    return [`${line.fault} (in part: ${line.not_run})`, String(line.strikes), String(line.acknowledged), ...count(line),
      seconds(line.level_ms), seconds(line.bound_ms)];
  });
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

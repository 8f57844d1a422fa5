// story.js: what the history tells of one offence: every line about its message or its place, and the faults around.

import fs from 'node:fs';
import readline from 'node:readline';

const MOST_STORIES = 5;
const MOST_LINES = 80;
const AROUND = 15_000;
const BEFORE = 3000;

const FAULTS = new Set(['strike', 'struck', 'heal', 'level', 'late']);

/** Different ones first: of each column, then of each conversation. @param {import('./verdict.js').Offence[]} offences */
function choose(offences) {
  const seen = new Set();
  const first = offences.filter(({ column, id, conv, seq }) => {
    const key = `${column} ${id ?? `${conv} ${seq}`}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const columns = new Map();
  for (const offence of first) columns.set(offence.column, [...(columns.get(offence.column) ?? []), offence]);
  const chosen = [];
  for (let i = 0; chosen.length < MOST_STORIES && i < first.length; i++)
    for (const list of columns.values()) if (list[i] && chosen.length < MOST_STORIES) chosen.push(list[i]);
  return chosen;
}

/** @param {import('./verdict.js').Offence} offence @param {any} line */
function concerns(offence, line) {
  const [from, until] = [(offence.at ?? Infinity) - BEFORE, (offence.at ?? -Infinity) + AROUND];
  if (offence.id && line.id === offence.id) return true;
  if (line.e === 'poll' || line.e === 'state') return line.page === offence.page && line.begun < until && line.t > from;
  if (line.conv && line.conv === offence.conv && line.seq !== undefined && line.seq === offence.seq) return true;
  if (line.e === 'member' && line.conv === offence.conv) return true;
  if (offence.page && line.page === offence.page) return ['page', 'gone', 'awake', 'asleep'].includes(line.e) || (line.e === 'reset' && line.conv === offence.conv);
  return false;
}

/** @param {import('./verdict.js').Offence[]} offences @param {string} file
 * @param {import('./verdict.js').Database} database @param {(line: string) => void} say */
export async function tellStories(offences, file, database, say) {
  const stories = choose(offences).map((offence) => ({ offence, lines: /** @type {any[]} */ ([]), at: /** @type {number[]} */ ([]) }));
  /** @type {any[]} */
  const faults = [];
  for await (const text of readline.createInterface({ input: fs.createReadStream(file) })) {
    const line = JSON.parse(text);
    if (FAULTS.has(line.e)) faults.push(line);
    for (const { offence, lines } of stories) if (concerns(offence, line)) lines.push(line);
  }
  for (const { offence, lines } of stories) {
    const near = offence.at ?? lines[0]?.t;
    const around = faults.filter(({ t }) => near !== undefined && Math.abs(t - near) < AROUND);
    const members = lines.filter((line) => line.e !== 'member' || near === undefined || Math.abs(line.t - near) < AROUND);
    say(`\n${offence.column}: ${[offence.conv, offence.seq, offence.id].filter(Boolean).join(' ')}: ${offence.why}`);
    const all = [...members, ...around].sort((a, b) => a.t - b.t);
    for (const { t, e, ...what } of all.slice(0, MOST_LINES)) say(`  ${(t / 1000).toFixed(3).padStart(9)} ${e.padEnd(7)} ${words(what)}`);
    if (all.length > MOST_LINES) say(`  … ${all.length - MOST_LINES} lines more in ${file}`);
    const row = database.rows.find((r) => (offence.id ? r.id === offence.id : r.conv === offence.conv && r.seq === offence.seq));
    say(`  PostgreSQL has ${row ? words(row) : 'no such row'}`);
  }
}

/** @param {object} what */
const words = (what) => Object.entries(what).map(([name, value]) => `${name}=${value}`).join(' ');

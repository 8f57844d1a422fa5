// verdict.js: what the clients saw against what PostgreSQL has. Pure: evidence in, offences out.

import { answers } from './answers.js';
import { late } from './late.js';

/**
 * What PostgreSQL has at the end.
 * @typedef {object} Row
 * @property {string} conv
 * @property {number} seq
 * @property {number} rev
 * @property {string} kind
 * @property {number} from
 * @property {string | null} id
 * @property {string} msg
 * @property {object | null} notice
 *
 * @typedef {object} Database
 * @property {{ name: string, rev: number }[]} convs
 * @property {Row[]} rows
 * @property {{ conv: string, user: number, first: number, last: number | null }[]} spans
 *
 * @typedef {object} Evidence
 * @property {import('./record.js').Send[]} sends
 * @property {import('./record.js').Written[]} written
 * @property {import('./record.js').View[]} views
 * @property {Map<string, Map<number, number>>} heard   `user conv` → seq → when
 * @property {{ at: number, user: number, what: string }[]} refusals
 * @property {Offence[]} others   those that were found while it ran
 * @property {import('./answers.js').Strike[]} strikes
 * @property {import('./stalls.js').Stall[]} stalls   of the ledger's own process
 * @property {Database} database
 *
 * @typedef {object} Offence
 * @property {string} column
 * @property {string} why
 * @property {number} [at]
 * @property {string} [conv]
 * @property {number} [seq]
 * @property {string | null} [id]
 * @property {string} [page]
 */

/** Every column, and what it counts. */
export const COLUMNS = {
  lost: 'acknowledged or committed, and not shown by a page that should; or written, and never sent',
  phantom: 'shown and never sent, never stored, or not as it is stored',
  refused_but_stored: 'every try was answered 4xx, and it is stored',
  refused_wrongly: 'answered 4xx for a fault of ours',
  doubled: 'one sending, two entries',
  disordered: 'shown before one that stands above it, or at another place than it has',
  holes: 'numbers that a conversation lacks',
  leaked: 'reached somebody who was no member then, or was written by one',
  overtaken: 'begun after the answer to another, and numbered before it',
  differs: 'not as in a page loaded afresh',
  late: 'shown later than promised, or not level again within the bound',
  failed: 'not answered by 200 or 201, or slowly, while a fault struck that may not cost a send',
  swollen: 'memory or descriptors that did not return',
};

/** @param {Evidence} evidence @returns {Offence[]} */
export function judge(evidence) {
  const all = new Index(evidence);
  return [
    ...lost(evidence, all), ...unsent(evidence), ...phantoms(evidence, all), ...refused(evidence, all), ...doubled(evidence),
    ...disordered(evidence, all), ...holes(evidence, all), ...leaked(evidence, all), ...overtaken(evidence),
    ...answers(evidence), ...late(evidence, (user, conv, seq) => all.mayKnow(user, conv, seq)), ...evidence.others,
  ];
}

/** How many there are in each column. @param {Offence[]} offences */
export function tally(offences) {
  /** @type {Record<string, number>} */
  const count = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, 0]));
  for (const { column } of offences) count[column]++;
  return count;
}

class Index {
  /** @type {Map<string, Map<number, Row>>} rows of a conversation by seq */
  rows = new Map();
  /** @type {Map<string, Row>} by client_id */
  byId = new Map();
  /** @type {Map<string, import('./record.js').Send>} */
  sends = new Map();
  /** @type {Map<string, [number, number][]>} `user conv` → the numbers between which the user was in it */
  spans = new Map();

  /** @param {Evidence} evidence */
  constructor({ database, sends }) {
    for (const { name } of database.convs) this.rows.set(name, new Map());
    for (const row of database.rows) {
      this.rows.get(row.conv)?.set(row.seq, row);
      if (row.id) this.byId.set(row.id, row);
    }
    for (const send of sends) this.sends.set(send.id, send);
    for (const { conv, user, first, last } of database.spans) {
      const key = `${user} ${conv}`;
      this.spans.set(key, [...(this.spans.get(key) ?? []), [first, last ?? Infinity]]);
    }
  }

  /** @param {number} user @param {string} conv @param {number} seq */
  mayKnow(user, conv, seq) {
    return (this.spans.get(`${user} ${conv}`) ?? []).some(([first, last]) => first <= seq && seq <= last);
  }
}

const answered = (/** @type {import('./record.js').Send} */ send) =>
  send.tries.find((one) => one.status === 200 || one.status === 201);

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* lost({ sends, views }, all) {
  for (const send of sends) {
    const at = answered(send);
    const row = all.byId.get(send.id);
    if (at && (!row || row.conv !== send.conv || row.from !== send.user))
      yield { column: 'lost', at: at.ended, conv: send.conv, seq: at.seq, id: send.id, why: 'acknowledged, and not stored' };
  }
  for (const view of views) {
    // A page that is open to the end must have all; one that was closed, what it had come to.
    if (view.open) yield* unmet(view, all);
    for (const [conv, { start, rev, sights }] of view.convs) {
      const shown = new Set(sights.map((sight) => sight.seq));
      for (const row of all.rows.get(conv)?.values() ?? []) {
        if (row.seq < start || (!view.open && row.seq > rev) || shown.has(row.seq)) continue;
        if (all.mayKnow(view.user, conv, row.seq))
          yield { column: 'lost', at: atOf(all, row), conv, seq: row.seq, id: row.id, page: view.page, why: `not shown by ${view.page}` };
      }
    }
  }
}

/** What somebody wrote, which the client keeps and sends, is at the end stored or rightly refused.
 * @param {Evidence} evidence @returns {Generator<Offence>} */
function* unsent({ written, sends, database }) {
  const key = (/** @type {number} */ user, /** @type {string} */ conv, /** @type {string} */ msg) => `${user} ${conv} ${msg}`;
  const settled = new Set(database.rows.map(({ from, conv, msg }) => key(from, conv, msg)));
  for (const send of sends)
    if (answered(send) || send.tries.some(({ excused }) => excused)) settled.add(key(send.user, send.conv, send.msg));
  for (const { at, page, user, conv, msg } of written)
    if (!settled.has(key(user, conv, msg))) yield { column: 'lost', at, conv, page, why: `written in ${page}, and neither stored nor refused` };
}

/** Conversations that an open page doesn't even list. @param {import('./record.js').View} view @param {Index} all
 * @returns {Generator<Offence>} */
function* unmet(view, all) {
  for (const key of all.spans.keys()) {
    const [user, conv] = key.split(' ');
    if (Number(user) === view.user && !view.convs.has(conv))
      yield { column: 'lost', conv, page: view.page, why: `${view.page} doesn't list the conversation` };
  }
}

/** When a row was acknowledged. @param {Index} all @param {Row} row */
function atOf(all, row) {
  const send = row.id ? all.sends.get(row.id) : undefined;
  return send ? (answered(send)?.ended ?? send.tries[0]?.begun) : undefined;
}

/** What is the same for everybody of an entry. @param {{ kind: string, from: number, msg: string, notice: object | null }} entry */
const face = ({ kind, from, msg, notice }) => JSON.stringify([kind, from, msg, sorted(notice)]);

/** @param {any} value  with each object's members in one order */
function sorted(value) {
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.keys(value).sort().map((key) => [key, sorted(value[key])]);
}

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* phantoms({ views, database }, all) {
  for (const view of views) {
    for (const [conv, { sights }] of view.convs) {
      for (const sight of sights) {
        const { at, seq, id, from, msg } = sight;
        const send = id === null ? null : all.sends.get(id);
        const row = all.rows.get(conv)?.get(seq);
        const told = { column: 'phantom', at, conv, seq, id, page: view.page };
        if (send === undefined || (send && (send.user !== from || send.msg !== msg || send.conv !== conv)))
          yield { ...told, why: `${view.page} shows what nobody sent` };
        else if (!row) yield { ...told, why: `${view.page} shows what is not stored` };
        // Where another entry belongs, it is disordered.
        else if (row.id === id && face(sight) !== face(row)) yield { ...told, why: `${view.page} shows ${face(sight)}, and ${face(row)} is stored` };
      }
    }
  }
  for (const { conv, seq, id, from, msg } of database.rows) {
    const send = id === null ? null : all.sends.get(id);
    if (send === undefined || (send && (send.user !== from || send.msg !== msg || send.conv !== conv)))
      yield { column: 'phantom', conv, seq, id, why: 'stored and never sent so' };
  }
}

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* refused({ sends, refusals }, all) {
  for (const send of sends) {
    const { id, conv, tries } = send;
    for (const { ended, status = 0, problem, excused } of tries)
      if (status >= 400 && status < 500 && !excused)
        yield { column: 'refused_wrongly', at: ended, conv, id, why: `answered ${status} ${problem}` };
    const row = all.byId.get(id);
    if (row && tries.length > 0 && tries.every(({ status = 0, again }) => status >= 400 && status < 500 && !again))
      yield { column: 'refused_but_stored', at: tries[0].ended, conv, seq: row.seq, id, why: 'refused at each try, and stored' };
  }
  for (const { at, user, what } of refusals) yield { column: 'refused_wrongly', at, why: `user ${user}: ${what}` };
}

/** @param {Evidence} evidence @returns {Generator<Offence>} */
function* doubled({ views, database }) {
  const byKey = new Map();
  const byText = new Map();
  for (const row of database.rows) {
    if (row.id === null) continue;
    for (const [map, key] of /** @type {const} */ ([[byKey, `${row.from} ${row.id}`], [byText, `${row.from} ${row.conv} ${row.msg}`]])) {
      const other = map.get(key);
      if (!other) map.set(key, row);
      else if (map === byKey || other.id !== row.id)
        yield { column: 'doubled', conv: row.conv, seq: row.seq, id: row.id, why: `stored at ${other.conv} ${other.seq}, too` };
    }
  }
  for (const view of views) {
    /** @type {Map<string, number>} */
    const at = new Map();
    for (const [conv, { sights }] of view.convs) {
      const seen = new Set();
      for (const sight of sights) {
        const { seq, id } = sight;
        const told = { column: 'doubled', at: sight.at, conv, seq, id, page: view.page };
        if (seen.has(seq)) yield { ...told, why: `${view.page} shows it twice` };
        else if (id !== null && at.has(id)) yield { ...told, why: `${view.page} shows it at ${at.get(id)}, too` };
        seen.add(seq);
        if (id !== null) at.set(id, seq);
      }
    }
  }
}

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* disordered({ views }, all) {
  for (const view of views) {
    for (const [conv, { sights }] of view.convs) {
      let last = 0;
      for (const { at, seq, id, live } of sights) {
        const told = { column: 'disordered', at, conv, seq, id, page: view.page };
        const row = all.rows.get(conv)?.get(seq);
        if (live && seq < last) yield { ...told, why: `${view.page} showed ${last} before` };
        else if (row && row.id !== id) yield { ...told, why: `${view.page} shows another entry there than PostgreSQL has` };
        if (live) last = Math.max(last, seq);
      }
    }
  }
}

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* holes({ database }, all) {
  for (const { name, rev } of database.convs) {
    const rows = all.rows.get(name) ?? new Map();
    const seqs = [...rows.keys()];
    const newest = seqs.reduce((most, seq) => Math.max(most, seq), rev);
    if (newest > rev) yield { column: 'holes', conv: name, seq: newest, why: `the counter stands at ${rev}` };
    for (let seq = 1; seq <= newest; seq++)
      if (!rows.has(seq)) yield { column: 'holes', conv: name, seq, why: `no entry, and the counter stands at ${rev}` };
  }
}

/** @param {Evidence} evidence @param {Index} all @returns {Generator<Offence>} */
function* leaked({ views, heard, database }, all) {
  for (const [key, seqs] of heard) {
    const [user, conv] = key.split(' ');
    for (const [seq, at] of seqs)
      if (!all.mayKnow(Number(user), conv, seq)) yield { column: 'leaked', at, conv, seq, why: `reached user ${user}` };
  }
  for (const { page, user, convs } of views)
    for (const [conv, { sights }] of convs)
      for (const { at, seq, id } of sights)
        if (!all.mayKnow(user, conv, seq)) yield { column: 'leaked', at, conv, seq, id, page, why: `shown by ${page}` };
  for (const { conv, seq, id, from } of database.rows)
    if (!all.mayKnow(from, conv, seq)) yield { column: 'leaked', conv, seq, id, why: `user ${from} was no member when it was stored` };
}

/** Whoever begins after another's answer comes after it. @param {Evidence} evidence @returns {Generator<Offence>} */
function* overtaken({ sends }) {
  /** @type {Map<string, { id: string, begun: number, ended: number, seq: number }[]>} */
  const convs = new Map();
  for (const send of sends) {
    const one = answered(send);
    if (!one) continue;
    const of = convs.get(send.conv) ?? [];
    convs.set(send.conv, of);
    of.push({ id: send.id, begun: send.tries[0].begun, ended: one.ended ?? 0, seq: one.seq ?? 0 });
  }
  for (const [conv, sent] of convs) {
    const ends = [...sent].sort((a, b) => a.ended - b.ended);
    let next = 0;
    let most = 0;
    for (const one of [...sent].sort((a, b) => a.begun - b.begun)) {
      for (; next < ends.length && ends[next].ended < one.begun; next++) most = Math.max(most, ends[next].seq);
      if (one.seq < most)
        yield { column: 'overtaken', at: one.ended, conv, seq: one.seq, id: one.id, why: `${most} was answered before it was begun` };
    }
  }
}

// rows.js: the lines of a conversation as they are seen: dates, notices, messages grouped by sender. Pure.

import { GROUPED_WITHIN, sameDay } from './time.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./unsent.js').Entry} Entry */

/**
 * @typedef {object} Row
 * @property {string} key     the same for an own message before and after it was sent
 * @property {'day' | 'unread' | 'notice' | 'run' | 'message'} kind
 * @property {Date} at
 * @property {boolean} [mine]
 * @property {boolean} [first]  of those of one person within five minutes
 * @property {boolean} [last]
 * @property {Message} [message]  the newest one of a run
 * @property {Message[]} [run]    notices that say the same, by one person: from two on they are one row
 * @property {Entry} [entry]    what is not yet sent
 */

/** @typedef {{ me: number, unreadAfter: number | null }} View */

/** A conversation's rows. They are kept: where only the end is new, only the end is made. */
export class Rows {
  /** @type {Message[]} those whose rows are here */
  #messages = [];
  /** @type {Row[]} */
  #rows = [];
  #days = new Set();
  #sent = new Set();
  /** @type {View} */
  #view = { me: 0, unreadAfter: null };
  #hasLine = false;

  /** @param {Message[]} messages  by seq @param {Entry[]} entries  by time of writing @param {View} view */
  of(messages, entries, view) {
    if (!this.#goesOn(messages, view)) this.#begin(view);
    const old = Math.max(0, this.#rows.length - 1);          // what follows a row may make another of it
    for (let i = this.#messages.length; i < messages.length; i++) this.#add(messages[i]);
    this.#messages = messages;
    const rows = [...this.#rows];
    const days = new Set(this.#days);
    for (const entry of entries) {
      if (this.#sent.has(entry.client_id)) continue;
      const row = entryRow(entry);
      addDay(rows, row.at, days);
      rows.push(row);
    }
    group(rows, old);
    return rows;
  }

  /** @param {Message[]} messages @param {View} view */
  #goesOn(messages, view) {
    return view.me === this.#view.me && view.unreadAfter === this.#view.unreadAfter && this.#messages.every((m, i) => m === messages[i]);
  }

  /** @param {View} view */
  #begin(view) {
    this.#messages = [];
    this.#rows = [];
    this.#days.clear();
    this.#sent.clear();
    this.#view = view;
    this.#hasLine = view.unreadAfter === null;
  }

  /** @param {Message} message */
  #add(message) {
    const rows = this.#rows;
    const { me, unreadAfter } = this.#view;
    const row = messageRow(message, me);
    addDay(rows, row.at, this.#days);
    if (!this.#hasLine && message.seq > Number(unreadAfter) && !row.mine && message.kind === 'text') {
      rows.push({ key: 'unread', kind: 'unread', at: row.at });
      this.#hasLine = true;
    }
    if (!joinRun(rows, row, me)) rows.push(row);
    if (message.client_id) this.#sent.add(message.client_id);
  }
}

/** @param {Message[]} messages @param {Entry[]} entries @param {View} view */
export const rowsOf = (messages, entries, view) => new Rows().of(messages, entries, view);

/** @param {Message} message @param {number} me @returns {Row} */
function messageRow(message, me) {
  const mine = message.kind !== 'notice' && message.from === me;
  return {
    key: mine && message.client_id ? `c${message.client_id}` : `m${message.seq}`,
    kind: message.kind === 'text' || message.kind === 'recalled' ? 'message' : 'notice', at: new Date(message.timestamp), mine, message,
  };
}

/** @param {Entry} entry @returns {Row} */
const entryRow = (entry) => ({
  key: `c${entry.client_id}`, kind: 'message', at: new Date(entry.at), mine: true, entry,
});

/** @param {Row[]} rows @param {Date} at @param {Set<string>} days  the keys of those that have a line */
function addDay(rows, at, days) {
  const before = rows.at(-1);
  if (before && sameDay(before.at, at)) return;
  const key = `d${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
  // Times may go backwards: the same day can come twice, and its line needs a name of its own.
  rows.push({ key: days.has(key) ? `${key}/${before?.key}` : key, kind: 'day', at });
  days.add(key);
}

// What the names of several can be said of in one sentence; of all else only the same, of the same person, is a run.
const LISTED = new Set(['member-added', 'member-banned', 'member-removed', 'member-unbanned', 'member-unmuted']);
const OWN = new Set(['member-joined', 'member-left']);   // everybody does these themselves

/** The people of a run, if their names are what tells its notices apart. @param {Message[]} run */
export function peopleOf(run) {
  const what = run[0].notice?.what ?? '';
  if (OWN.has(what)) return run.map((m) => m.notice?.by);
  return LISTED.has(what) ? run.map((m) => m.notice?.user) : null;
}

/** Makes a notice a part of the row before it, if both say the same. @param {Row[]} rows @param {Row} row @param {number} me */
function joinRun(rows, row, me) {
  const before = rows.at(-1);
  if (!before?.message || !row.message || !alike(before.message, row.message, me) || !isSoon(before.at, row.at)) return false;
  // It has its newest one's key: older ones that come from above leave the row what it is.
  rows[rows.length - 1] = { ...row, kind: 'run', run: [...before.run ?? [before.message], row.message] };
  return true;
}

/** @param {Message} a @param {Message} b @param {number} me  what is about oneself stands alone */
function alike(a, b, me) {
  if (!a.notice || !b.notice || a.notice.what !== b.notice.what) return false;
  const isOwn = OWN.has(a.notice.what);
  if (!isOwn && a.notice.by?.id !== b.notice.by?.id) return false;
  if (!isOwn && !LISTED.has(a.notice.what) && a.notice.user?.id !== b.notice.user?.id) return false;
  return [a.notice, b.notice].every(({ by, user }) => user?.id !== me && !(isOwn && by?.id === me));
}

/** @param {Date} a @param {Date} b */
const isSoon = (a, b) => sameDay(a, b) && Math.abs(b.getTime() - a.getTime()) < GROUPED_WITHIN;

/** @param {Row[]} rows @param {number} from */
function group(rows, from) {
  for (let i = from; i < rows.length; i++) {
    if (rows[i].kind !== 'message') continue;
    rows[i].first = !belong(rows[i - 1], rows[i]);
    rows[i].last = !belong(rows[i], rows[i + 1]);
  }
}

/** @param {Row | undefined} a @param {Row | undefined} b */
function belong(a, b) {
  if (a?.kind !== 'message' || b?.kind !== 'message' || a.mine !== b.mine) return false;
  if (!a.mine && a.message?.from !== b.message?.from) return false;
  return Math.abs(b.at.getTime() - a.at.getTime()) < GROUPED_WITHIN;
}

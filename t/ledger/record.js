// record.js: all that is noted while the ledger runs: in memory what the verdict needs, in history.jsonl everything.
//
// A line of the history: t (milliseconds since the run began), e (what), and what belongs to it:
//   write                somebody wrote a message in a page, which keeps it until it is sent: id, user, conv
//   call, answer, lost   a try of a send: id (the client_id), user, conv, and the outcome
//   see                  a page shows an entry: page, conv, seq, id
//   page, gone, reset    a page opened, closed, dropped what it had of a conversation
//   member               a membership begins to change, or has changed
//   again                a browser sent a request a second time by itself
//   strike, heal, level  a fault

import fs from 'node:fs';
import { now } from './time.js';

/** The conversation that everybody calls the same. @param {number} me @param {string} type @param {number} id */
export function nameOf(me, type, id) {
  return type === 'group' ? `group:${id}` : `pair:${Math.min(me, id)}:${Math.max(me, id)}`;
}

/**
 * @typedef {object} Try  one request of a send
 * @property {number} begun
 * @property {number} [ended]
 * @property {number} [status]
 * @property {string} [problem]
 * @property {string} [lost]
 * @property {number} [seq]
 * @property {string} [excused]  why a refusal is right
 * @property {boolean} [again]    the browser sent it twice by itself: the answer is the second's
 *
 * @typedef {object} Send
 * @property {string} id      the client_id
 * @property {number} user
 * @property {string} conv
 * @property {string} msg
 * @property {Try[]} tries
 *
 * @typedef {object} Written  a message of the client's own `unsent`: it has promised to send it
 * @property {number} at
 * @property {string} page
 * @property {number} user
 * @property {string} conv
 * @property {string} msg
 *
 * @typedef {object} Sight  an entry that a page shows
 * @property {number} at
 * @property {number} seq
 * @property {string | null} id
 * @property {string} kind
 * @property {number} from
 * @property {string} msg
 * @property {object | null} notice
 * @property {boolean} live   as it came, and not with a page of history
 *
 * @typedef {object} View     what one page showed of its conversations
 * @property {string} page
 * @property {number} user
 * @property {boolean} open   still open at the end
 * @property {number} opened
 * @property {number} [ready]   when it had its first state
 * @property {number} [closed]
 * @property {string | null} shares  the browser in which it may leave the polling to another page
 * @property {{ from: number, to: number }[]} away   asleep, or without a network
 * @property {{ from: number, to: number }[]} drops  it threw away an answer, until it asked anew
 * @property {Map<string, { start: number, rev: number, sights: Sight[] }>} convs
 */

export class Record {
  #out;
  /** @type {Map<string, View>} */
  #pages = new Map();
  /** Those not yet asked for again, by page and kind. @type {Map<string, { from: number, to: number }>} */
  #drops = new Map();
  /** @type {Map<string, Send>} */
  sends = new Map();
  /** @type {Written[]} */
  written = [];
  /** @type {View[]} */
  views = [];
  /** What reached a user at all, shown or not: the first time of each. @type {Map<string, Map<number, number>>} */
  heard = new Map();
  /** Answers that nobody should get. @type {{ at: number, user: number, what: string }[]} */
  refusals = [];
  /** What went wrong in time: late, failed, swollen. @type {import('./verdict.js').Offence[]} */
  others = [];
  /** When the newest entry was acknowledged, by conversation. @type {Map<string, number>} */
  newest = new Map();
  acknowledged = 0;

  /** @param {string} file */
  constructor(file) {
    this.#out = fs.createWriteStream(file);
  }

  /** @param {string} e @param {object} [what] */
  note(e, what = {}) {
    this.#out.write(`${JSON.stringify({ t: Math.round(now() * 10) / 10, e, ...what })}\n`);
  }

  /** @returns {Promise<void>} */
  close() {
    return new Promise((resolve) => { this.#out.end(resolve); });
  }

  /**
   * A send goes out; the function that is returned takes its outcome.
   * @param {number} user @param {any} body @returns {(exchange: import('./wire.js').Exchange) => Try}
   */
  sending(user, body) {
    const id = body.client_id;
    const conv = nameOf(user, body.contact_type, body.to);
    const send = this.sends.get(id) ?? { id, user, conv, msg: body.msg, tries: [] };
    this.sends.set(id, send);
    /** @type {Try} */
    const one = { begun: now() };
    send.tries.push(one);
    this.note('call', { id, user, conv });
    return (exchange) => {
      one.ended = now();
      if (exchange.again) one.again = true;
      if (exchange.lost) this.#lost(send, one, exchange.lost);
      else this.#answered(send, one, exchange);
      return one;
    };
  }

  /** @param {Send} send @param {Try} one @param {string} why */
  #lost(send, one, why) {
    one.lost = why;
    this.note('lost', { id: send.id, why });
  }

  /** @param {Send} send @param {Try} one @param {import('./wire.js').Exchange} exchange */
  #answered(send, one, { status, text }) {
    const answer = parsed(text);
    one.status = status;
    if (status === 200 || status === 201) {
      one.seq = answer?.message?.seq;
      if (!send.tries.some((t) => t !== one && t.seq !== undefined)) this.acknowledged++;
      this.newest.set(send.conv, Math.max(this.newest.get(send.conv) ?? 0, one.seq ?? 0));
    } else {
      one.problem = String(answer?.type ?? '').replace(/^.*:/, '');
    }
    this.note('answer', { id: send.id, status, ...(one.seq ? { conv: send.conv, seq: one.seq } : { problem: one.problem }) });
  }

  /** What a page dropped it lacks until it asks again. @param {string} page
   * @param {import('./wire.js').Exchange} exchange @param {number} begun */
  #dropped(page, { path, lost }, begun) {
    const kind = /^\/api\/(receive|queues|changes|history)\b/.exec(path)?.[1].replace('queues', 'receive');
    const view = this.#pages.get(page);
    if (!kind || !view) return;
    const key = `${page} ${kind}`;
    const before = this.#drops.get(key);
    if (before && begun >= before.from) {
      before.to = begun;
      this.#drops.delete(key);
    }
    if (lost !== 'chaos' || this.#drops.has(key)) return;
    const drop = { from: now(), to: Infinity };
    this.#drops.set(key, drop);
    view.drops.push(drop);
  }

  /** @param {View} view */
  page(view) {
    this.views.push(view);
    this.#pages.set(view.page, view);
    this.note('page', { page: view.page, user: view.user });
  }

  /** A page's poll or asking for a state has ended. @param {string} page @param {import('./wire.js').Exchange} exchange
   * @param {number} begun */
  asked(page, exchange, begun) {
    this.#dropped(page, exchange, begun);
    const { path, status, lost, text = '' } = exchange;
    const poll = /^\/api\/receive\?queue=([^&]*)&after=(\d+)&timeout=(\d+)/.exec(path);
    const how = { begun: Math.round(begun * 10) / 10, ...(lost ? { lost } : { status }) };
    if (poll) {
      const [, queue, after, timeout] = poll;
      const events = text.split('"n":').length - 1;
      const more = { behind: text.includes('"behind":true') || undefined, replaced: text.includes('"replaced":true') || undefined };
      this.note('poll', { page, queue: queue.slice(-6), after: Number(after), timeout: Number(timeout), ...how, events, ...more });
    } else if (path === '/api/queues' || path === '/api/changes') {
      this.note('state', { page, of: path, ...how, queue: /"queue":"[^"]*(.{6})"/.exec(text)?.[1] });
    }
  }

  /** Something of a conversation was in an answer. @param {number} user @param {any} message */
  hear(user, message) {
    if (!message) return;
    const key = `${user} ${nameOf(user, message.contact_type, message.contact_id)}`;
    let seqs = this.heard.get(key);
    if (!seqs) this.heard.set(key, seqs = new Map());
    if (!seqs.has(message.seq)) seqs.set(message.seq, now());
  }

  /** Somebody wrote a message in a page, which keeps it until it is sent.
   * @param {View} view @param {string} conv @param {{ client_id: string, msg: string }} entry */
  write({ page, user }, conv, { client_id: id, msg }) {
    this.written.push({ at: now(), page, user, conv, msg });
    this.note('write', { page, id, user, conv });
  }

  /** A page shows an entry. @param {View} view @param {string} conv @param {any} message @param {boolean} live */
  see(view, conv, message, live) {
    const { seq, kind, from, msg, notice = null } = message;
    const id = message.client_id ?? null;
    view.convs.get(conv)?.sights.push({ at: now(), seq, id, kind, from, msg, notice, live });
    this.note('see', { page: view.page, conv, seq, ...(id ? { id } : {}), ...(live ? {} : { paged: true }) });
  }

  /** @param {number} user @param {string} what */
  refuse(user, what) {
    this.refusals.push({ at: now(), user, what });
    this.note('refused', { user, what });
  }
}

/** @param {string | undefined} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

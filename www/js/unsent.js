// unsent.js: what one wrote and the server has not yet confirmed. Kept before it is first sent, sent again under the
// same client_id until there is an answer; so it survives a reload and never doubles.
//
// Event: 'change' { key }, when an entry of that conversation came, went or changed.

import { Trouble } from './backoff.js';
import { keyOf } from './route.js';
import { Told } from './told.js';

/**
 * @typedef {object} Entry
 * @property {string} client_id
 * @property {import('./types.js').ContactType} contact_type
 * @property {number} to
 * @property {string} msg
 * @property {number} at        when it was written, in milliseconds
 * @property {'waiting' | 'sending' | 'sent' | 'failed'} state
 * @property {string} [problem] the problem's name, when failed
 */

/**
 * @typedef {object} Needs
 * @property {Pick<import('./api.js').Api, 'post'>} api
 * @property {import('./types.js').Shelf} shelf
 * @property {import('./types.js').Clock} clock
 * @property {() => number} random
 * @property {() => string} uuid
 * @property {(message: import('./types.js').Message) => void} confirmed  gets the committed message
 */

const SAVED = ['client_id', 'contact_type', 'to', 'msg', 'at', 'state', 'problem'];

export class Unsent extends EventTarget {
  /** @type {Needs} */
  #needs;
  #prefix = '';
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Set<string>} the conversations that send just now */
  #busy = new Set();
  /** @type {Map<string, () => void>} */
  #waits = new Map();
  /** @type {Map<string, number>} until when a group's slow mode makes one wait */
  #slowUntil = new Map();
  #running = true;
  /** @type {Trouble} */
  #trouble;

  /** @param {Needs} needs @param {number} owner  the user's id */
  constructor(needs, owner) {
    super();
    this.#needs = needs;
    this.#trouble = new Trouble(needs.clock, needs.random);
    this.#prefix = `magpie.unsent.${owner}.`;
    this.#load();
  }

  /** Goes on with what an earlier page left. */
  start() {
    for (const e of this.#entries) if (e.state === 'waiting') this.#pump(keyOf(e.contact_type, e.to));
  }

  stop() {
    this.#running = false;
    this.retryNow();
  }

  /** @param {string} key @returns {Entry[]} in the order of writing */
  of(key) {
    return this.#entries.filter((e) => keyOf(e.contact_type, e.to) === key);
  }

  /** Until when the group makes one wait, in milliseconds; 0 if it doesn't. @param {string} key */
  slowUntil(key) {
    return this.#slowUntil.get(key) ?? 0;
  }

  /** @param {import('./types.js').ContactType} type @param {number} to @param {string} msg */
  add(type, to, msg) {
    const { clock, uuid } = this.#needs;
    const last = this.#entries.at(-1)?.at ?? 0;
    /** @type {Entry} */
    const entry = {
      client_id: uuid(), contact_type: type, to, msg, at: Math.max(clock.now(), last + 1), state: 'waiting',
    };
    this.#entries.push(entry);
    this.#save(entry);
    this.#changed(entry);
    this.#pump(keyOf(type, to));
    return entry;
  }

  /** Tries a failed one again. @param {string} clientId */
  retry(clientId) {
    const entry = this.#entries.find((e) => e.client_id === clientId);
    if (entry?.state !== 'failed') return;
    this.#set(entry, 'waiting');
    this.#pump(keyOf(entry.contact_type, entry.to));
  }

  /** @param {string} clientId */
  drop(clientId) {
    const entry = this.#entries.find((e) => e.client_id === clientId);
    if (!entry) return;
    this.#entries = this.#entries.filter((e) => e !== entry);
    this.#needs.shelf.removeItem(this.#prefix + clientId);
    this.#changed(entry);
  }

  /** The message itself has come: its entry has served. @param {string | null | undefined} clientId */
  seen(clientId) {
    if (clientId) this.drop(clientId);
  }

  /** Another tab has changed the shelf: what it sent or deleted is done with here, too.
   * @param {{ key: string | null, newValue: string | null }} change */
  shelfChanged(change) {
    if (change.newValue === null && change.key?.startsWith(this.#prefix)) this.drop(change.key.slice(this.#prefix.length));
  }

  /** The network is back: whoever waits for the next try goes now. */
  retryNow() {
    for (const go of [...this.#waits.values()]) go();
  }

  #load() {
    const { shelf } = this.#needs;
    for (let i = 0; i < shelf.length; i++) {
      const name = shelf.key(i);
      if (!name?.startsWith(this.#prefix)) continue;
      const entry = readEntry(shelf.getItem(name));
      if (entry) this.#entries.push(entry);
    }
    this.#entries.sort((a, b) => a.at - b.at);
  }

  /** Sends a conversation's waiting ones, one after the other, so that their order stays. @param {string} key */
  async #pump(key) {
    if (this.#busy.has(key)) return;
    this.#busy.add(key);
    for (let entry = this.#next(key); entry && this.#running; entry = this.#next(key)) await this.#send(entry);
    this.#busy.delete(key);
  }

  /** @param {string} key */
  #next(key) {
    return this.of(key).find((e) => e.state === 'waiting');
  }

  /** @param {Entry} entry */
  async #send(entry) {
    const { api, confirmed } = this.#needs;
    const { contact_type, to, msg, client_id } = entry;
    this.#set(entry, 'sending');
    try {
      const { message } = await api.post('/api/send', { contact_type, to, msg, client_id });
      this.#trouble.end();
      this.#needs.shelf.removeItem(this.#prefix + client_id);
      this.#set(entry, 'sent');
      confirmed(message);
    } catch (problem) {
      await this.#failed(entry, problem);
    }
  }

  /** @param {Entry} entry @param {any} problem */
  async #failed(entry, problem) {
    if (problem.status === 401 || problem.name === 'switched') {
      this.#running = false;
      this.#set(entry, 'waiting');
    } else if (problem.isPassing) {
      const key = keyOf(entry.contact_type, entry.to);
      const isSlow = problem.name === 'slow-mode';           // no trouble: no other conversation waits longer for it
      const delay = isSlow ? problem.retryAfter_ms ?? 0 : this.#trouble.again(problem.retryAfter_ms);
      if (isSlow) this.#slowUntil.set(key, this.#needs.clock.now() + delay);
      this.#set(entry, 'waiting');
      await this.#wait(key, delay);
      this.#slowUntil.delete(key);
    } else {
      entry.problem = problem.name;
      this.#set(entry, 'failed');
    }
  }

  /** @param {string} key @param {number} wanted_ms @returns {Promise<void>} */
  #wait(key, wanted_ms) {
    const { clock } = this.#needs;
    const delay = Math.max(250, wanted_ms);
    return new Promise((resolve) => {
      const go = () => {
        clock.clearTimeout(timer);
        this.#waits.delete(key);
        resolve();
      };
      const timer = clock.setTimeout(go, delay);
      this.#waits.set(key, go);
    });
  }

  /** @param {Entry} entry @param {Entry['state']} state */
  #set(entry, state) {
    entry.state = state;
    if (state !== 'failed') delete entry.problem;
    if (state === 'failed' || state === 'waiting') this.#save(entry);
    this.#changed(entry);
  }

  /** @param {Entry} entry */
  #save(entry) {
    if (!this.#entries.includes(entry)) return;            // deleted while it was under way
    try {
      this.#needs.shelf.setItem(this.#prefix + entry.client_id, JSON.stringify(entry, SAVED));
    } catch {
      // Full or forbidden: it is sent all the same, and lost only by a reload before the answer.
    }
  }

  /** @param {Entry} entry */
  #changed(entry) {
    this.dispatchEvent(new Told('change', { key: keyOf(entry.contact_type, entry.to) }));
  }
}

/** @param {string | null} text @returns {Entry | null} */
function readEntry(text) {
  try {
    const entry = JSON.parse(text ?? '');
    if (typeof entry.client_id !== 'string' || typeof entry.msg !== 'string') return null;
    return { ...entry, state: entry.state === 'failed' ? 'failed' : 'waiting' };
  } catch {
    return null;
  }
}

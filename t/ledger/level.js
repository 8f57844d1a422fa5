// level.js: are all pages where they should be? What was acknowledged up to a moment must be in each page that is open
// and awake, of everybody who has been in the conversation since.

import { ready } from './host.js';
import { LOADING } from './late.js';
import { now, sleep } from './time.js';

const STEP = 50;

/**
 * @typedef {object} Lag  what isn't there
 * @property {string} [page]
 * @property {string} [conv]
 * @property {number} [seq]
 * @property {string} why
 * @property {number} [until]  not late before: the page was just opened
 */
/**
 * @typedef {object} Aim
 * @property {number} since
 * @property {Map<string, number>} newest  of each conversation
 */

export class Level {
  /** @type {(() => Lag | null)[]} others who must be level */
  others = [];

  /** @param {import('./world.js').World} world @param {() => import('./tab.js').Tab[]} tabs @param {string} dir
   * @param {number} patience_ms  to wait beyond the bound: how long is it really? */
  constructor(world, tabs, dir, patience_ms) {
    this.world = world;
    this.tabs = tabs;
    this.dir = dir;
    this.patience_ms = patience_ms;
  }

  /** What is acknowledged by now. @returns {Aim} */
  aim() {
    return { since: now(), newest: new Map(this.world.record.newest) };
  }

  /** The first page that isn't there, one that is late before one that was just opened; null: all are there.
   * @param {Aim} aim @returns {Lag | null} */
  lagging(aim) {
    /** @type {Lag | null} */
    let loading = null;
    for (const tab of this.tabs()) {
      const lag = tab.away ? null : this.#lagOf(tab, aim);
      const until = tab.page.opened + LOADING;
      if (lag && now() >= until) return lag;
      if (lag) loading ??= { ...lag, until };
    }
    for (const other of this.others) {
      const lag = other();
      if (lag) return lag;
    }
    return loading;
  }

  /** @param {import('./tab.js').Tab} tab @param {Aim} aim @returns {Lag | null} */
  #lagOf(tab, { since, newest }) {
    const { page } = tab.page.view;
    if (!tab.store.ready) return { page, why: 'has no state' };
    for (const [name, seq] of newest) {
      const conv = this.world.convs.get(name);
      if (!conv?.people.includes(tab.user) || !conv.inSince(tab.user.id, since)) continue;
      const rev = tab.store.get(`${conv.type}:${conv.to(tab.user)}`)?.rev ?? 0;
      if (rev < seq) return { page, conv: name, seq, why: `is at ${rev}` };
    }
    return null;
  }

  /** Waits until all pages are there and all workers ready. Answers how long that took, and who was missing at the bound,
   * and who came last.
   * @param {number} bound_ms */
  async wait(bound_ms) {
    const aim = this.aim();
    const begun = aim.since;
    /** @type {Lag | null} */
    let missing = null;
    /** @type {Lag | null} */
    let last = null;
    for (;;) {
      const lag = this.lagging(aim) ?? (await ready(this.dir, this.world.port) ? null : { why: 'not all workers are ready' });
      const ms = now() - begun;
      const late = lag ?? last;
      if (ms > bound_ms && late && now() >= (late.until ?? 0)) missing ??= late;
      if (!lag) return { ms, missing, last };
      last = lag;
      if (ms > bound_ms + this.patience_ms) return { ms: Infinity, missing, last };
      await sleep(STEP);
    }
  }
}

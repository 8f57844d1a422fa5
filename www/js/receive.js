// receive.js: the poll. Opens a queue, asks for events, repairs what is missing, waits when nobody answers.
//
// Where another tab polls for this one, the same events come from there (tabs.js).
//
// Events: 'status', when `status` has changed; 'current', after each state, once what can wait for the poll may be asked for:
// where a queue came with the state, its first poll has been sent. Everything it learns goes to the store.

import { Trouble } from './backoff.js';
import { keyOf } from './route.js';
import { Told } from './told.js';

/** @typedef {import('./types.js').QueueEvent} QueueEvent */
/** @typedef {{ kind: 'connecting' | 'online' | 'offline' | 'stopped', retryAt?: number }} Status */

const HOLE_WAITS = 300;
const REPAIR_AGAIN = 2000;
const BETWEEN_POLLS = 100;
const EMPTY_WITHIN = 30_000;
const STALE_AFTER = 5000;
const JUMP = 5000;
const SLACK = 15_000;                    // beyond the hold, after which a poll counts as dead
const PROBE_WITHIN = 3000;

/**
 * @typedef {object} Needs
 * @property {import('./api.js').Api} api
 * @property {import('./store.js').Store} store
 * @property {import('./types.js').Clock} clock
 * @property {() => number} random
 * @property {import('./tabs.js').Tabs} [tabs]
 * @property {import('./idle.js').Idle} [idle]
 */

export class Receiver extends EventTarget {
  /** @type {Needs} */
  #needs;
  /** @type {Status} */
  status = { kind: 'connecting' };
  /** @type {string | null} */
  #queue = null;
  #after = 0;
  #hold = 25;
  /** @type {Trouble} */
  #trouble;
  #lastEmpty = 0;
  #lastPoll = 0;
  #drift = 0;                            // of the clocks, when the last poll began
  #lastAnswer = 0;
  #atOnce = false;                       // the next poll is a short one
  #isFresh = false;                      // the queue has not been polled yet
  #isProbe = false;                      // and has to be answered soon
  #running = false;
  #abort = new AbortController();
  /** @type {(() => void) | null} */
  #endWait = null;
  /** @type {Map<string, any>} */
  #repairs = new Map();
  /** @type {Promise<void> | null} */
  #changing = null;
  #changeAgain = false;
  /** @type {(value?: any) => void} */
  #endFollowing = () => {};

  /** @param {Needs} needs */
  constructor(needs) {
    super();
    this.#needs = needs;
    this.#trouble = new Trouble(needs.clock, needs.random);
  }

  async start() {
    if (this.#running) return;
    this.#running = true;
    this.#needs.idle?.addEventListener('change', () => this.#pollAnew());
    this.#needs.store.addEventListener('doubt', () => this.resync());
    this.#needs.api.addEventListener('slow', () => this.#probe());
    await this.#enter();
    this.#lastEmpty = this.#needs.clock.now();
    while (this.#running) {
      try {
        await this.#step();
        this.#trouble.end();
        this.#lastAnswer = this.#needs.clock.now();
        this.#say({ kind: 'online' });
      } catch (problem) {
        await this.#fail(problem);
      }
    }
  }

  /** Until this tab is the one that polls: lives on what the one that does tells. */
  async #enter() {
    const { api, tabs } = this.#needs;
    if (!tabs) return;
    tabs.addEventListener('told', (event) => this.#told(/** @type {Told} */ (event).detail));
    await tabs.enter(`magpie.poll.${api.sessionName}`);
    if (tabs.leads || !this.#running) return;
    this.resync();
    await Promise.race([tabs.whenLeading, new Promise((resolve) => { this.#endFollowing = resolve; })]);
  }

  /** @param {{ events?: QueueEvent[], revs?: number, status?: Status, wake?: boolean, slow?: boolean, active?: boolean }} message */
  #told(message) {
    const { store, tabs, idle } = this.#needs;
    if (!this.#running) return;
    if (message.active) idle?.hear();
    if (tabs?.leads) {
      if (message.wake) this.wake();
      if (message.active) this.lookAtClock();
      if (message.slow) this.#probe();
      return;
    }
    for (const event of message.events ?? []) this.#takeEvent(event);
    if (message.status) this.#say(message.status);
    if (store.ready && message.revs !== undefined && message.revs !== store.revs()) this.resync();
  }

  stop() {
    this.#running = false;
    this.#endFollowing();
    this.#needs.tabs?.leave();
    for (const timer of this.#repairs.values()) this.#needs.clock.clearTimeout(timer);
    this.#repairs.clear();
    this.#say({ kind: 'stopped' });
    this.wake();
  }

  /** After sleep, or when the network is back: whatever hangs is dropped, and asked anew at once. */
  wake() {
    const { tabs } = this.#needs;
    if (this.#running && tabs && !tabs.leads) tabs.tell({ wake: true });
    this.#atOnce = true;
    this.#pollAnew();
  }

  /** Something else has had no answer for long. Where packets vanish, a poll that is held would tell it half a minute later. */
  #probe() {
    const { tabs } = this.#needs;
    if (tabs?.leads === false) return tabs.tell({ slow: true });
    if (!this.#running || !this.#queue || this.status.kind !== 'online' || this.#isProbe) return;
    this.#isProbe = true;
    this.wake();
  }

  /** Whatever hangs is broken off. */
  #pollAnew() {
    this.#abort.abort();
    this.#endWait?.();
  }

  /** As wake(), unless something came a moment ago. */
  wakeIfStale() {
    const quiet = this.#needs.clock.now() - this.#lastAnswer;
    if (this.status.kind === 'offline' || quiet > STALE_AFTER) this.wake();
  }

  /** Somebody is here. If the machine has slept meanwhile (its lid closed, and this page in front before and after) no
   * browser says so: then the clock has jumped, or a poll is held for longer than any is. */
  lookAtClock() {
    const { clock, tabs } = this.#needs;
    if (!this.#queue || tabs?.leads === false) return;
    const isLate = clock.now() - this.#lastPoll > this.#hold * 1000 + SLACK;
    if (isLate || Math.abs(this.#driftNow() - this.#drift) > JUMP) this.wake();
  }

  #driftNow() {
    const { clock } = this.#needs;
    return clock.steady ? clock.now() - clock.steady() : 0;
  }

  /** @param {import('./types.js').Message} message  the answer to a sending, ahead of its event */
  take(message) {
    this.#takeMessage(message);
  }

  async #step() {
    const { clock } = this.#needs;
    if (!this.#queue) return this.#open();
    const early = this.#lastPoll + BETWEEN_POLLS - clock.now();
    if (early > 0 && !this.#atOnce) await this.#wait(early);
    if (this.#running) await this.#poll(this.#queue);
  }

  async #open() {
    const { api, store, clock } = this.#needs;
    const have = store.have();
    const state = await this.#guarded((signal) => api.post('/api/queues', { have }, { signal, ahead: true }));
    this.#queue = state.queue;
    this.#after = state.next;
    this.#hold = state.hold;
    this.#lastEmpty = clock.now();
    this.#isFresh = true;
    this.#takeState(state);
  }

  /** @param {string} queue */
  async #poll(queue) {
    const { api, store, clock, idle } = this.#needs;
    const short = this.#atOnce || clock.now() - this.#lastEmpty > EMPTY_WITHIN;
    this.#atOnce = false;
    this.#lastPoll = clock.now();
    this.#drift = this.#driftNow();
    const timeout = short ? 0 : this.#hold;
    const path = `/api/receive?queue=${encodeURIComponent(queue)}&after=${this.#after}`
      + `&timeout=${timeout}&revs=${store.revs()}${idle?.isIdle ? '&idle=1' : ''}`;
    const isProbe = this.#isProbe;
    const within_ms = isProbe ? PROBE_WITHIN : timeout * 1000 + SLACK;
    const asked = this.#guarded((signal) => api.get(path, { signal, within_ms })).finally(() => { this.#isProbe &&= !isProbe; });
    if (this.#isFresh) this.#askTheRest();
    const answer = await asked;
    if (answer.replaced) this.#queue = null;           // a copy of this page polls it: open an own one
    else this.#takeEvents(answer);
  }

  #askTheRest() {
    this.#isFresh = false;
    this.#loadRequests();
    this.dispatchEvent(new Told('current'));
  }

  /** @param {{ events: QueueEvent[], next: number, behind?: boolean }} answer */
  #takeEvents(answer) {
    for (const event of answer.events) if (event.n > this.#after) this.#takeEvent(event);
    this.#after = answer.next;
    const { clock, store, tabs } = this.#needs;
    if (answer.events.length > 0) tabs?.tell({ events: answer.events });
    else this.#lastEmpty = clock.now();
    if (answer.behind) this.resync();
    else if (answer.events.length === 0) tabs?.tell({ revs: store.revs() });
  }

  /** @param {QueueEvent} event */
  #takeEvent(event) {
    const { store } = this.#needs;
    if (event.message) this.#takeMessage(event.message);
    else if (event.type === 'presence') store.takePresence(event);
    else if (event.me_rev !== undefined) this.#takeOwn(event);
    else if (event.rev !== undefined && event.contact_type) this.#takeNumber(event);
  }

  /** A change of a kind that this client doesn't know: the history tells what came of it. @param {QueueEvent} event */
  #takeNumber(event) {
    const key = keyOf(event.contact_type, event.contact_id);
    const taken = this.#needs.store.want(key, event.rev);
    if (taken === 'hole') this.#mend(key);
    if (taken === 'unknown') this.resync();
  }

  /** @param {import('./types.js').Message} message */
  #takeMessage(message) {
    const taken = this.#needs.store.take(message);
    if (taken === 'hole') this.#mend(keyOf(message.contact_type, message.contact_id));
    if (taken === 'unknown') this.resync();
  }

  /** @param {QueueEvent} event */
  #takeOwn(event) {
    const taken = this.#needs.store.takeOwn(event);
    if (taken === 'hole') this.#later('me', HOLE_WAITS, () => this.resync());
    if (taken === 'unknown') this.resync();
  }

  /** Fetches what a conversation lacks, unless it has come by then. @param {string} key @param {number} [wait_ms] */
  #mend(key, wait_ms = HOLE_WAITS) {
    this.#later(key, wait_ms, () => this.#fetchMissing(key).catch(() => {
      if (this.#running) this.#mend(key, REPAIR_AGAIN);
    }));
  }

  /** @param {string} key */
  async #fetchMissing(key) {
    const { api, store } = this.#needs;
    for (let more = true; more;) {
      const c = store.get(key);
      if (!c || c.rev >= c.wanted) return;
      const answer = await api.get(`/api/history?contact_type=${c.type}&contact_id=${c.id}&after_rev=${c.rev}&limit=200`);
      const before = c.rev;
      store.takeAnswer(key, answer.messages, answer.rev);
      more = answer.more && c.rev > before;
    }
  }

  /** A state may leave events of a later time waiting. */
  #mendHoles() {
    for (const c of this.#needs.store.conversations) if (c.rev < c.wanted) this.#mend(c.key);
  }

  /** Once for each key at a time. @param {string} key @param {number} ms @param {() => void} act */
  #later(key, ms, act) {
    if (this.#repairs.has(key)) return;
    this.#repairs.set(key, this.#needs.clock.setTimeout(() => {
      this.#repairs.delete(key);
      act();
    }, ms));
  }

  /** Asks for all that changed, without touching the queue; calls that come meanwhile share one more. */
  async resync() {
    if (this.#changing) {
      this.#changeAgain = true;
      return;
    }
    this.#changing = this.#fetchChanges().catch(() => {
      if (this.#running) this.#later('me', REPAIR_AGAIN, () => this.resync());
    });
    await this.#changing;
    this.#changing = null;
    if (!this.#changeAgain) return;
    this.#changeAgain = false;
    await this.resync();
  }

  async #fetchChanges() {
    const { api, store } = this.#needs;
    this.#takeState(await api.post('/api/changes', { have: store.have() }, { ahead: true }));
    this.#lastAnswer = this.#needs.clock.now();
    if (this.#needs.tabs?.leads === false && this.status.kind === 'connecting') this.#say({ kind: 'online' });
    this.dispatchEvent(new Told('current'));
    await this.#fetchRequests();
  }

  /** What the server has, which may be more than events told: those that live on this tab's events are told where it
   * stands. @param {any} state */
  #takeState(state) {
    const { store, tabs } = this.#needs;
    store.takeState(state);
    if (tabs?.leads) tabs.tell({ revs: store.revs() });
    this.#mendHoles();
  }

  async #fetchRequests() {
    const { api, store } = this.#needs;
    const { incoming, outgoing } = await api.get('/api/friend-requests');
    store.takeRequests(incoming, outgoing);
  }

  #loadRequests() {
    this.#fetchRequests().catch(() => {
      if (this.#running) this.#later('requests', REPAIR_AGAIN, () => this.#loadRequests());
    });
  }

  /** @param {any} problem */
  async #fail(problem) {
    const { clock } = this.#needs;
    if (!this.#running) return;
    if (problem.name === 'woken') return;
    if (problem.status === undefined) console.error(problem);
    if (problem.status === 401 || problem.name === 'switched') return this.stop();
    if (problem.status === 410 && this.#queue) {
      this.#queue = null;
      return;
    }
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) this.#queue = null;
    if (!this.#needs.store.ready && problem.status === 503) await this.resync();    // that needs no Redis
    this.#atOnce = true;                   // a held one would say only at its end that all is well again
    const delay = this.#trouble.again(problem.retryAfter_ms);
    this.#say({ kind: 'offline', retryAt: clock.now() + delay });
    await this.#wait(delay);
  }

  /** @param {number} ms */
  #wait(ms) {
    const { clock } = this.#needs;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(done, ms);
      const self = this;
      this.#endWait = done;
      function done() {
        clock.clearTimeout(timer);
        self.#endWait = null;
        resolve(undefined);
      }
    });
  }

  /** Calls so that wake() can break it off. @param {(signal: AbortSignal) => Promise<any>} call */
  async #guarded(call) {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      return await call(signal);
    } catch (problem) {
      if (signal.aborted) throw Object.assign(new Error('woken'), { name: 'woken', status: 0 });
      throw problem;
    }
  }

  /** @param {Status} status */
  #say(status) {
    if (status.kind === this.status.kind && status.retryAt === this.status.retryAt) return;
    this.status = status;
    if (this.#needs.tabs?.leads && status.kind !== 'stopped') this.#needs.tabs.tell({ status });
    this.dispatchEvent(new Told('status'));
  }
}

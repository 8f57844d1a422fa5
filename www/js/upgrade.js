// upgrade.js: whether the server has a newer client than this page is. Asked when the poll comes back after a break, once an
// hour, and when a part of this one can't be had. Then a reload is offered, and done once nobody is there and nothing is
// being written: what stands in a composer would be kept, but what stands in a form would not.

const EVERY = 60 * 60_000;

/**
 * @typedef {object} Needs
 * @property {Pick<import('./api.js').Api, 'get'>} api
 * @property {import('./types.js').Clock} clock
 * @property {string} version  this page's
 * @property {() => void} offer  says that there is a new one
 * @property {() => void} reload
 * @property {() => boolean} isWriting  whether somebody has begun to write something
 */

export class Upgrade {
  /** @type {Needs} */
  #needs;
  /** @type {import('./idle.js').Idle | null} */
  #idle = null;
  /** @type {Promise<void> | null} */
  #asking = null;
  isThere = false;

  /** @param {Needs} needs */
  constructor(needs) {
    this.#needs = needs;
  }

  /** @param {boolean} [isCurrent]  was just asked */
  start(isCurrent = false) {
    if (!isCurrent) this.check();
    this.#needs.clock.setTimeout(() => this.start(), EVERY);
  }

  /** Lives with a session: its poll, and who is there. @param {Pick<import('./session.js').Session, 'receiver' | 'idle'>} session */
  follow({ receiver, idle }) {
    let wasOffline = false;
    this.#idle = idle;
    receiver.addEventListener('status', () => {
      const { kind } = receiver.status;
      if (kind === 'online' && wasOffline) this.check();
      wasOffline = kind === 'offline';
    });
    idle.addEventListener('change', () => this.#perhaps());
  }

  /** Answers whether there is a newer one. */
  async check() {
    this.#asking ??= this.#ask().finally(() => { this.#asking = null; });
    await this.#asking;
    return this.isThere;
  }

  async #ask() {
    const { api, version, offer } = this.#needs;
    const answer = await api.get('/version.json').catch(() => null);
    if (this.isThere || !answer?.version || answer.version === version) return;
    this.isThere = true;
    offer();
    this.#perhaps();
  }

  #perhaps() {
    if (this.isThere && this.#idle?.isIdle && !this.#needs.isWriting()) this.#needs.reload();
  }
}

// reading.js: tells the server how far one has read: the newest mark of each conversation, and again until it is taken.

const COLLECT = 250;
const AGAIN = 3000;

export class Reading {
  /** @type {Map<string, { type: string, id: number, seq: number }>} */
  #marks = new Map();
  /** @type {any} */
  #timer = null;

  /** @param {Pick<import('./api.js').Api, 'post'>} api @param {import('./types.js').Clock} clock */
  constructor(api, clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Is there something that the server hasn't taken yet? */
  get waits() {
    return this.#marks.size > 0;
  }

  /** @param {import('./types.js').ContactType} type @param {number} id @param {number} seq */
  mark(type, id, seq) {
    this.#marks.set(`${type}:${id}`, { type, id, seq });
    this.#later(COLLECT);
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
    this.#marks.clear();
  }

  /** @param {number} ms */
  #later(ms) {
    this.#timer ??= this.clock.setTimeout(() => {
      this.#timer = null;
      this.#send();
    }, ms);
  }

  async #send() {
    for (const [key, mark] of [...this.#marks]) {
      try {
        await this.api.post('/api/read', { contact_type: mark.type, contact_id: mark.id, seq: mark.seq });
        if (this.#marks.get(key) === mark) this.#marks.delete(key);
      } catch (/** @type {any} */ problem) {
        if (!problem.isPassing) this.#marks.delete(key);
        else this.#later(Math.max(AGAIN, problem.retryAfter_ms ?? 0));
      }
    }
  }
}

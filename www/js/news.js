// news.js: which messages are new, of all that the store is told. What comes in one go is handed on in one go.

/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {{ c: Conversation, messages: import('./types.js').Message[] }} New  the newest first */

export class News {
  /** @type {Map<string, number>} up to which number each conversation has been looked at */
  #marks = new Map();
  /** @type {Set<string>} */
  #changed = new Set();
  #isState = false;
  #isDue = false;

  /** @param {import('./store.js').Store} store
   * @param {(news: New[], isCatchingUp: boolean) => void} act  isCatchingUp: the server was asked for all that was missed */
  constructor(store, act) {
    this.store = store;
    this.act = act;
  }

  /** What is here by now is no news. @param {AbortSignal} signal */
  start(signal) {
    for (const c of this.store.conversations) this.#marks.set(c.key, c.rev);
    this.store.addEventListener('change', (event) => {
      this.#changed.add(/** @type {import('./told.js').Told} */ (event).detail.key);
      this.#soon();
    }, { signal });
    this.store.addEventListener('state', () => { this.#isState = true; this.#soon(); }, { signal });
  }

  #soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      const [keys, isState] = [[...this.#changed], this.#isState];
      this.#isDue = this.#isState = false;
      this.#changed.clear();
      const news = keys.flatMap((key) => this.#newOf(this.store.get(key)));
      if (news.length > 0) this.act(news, isState);
    });
  }

  /** @param {Conversation | undefined} c @returns {New[]} */
  #newOf(c) {
    if (!c) return [];
    const mark = this.#marks.get(c.key) ?? 0;
    this.#marks.set(c.key, Math.max(mark, c.rev));
    /** @type {(import('./types.js').Message | null | undefined)[]} */
    const found = [c.last];                               // of a conversation without its entries that alone is known
    for (let seq = c.last ? c.last.seq - 1 : 0; seq > mark && seq >= c.from; seq--) found.push(c.messages.get(seq));
    const messages = found.filter((m) => m !== null && m !== undefined && m.seq > mark && m.kind === 'text');
    return messages.length > 0 ? [{ c, messages: /** @type {import('./types.js').Message[]} */ (messages) }] : [];
  }
}

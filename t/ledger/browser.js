// browser.js: what the tabs of one browser share: cookies and connections, a shelf that tells the others of changes,
// locks and channels.

import { MemoryShelf } from '../../www/js/shelf.js';
import { Wire } from './wire.js';

export class Browser {
  /** @type {Map<string, { held: boolean, waiting: (() => void)[] }>} */
  #locks = new Map();
  /** @type {Set<any>} */
  #channels = new Set();
  #items = new MemoryShelf();
  /** The open pages: each is told what another puts on the shelf.
   * @type {Set<{ shelfChanged: (change: any) => void }>} */
  pages = new Set();

  /** @param {string} name @param {number} port @param {import('./chaos.js').Chaos} chaos */
  constructor(name, port, chaos) {
    this.name = name;
    this.wire = new Wire(port, chaos);
  }

  /** localStorage, as one page sees it. @param {any} page */
  shelfOf(page) {
    const items = this.#items;
    const tell = (/** @type {string} */ key, /** @type {string | null} */ newValue) => {
      for (const other of this.pages) if (other !== page) queueMicrotask(() => other.shelfChanged({ key, newValue }));
    };
    return {
      get length() { return items.length; },
      key: (/** @type {number} */ index) => items.key(index),
      getItem: (/** @type {string} */ name) => items.getItem(name),
      setItem: (/** @type {string} */ name, /** @type {string} */ value) => { items.setItem(name, value); tell(name, value); },
      removeItem: (/** @type {string} */ name) => {
        if (items.getItem(name) === null) return;
        items.removeItem(name);
        tell(name, null);
      },
    };
  }

  /** As navigator.locks, for what the client uses of it. */
  locks = {
    request: (/** @type {string} */ name, /** @type {any} */ options, /** @type {(lock: any) => any} */ act) => {
      const lock = this.#locks.get(name) ?? { held: false, waiting: [] };
      this.#locks.set(name, lock);
      if (!lock.held) return this.#hold(lock, name, act);
      if (options.ifAvailable) return Promise.resolve(act(null));
      return new Promise((resolve, reject) => {
        const turn = () => resolve(this.#hold(lock, name, act));
        lock.waiting.push(turn);
        options.signal?.addEventListener('abort', () => {
          lock.waiting = lock.waiting.filter((other) => other !== turn);
          reject(new Error('aborted'));
        });
      });
    },
  };

  /** @param {{ held: boolean, waiting: (() => void)[] }} lock @param {string} name @param {(lock: any) => any} act */
  async #hold(lock, name, act) {
    lock.held = true;
    try {
      return await act({ name });
    } finally {
      lock.held = false;
      lock.waiting.shift()?.();
    }
  }

  /** Makes what is as a BroadcastChannel, for one page. @param {import('./gate.js').Gate} gate */
  channelOf = (gate) => (/** @type {string} */ name) => {
    /** @type {any} */
    const channel = { name, onmessage: null, hear: (/** @type {any} */ data) => gate.pass(() => channel.onmessage?.({ data })) };
    channel.postMessage = (/** @type {any} */ data) => {
      const text = JSON.stringify(data);
      for (const other of this.#channels)
        if (other !== channel && other.name === name) setImmediate(() => other.hear(JSON.parse(text)));
    };
    channel.close = () => {
      channel.onmessage = null;
      this.#channels.delete(channel);
    };
    this.#channels.add(channel);
    return channel;
  };
}

// shelf.js: localStorage, or a stand-in for as long as the page lives where that is forbidden.

/** @implements {Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>} */
export class MemoryShelf {
  /** @type {Map<string, string>} */
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  /** @param {string} name */
  getItem(name) {
    return this.#items.get(name) ?? null;
  }

  /** @param {string} name @param {string} value */
  setItem(name, value) {
    this.#items.set(name, String(value));
  }

  /** @param {string} name */
  removeItem(name) {
    this.#items.delete(name);
  }
}

/** @returns {import('./types.js').Shelf} */
function find() {
  try {
    return globalThis.localStorage ?? new MemoryShelf();
  } catch {
    return new MemoryShelf();
  }
}

export const shelf = find();

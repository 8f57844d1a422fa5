// row-window.js: which of a conversation's rows are in the page: a part of them that moves along, so that ten thousand
// messages cost no more than two hundred. Pure.

const MOST = 160;
const STEP = 60;

/** @typedef {{ key: string, kind?: string }} Row */

export class RowWindow {
  /** @type {string | null} the key of the first row; null while the part is the newest one */
  first = null;

  /** @template {Row} R @param {R[]} rows @returns {number} */
  #start(rows) {
    const at = this.first === null ? -1 : rows.findIndex((row) => row.key === this.first);
    if (at === -1) return Math.max(0, rows.length - MOST);
    return rows[at - 1]?.kind === 'day' ? at - 1 : at;
  }

  /** @template {Row} R @param {R[]} rows */
  of(rows) {
    const start = this.#start(rows);
    return rows.slice(start, start + MOST);
  }

  /** Is the newest row in it? @param {Row[]} rows */
  isAtEnd(rows) {
    return this.#start(rows) + MOST >= rows.length;
  }

  /** Moves towards the older ones; false if there are none. @param {Row[]} rows */
  up(rows) {
    const start = this.#start(rows);
    if (start === 0) return false;
    this.#moveTo(rows, start - STEP);
    return true;
  }

  /** Moves towards the newer ones; false if there are none. @param {Row[]} rows */
  down(rows) {
    if (this.isAtEnd(rows)) return false;
    this.#moveTo(rows, this.#start(rows) + STEP);
    return true;
  }

  /** Moves so that a row is in it, with some before it. @param {Row[]} rows @param {number} index */
  show(rows, index) {
    const start = this.#start(rows);
    if (index < start || index >= start + MOST) this.#moveTo(rows, index - STEP);
  }

  toEnd() {
    this.first = null;
  }

  /** @param {Row[]} rows @param {number} start */
  #moveTo(rows, start) {
    const first = Math.max(0, start);
    // A day's line goes up when older messages of that day come: the part begins at what stays where it is.
    const fixed = rows[first]?.kind === 'day' ? first + 1 : first;
    this.first = first + MOST >= rows.length ? null : rows[fixed].key;
  }
}

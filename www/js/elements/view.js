// view.js: where a reader stands in a scroller, and keeping that so while its rows change.

const BOTTOM = 40;                       // px; nearer than that counts as the bottom
const NEAR = 400;                        // px; from there on more rows are wanted

/** @typedef {{ distance: number, first: string | null, seq: number }} Left */

export class View {
  atBottom = true;
  endsHere = true;                       // the scroller's end is the conversation's
  /** @type {Map<string, Left>} how far from the bottom of which rows one was left */
  #distances = new Map();
  /** @type {ResizeObserver | null} */
  #observer = null;
  /** @type {number | null} */
  #distance = null;                      // from the bottom, to come back to
  #lastDistance = 0;                     // as of now; out of the page nothing can be measured
  /** @type {{ row: Element, top: number, scrollTop: number } | null} what a reader who has scrolled up sees at the top */
  #seen = null;

  /** @param {HTMLElement} scroller @param {HTMLElement} rows */
  constructor(scroller, rows) {
    this.scroller = scroller;
    this.rows = rows;
  }

  watch() {
    this.#observer = new ResizeObserver(() => {
      if (this.atBottom) this.toBottom();
      else this.#hold();
    });
    this.#observer.observe(this.scroller);
    this.#observer.observe(this.rows);
  }

  unwatch() {
    this.#observer?.disconnect();
  }

  get isNearTop() {
    return this.scroller.clientHeight > 0 && this.scroller.scrollTop < NEAR;
  }

  get isNearEnd() {
    return this.scroller.clientHeight > 0 && this.#fromBottom() < NEAR;
  }

  #fromBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Notes where a conversation is left. @param {string} key @param {string | null} first  of its rows in the page
   * @param {number} seq  of the first message there */
  leave(key, first, seq) {
    if (!key || this.rows.childElementCount === 0) return;
    if (this.atBottom) this.#distances.delete(key);
    else this.#distances.set(key, { distance: this.#lastDistance, first, seq });
  }

  /** Prepares for the first drawing of a conversation. @param {string} key @param {boolean} hasLine  there is a row to go to
   * @returns {Left | undefined} how it was left */
  open(key, hasLine) {
    const left = hasLine ? undefined : this.#distances.get(key);
    this.#distance = left?.distance ?? null;
    this.atBottom = this.#distance === null && !hasLine;
    return left;
  }

  /** Goes to where one should be, after the first drawing. @param {Element} [line]  the row to go to */
  place(line) {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    if (line) this.scroller.scrollTop = this.#topOf(line) - this.scroller.clientHeight / 4;
    else if (this.#distance !== null) this.scroller.scrollTop -= this.#distance;
    this.scrolled();
  }

  /** @param {Element} node */
  #topOf(node) {
    return node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top + this.scroller.scrollTop;
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.atBottom = true;
  }

  scrolled() {
    if (this.scroller.clientHeight === 0) return;         // not in the page
    this.#lastDistance = this.#fromBottom();
    this.atBottom = this.endsHere && this.#lastDistance < BOTTOM;
    this.#note();
  }

  #note() {
    const row = this.atBottom ? undefined : this.rows.children[this.#firstShown()];
    this.#seen = row ? { row, top: textTop(row), scrollTop: this.scroller.scrollTop } : null;
  }

  /** Rows have another height without a change of theirs: another width, another font. Where the scroller has been moved
   * since, and has not said so yet, that is where the reader wants to be. */
  #hold() {
    const { scrollTop, clientHeight } = this.scroller;
    if (!this.#seen?.row.isConnected || clientHeight === 0) return;
    const isAtEnd = this.#fromBottom() < 1;               // the browser may have moved it there
    if (isAtEnd || scrollTop === this.#seen.scrollTop) this.scroller.scrollTop += textTop(this.#seen.row) - this.#seen.top;
    this.#lastDistance = this.#fromBottom();
    this.#note();
  }

  /** Changes the rows so that what the reader looks at stays where it is. @param {() => void} change */
  keep(change) {
    // The reader may be there since this frame began, and the scroller not have said so yet.
    if (!this.atBottom && this.rows.childElementCount > 0) this.scrolled();
    const anchor = this.atBottom ? null : this.#firstSeen();
    const before = anchor ? textTop(anchor) : 0;
    change();
    if (this.atBottom) this.toBottom();
    else if (anchor?.isConnected) this.scroller.scrollTop += textTop(anchor) - before;
    this.#lastDistance = this.#fromBottom();
    this.#note();
  }

  /** The first message that shows, if only in part. */
  #firstSeen() {
    const rows = this.rows.children;
    for (let at = this.#firstShown(); at < rows.length; at++) if (rows[at].classList.contains('message')) return rows[at];
    return null;
  }

  /** Which row is the first that shows. */
  #firstShown() {
    const top = this.scroller.getBoundingClientRect().top;
    const rows = this.rows.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Where a message's text is: the space above it differs when it isn't the first of its group any longer. @param {Element} row */
const textTop = (row) => (row.querySelector('.text') ?? row).getBoundingClientRect().top;

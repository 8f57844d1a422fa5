// view.js: where a reader stands in a scroller, and keeping that so while its rows change.

const BOTTOM = 40;                       // px; nearer than that counts as the bottom

export class View {
  atBottom = true;
  /** @type {Map<string, number>} how far from its bottom each conversation was left */
  #distances = new Map();
  /** @type {ResizeObserver | null} */
  #observer = null;
  /** @type {number | null} */
  #distance = null;                      // from the bottom, to come back to
  #lastDistance = 0;                     // as of now; out of the page nothing can be measured
  #toUnread = false;

  /** @param {HTMLElement} scroller @param {HTMLElement} rows */
  constructor(scroller, rows) {
    this.scroller = scroller;
    this.rows = rows;
  }

  watch() {
    this.#observer = new ResizeObserver(() => {
      if (this.atBottom) this.toBottom();
    });
    this.#observer.observe(this.scroller);
    this.#observer.observe(this.rows);
  }

  unwatch() {
    this.#observer?.disconnect();
  }

  #fromBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Notes where a conversation is left. @param {string} key */
  leave(key) {
    if (!key || this.rows.childElementCount === 0) return;
    if (this.atBottom) this.#distances.delete(key);
    else this.#distances.set(key, this.#lastDistance);
  }

  /** Prepares for the first drawing of a conversation. @param {string} key @param {boolean} hasUnread */
  open(key, hasUnread) {
    this.#distance = hasUnread ? null : this.#distances.get(key) ?? null;
    this.#toUnread = hasUnread;
    this.atBottom = this.#distance === null && !hasUnread;
  }

  /** Goes to where one should be, after the first drawing. */
  place() {
    const line = this.#toUnread ? this.rows.querySelector('.unread') : null;
    this.toBottom();
    if (line instanceof HTMLElement) this.scroller.scrollTop = this.#topOf(line) - this.scroller.clientHeight / 4;
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
    this.atBottom = this.#lastDistance < BOTTOM;
  }

  /** Changes the rows so that what the reader looks at stays where it is. @param {() => void} change */
  keep(change) {
    const anchor = this.atBottom ? null : this.#firstSeen();
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    if (this.atBottom) this.toBottom();
    else if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    this.#lastDistance = this.#fromBottom();
  }

  /** The first message that shows, if only in part. */
  #firstSeen() {
    const top = this.scroller.getBoundingClientRect().top;
    const rows = this.rows.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    for (; low < rows.length; low++) if (rows[low].classList.contains('message')) return rows[low];
    return null;
  }
}

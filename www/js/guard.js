// guard.js: tells an Enter that sends from one that an input method needs. Pure.

const SAME_KEY_WITHIN = 80;          // ms; Safari's two events of one key press come within a few

/** @typedef {{ key: string, code?: string, keyCode?: number, isComposing?: boolean, timeStamp: number }} Key */

/**
 * While a composition is open, keys belong to the input method. Chromium and Firefox say so in the keydown
 * itself (isComposing, 229). Safari ends the composition *before* the keydown of the same key press: what tells
 * is that no key was down when the composition ended. A key that was (its keydown came first) means that the
 * press which ended it is over, and the next Enter is meant for us.
 */
export class EnterGuard {
  #composing = false;
  #endedAt = -Infinity;                  // of a composition that no key seen so far has ended
  /** @type {Set<string>} */
  #down = new Set();

  compositionStart() {
    this.#composing = true;
    this.#endedAt = -Infinity;
  }

  /** @param {number} timeStamp */
  compositionEnd(timeStamp) {
    this.#composing = false;
    this.#endedAt = this.#down.size === 0 ? timeStamp : -Infinity;
  }

  /** Does this key belong to the input method? @param {Key} key */
  keyDown(key) {
    const elapsed = key.timeStamp - this.#endedAt;
    this.#endedAt = -Infinity;
    this.#down.add(key.code || key.key);
    if (this.#composing || key.isComposing || key.keyCode === 229) return true;
    return elapsed >= 0 && elapsed < SAME_KEY_WITHIN;
  }

  /** @param {Key} key */
  keyUp(key) {
    this.#down.delete(key.code || key.key);
  }

  /** The keys' releases will not be seen any more. */
  blur() {
    this.#composing = false;
    this.#down.clear();
  }

  get composing() {
    return this.#composing;
  }

  /** Watches what happens at a box, or in all of a page. @param {EventTarget} place @returns {EnterGuard} to be asked about each keydown */
  static of(place) {
    const guard = new EnterGuard();
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ act) => place.addEventListener(type, act, true);
    on('compositionstart', () => guard.compositionStart());
    on('compositionend', (event) => guard.compositionEnd(event.timeStamp));
    on('keyup', (event) => guard.keyUp(event));
    on('blur', () => guard.blur());
    return guard;
  }
}

/** Keeps an input method's Enter from whatever a page's boxes of one line do with it: choose, search, send a form.
 * @param {EventTarget} page */
export function guardLines(page) {
  const guard = EnterGuard.of(page);
  page.addEventListener('keydown', (/** @type {any} */ event) => {
    if (!guard.keyDown(event) || event.key !== 'Enter' || event.target.localName !== 'input') return;
    event.stopPropagation();
    event.preventDefault();
  }, true);
}

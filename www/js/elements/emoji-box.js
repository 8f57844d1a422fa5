// emoji-box.js: offers emoji for what is written after a colon in the box, by keyboard: arrows, Enter or Tab, Esc. Never while
// an input method composes.

import { EnterGuard } from '../guard.js';
import { h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { lazy } from '../lazy.js';

/** @typedef {import('../emoji.js').Emoji} Emoji */

const BOX = 'magpie-composer textarea';

/** @param {object} _ @param {object} __ @param {AbortSignal} signal */
export function completeEmoji(_, __, signal) {
  new EmojiBox().start(signal);
}

class EmojiBox {
  #guard = new EnterGuard();
  #list = h('ul', { class: 'emoji-found', id: 'emoji-found', role: 'listbox', hidden: true });
  /** @type {HTMLTextAreaElement | null} */
  #box = null;
  /** @type {Emoji[]} */
  #found = [];
  #at = 0;
  #start = 0;                            // of what is replaced

  /** @param {AbortSignal} signal */
  start(signal) {
    const on = (/** @type {EventTarget} */ target, /** @type {string[]} */ types, /** @type {(event: any) => void} */ act, capture = false) => {
      for (const type of types) target.addEventListener(type, act, { signal, capture });
    };
    on(document, ['compositionstart'], () => { this.#guard.compositionStart(); this.#close(); });
    on(document, ['compositionend'], (event) => { this.#guard.compositionEnd(event.timeStamp); this.#look(event); });
    on(document, ['input', 'click'], (event) => this.#look(event));
    on(document, ['keydown'], (event) => this.#keyDown(event), true);
    on(document, ['keyup'], (event) => { this.#guard.keyUp(event); if (MOVES.includes(event.key)) this.#look(event); }, true);
    on(document, ['focusout'], () => { this.#guard.blur(); this.#close(); });
    on(window, ['popstate', 'pagehide'], () => this.#close());
    signal.addEventListener('abort', () => this.#close());
  }

  /** @param {Event} event */
  async #look(event) {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || !box.matches(BOX)) return;
    if (this.#guard.composing || !/[:：]/u.test(box.value)) return this.#close();
    const module = await lazy(() => import('../emoji.js'));
    if (!module || document.activeElement !== box || this.#guard.composing) return this.#close();
    const asked = box.selectionStart === box.selectionEnd ? module.askedFor(box.value, box.selectionStart) : null;
    const found = asked ? module.emojiFor(asked.words) : [];
    if (!asked || found.length === 0) return this.#close();
    this.#open(box, asked.start, found);
  }

  /** @param {HTMLTextAreaElement} box @param {number} start @param {Emoji[]} found */
  #open(box, start, found) {
    if (this.#found.map((e) => e.emoji).join() !== found.map((e) => e.emoji).join()) this.#at = 0;
    [this.#box, this.#start, this.#found] = [box, start, found];
    this.#list.setAttribute('aria-label', t('compose.emoji'));
    box.closest('magpie-composer')?.append(this.#list);
    box.setAttribute('aria-controls', this.#list.id);
    this.#list.hidden = false;
    this.#draw();
  }

  #draw() {
    this.#list.replaceChildren(...this.#found.map((e, i) => this.#option(e, i)));
    this.#box?.setAttribute('aria-activedescendant', `emoji-${this.#at}`);
  }

  /** @param {Emoji} e @param {number} i */
  #option(e, i) {
    const name = currentLanguage() === 'en' ? e.english[0] : e.chinese[0];
    const node = h('li', { role: 'option', id: `emoji-${i}`, 'aria-selected': String(i === this.#at) },
      h('span', { class: 'emoji-sign', text: e.emoji }), h('span', { text: name.replaceAll('_', ' ') }));
    node.addEventListener('pointerdown', (event) => event.preventDefault());             // the box keeps the focus
    node.addEventListener('click', () => this.#choose(e));
    return node;
  }

  #close() {
    if (this.#list.hidden) return;
    this.#list.hidden = true;
    this.#found = [];
    for (const name of ['aria-controls', 'aria-activedescendant']) this.#box?.removeAttribute(name);
  }

  /** Before the box hears of it. @param {KeyboardEvent} event */
  #keyDown(event) {
    const isTheirs = this.#guard.keyDown(event);
    if (this.#list.hidden || event.target !== this.#box) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return this.#close();
    if (isTheirs || event.shiftKey || !this.#does(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key */
  #does(key) {
    const count = this.#found.length;
    if (key === 'Escape') this.#close();
    else if (key === 'Enter' || key === 'Tab') this.#choose(this.#found[this.#at]);
    else if (key === 'ArrowDown') this.#at = (this.#at + 1) % count;
    else if (key === 'ArrowUp') this.#at = (this.#at + count - 1) % count;
    else return false;
    if (!this.#list.hidden) this.#draw();
    return true;
  }

  /** @param {Emoji} e */
  #choose(e) {
    const box = this.#box;
    this.#close();
    if (!box) return;
    box.setRangeText(e.emoji, this.#start, box.selectionEnd, 'end');
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    box.focus();
  }
}

/** Keys that move the caret without a change. */
const MOVES = ['ArrowLeft', 'ArrowRight', 'Home', 'End'];

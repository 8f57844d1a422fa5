// emoji-picker.js: a button in the box, and the emoji that it offers, those first that were taken lately. By mouse, finger or keyboard:
// arrows, Home, End, Enter; Esc and Tab close it.

import { button, h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { later } from '../lazy.js';
import { noteEmoji, recentEmoji } from '../recent.js';
import { shelf } from '../shelf.js';
import { complain } from './toast.js';

const EDGE = 8;                          // pixels that stay free beside it

/** Puts the button into the box, once. @param {HTMLTextAreaElement} box */
export function addPicker(box) {
  if (box.parentElement?.querySelector('.emoji-button') || !('popover' in box)) return;
  new Picker(box);
}

class Picker {
  #button = button({ icon: 'smile', class: 'icon-button emoji-button', title: t('compose.emoji') });
  #panel = h('div', { class: 'picker', popover: 'auto', role: 'dialog', 'aria-label': t('compose.emoji') });
  #moved = new ResizeObserver(() => this.#place());
  #closed = new AbortController();

  /** @param {HTMLTextAreaElement} box */
  constructor(box) {
    this.box = box;
    this.#button.popoverTargetElement = this.#panel;
    this.#button.setAttribute('aria-haspopup', 'dialog');
    this.#button.addEventListener('pointerdown', () => { import('../emoji.js').catch(() => {}); });      // on its way before the finger is up
    this.#panel.addEventListener('beforetoggle', () => requestAnimationFrame(() => this.#place()));      // before it is seen
    this.#panel.addEventListener('toggle', (event) => {
      this.#closed.abort();
      this.#moved.disconnect();
      if (/** @type {ToggleEvent} */ (event).newState === 'open') this.#show();
    });
    this.#panel.addEventListener('keydown', (event) => this.#keyDown(event));
    this.#panel.addEventListener('click', (event) => this.#choose(event));
    box.after(this.#button, this.#panel);
  }

  async #show() {
    this.#closed = new AbortController();
    const leave = () => this.#panel.hidePopover();                        // for another conversation
    document.addEventListener('go', leave, { signal: this.#closed.signal });
    window.addEventListener('popstate', leave, { signal: this.#closed.signal });
    for (const node of [this.#form, this.box.closest('magpie-shell')]) if (node) this.#moved.observe(node);    // it grows, a keyboard on the screen goes
    const emoji = await later(() => import('../emoji.js')).catch((problem) => this.#refuse(problem));
    if (!emoji || !this.#panel.matches(':popover-open')) return;
    const known = new Map(emoji.EMOJI.map((each) => [each.emoji, each]));
    const recent = recentEmoji(shelf).map((each) => known.get(each)).filter((each) => each !== undefined);
    this.#panel.replaceChildren(...recent.length > 0 ? part('compose.recent', recent) : [], ...part('compose.all', emoji.EMOJI).slice(recent.length > 0 ? 0 : 1));
    const [first] = this.#all;
    first.tabIndex = 0;
    first.focus();
  }

  /** An empty one is of no use. @param {any} problem */
  #refuse(problem) {
    console.error(problem);
    if (!this.#panel.matches(':popover-open')) return;
    this.#panel.hidePopover();
    complain(problem.name === 'upgraded' ? problem : { name: 'network' });
  }

  get #form() {
    return /** @type {HTMLElement} */ (this.box.parentElement);
  }

  get #all() {
    return [...this.#panel.querySelectorAll('button')];
  }

  /** Above the box, its end at the button's, within the window. */
  #place() {
    const [{ right }, { top }] = [this.#button, this.#form].map((node) => node.getBoundingClientRect());
    const most = window.innerWidth - this.#panel.offsetWidth - EDGE;
    this.#panel.style.setProperty('--x', `${Math.max(EDGE, Math.min(window.innerWidth - right, most))}px`);
    this.#panel.style.setProperty('--y', `${window.innerHeight - top + EDGE / 2}px`);
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' || event.key === 'Tab') {
      this.#panel.hidePopover();
      if (event.key === 'Tab') this.box.focus();
    } else {
      const to = goal(this.#all, event.key);
      if (!to) return;
      for (const each of this.#all) each.tabIndex = each === to ? 0 : -1;
      to.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** A finger may choose several, and wants no keyboard on the screen meanwhile. @param {MouseEvent} event */
  #choose(event) {
    const chosen = /** @type {Element} */ (event.target).closest('button')?.textContent;
    if (!chosen) return;
    const { box } = this;
    box.setRangeText(chosen, box.selectionStart, box.selectionEnd, 'end');
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    noteEmoji(shelf, chosen);
    if (window.matchMedia('(hover: none)').matches && event.detail > 0) return;
    this.#panel.hidePopover();
    box.focus();
  }
}

/** @param {string} label @param {import('../emoji.js').Emoji[]} all */
function part(label, all) {
  const isEnglish = currentLanguage() === 'en';
  return [h('p', { class: 'hint', 'aria-hidden': 'true', text: t(label) }), h('div', { class: 'picker-part', role: 'group', 'aria-label': t(label) },
    ...all.map(({ emoji, english, chinese }) => {
      const name = isEnglish ? english[0].replaceAll('_', ' ') : chinese[0];
      return h('button', { type: 'button', tabindex: '-1', 'aria-label': name, title: name, text: emoji });
    }))];
}

/** Where a key leads; up and down to the nearest of the next line. @param {HTMLButtonElement[]} all @param {string} key */
function goal(all, key) {
  const from = /** @type {HTMLButtonElement} */ (document.activeElement);
  const at = all.indexOf(from);
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const beyond = all.filter((each) => (key === 'ArrowUp' ? each.offsetTop < from.offsetTop : each.offsetTop > from.offsetTop));
    const line = beyond.at(key === 'ArrowUp' ? -1 : 0)?.offsetTop;
    const far = (/** @type {HTMLElement} */ each) => Math.abs(each.offsetLeft - from.offsetLeft);
    return beyond.filter((each) => each.offsetTop === line).sort((a, b) => far(a) - far(b))[0] ?? from;
  }
  const to = { ArrowLeft: Math.max(at - 1, 0), ArrowRight: at + 1, Home: 0, End: all.length - 1 }[key];
  return to === undefined ? null : all[to] ?? from;
}

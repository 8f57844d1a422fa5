// emoji-box.js: offers emoji for what is written after a colon in the box, and a group's members after an @, by keyboard: arrows,
// Enter or Tab, Esc. Never while an input method composes.

import { EnterGuard } from '../guard.js';
import { h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { noteEmoji } from '../recent.js';
import { shelf } from '../shelf.js';
import { avatar } from './avatar.js';

/** @typedef {{ text: string, nodes: Node[], isEmoji?: boolean }} Offer  what is put in, and what it looks like */
/** @typedef {{ start: number, label: string, offers: Offer[] }} Asked */

const BOX = 'magpie-composer textarea';

/** @param {import('../session.js').Session} session @param {import('../places.js').Places} places @param {AbortSignal} signal */
export function completeWords(session, places, signal) {
  new EmojiBox(session, places).start(signal);
}

class EmojiBox {
  #guard = new EnterGuard();
  #list = h('ul', { class: 'emoji-found', id: 'offered', role: 'listbox', hidden: true });
  /** @type {HTMLTextAreaElement | null} */
  #box = null;
  /** @type {Offer[]} */
  #found = [];
  #at = 0;
  #start = 0;                            // of what is replaced
  /** @type {typeof import('../emoji.js') | null} */
  #emoji = null;
  /** @type {typeof import('../mentioning.js') | null} */
  #mentioning = null;
  #isDue = false;                        // members are asked for, and aren't here yet

  /** @param {import('../session.js').Session} session @param {import('../places.js').Places} places */
  constructor(session, places) {
    this.session = session;
    this.places = places;
  }

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
    on(this.session.groups, ['change'], () => this.#isDue && this.#look({ target: document.activeElement }));
    signal.addEventListener('abort', () => this.#close());
  }

  /** @param {{ target: EventTarget | null }} event */
  async #look(event) {
    const box = event.target;
    this.#isDue = false;
    if (!(box instanceof HTMLTextAreaElement) || !box.matches(BOX)) return;
    const asked = this.#guard.composing ? null : await this.#asked(box);
    if (!asked || asked.offers.length === 0 || document.activeElement !== box || this.#guard.composing) return this.#close();
    this.#open(box, asked);
  }

  /** What is asked for before the caret. @param {HTMLTextAreaElement} box @returns {Promise<Asked | null>} */
  async #asked(box) {
    // What is here is not waited for: what is offered belongs to the last key, or the next one would choose among what is going.
    const emoji = /[:：]/u.test(box.value) && (this.#emoji ??= await lazy(() => import('../emoji.js')));
    const members = /[@＠]/u.test(box.value) && (this.#mentioning ??= await lazy(() => import('../mentioning.js')));
    if (box.selectionStart !== box.selectionEnd) return null;
    const mention = members && members.mentionAsked(box.value, box.selectionStart);
    if (mention) return { start: mention.start, label: t('compose.members'), offers: this.#members(members, mention.words) };
    const asked = emoji && emoji.askedFor(box.value, box.selectionStart);
    return asked ? { start: asked.start, label: t('compose.emoji'), offers: emoji.emojiFor(asked.words).map(emojiOffer) } : null;
  }

  /** Of the group that is shown. @param {typeof import('../mentioning.js')} module @param {string} words */
  #members({ mentionable }, words) {
    const { store, groups } = this.session;
    const { type, id = 0 } = this.places.here;
    const group = type === 'group' ? groups.get(id) : undefined;
    this.#isDue = type === 'group' && !group;
    if (!group) return [];
    const nameOf = (/** @type {number} */ user, /** @type {string} */ given) => groups.nameOf(id, user, given);
    return mentionable(group, words, { me: store.me?.id ?? 0, nameOf, everybody: t('compose.everybody') }).map(memberOffer);
  }

  /** @param {HTMLTextAreaElement} box @param {Asked} asked */
  #open(box, { start, label, offers }) {
    if (this.#found.map((o) => o.text).join() !== offers.map((o) => o.text).join()) this.#at = 0;
    [this.#box, this.#start, this.#found] = [box, start, offers];
    this.#list.setAttribute('aria-label', label);
    box.closest('magpie-composer')?.append(this.#list);
    box.setAttribute('aria-controls', this.#list.id);
    this.#list.hidden = false;
    this.#draw();
  }

  #draw() {
    this.#list.replaceChildren(...this.#found.map((offer, i) => this.#option(offer, i)));
    this.#box?.setAttribute('aria-activedescendant', `offered-${this.#at}`);
  }

  /** @param {Offer} offer @param {number} i */
  #option(offer, i) {
    const node = h('li', { role: 'option', id: `offered-${i}`, 'aria-selected': String(i === this.#at) }, ...offer.nodes);
    node.addEventListener('pointerdown', (event) => event.preventDefault());             // the box keeps the focus
    node.addEventListener('click', () => this.#choose(offer));
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

  /** @param {Offer} offer */
  #choose(offer) {
    const box = this.#box;
    this.#close();
    if (!box) return;
    box.setRangeText(offer.text, this.#start, box.selectionEnd, 'end');
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    box.focus();
    if (offer.isEmoji) noteEmoji(shelf, offer.text);
  }
}

/** Keys that move the caret without a change. */
const MOVES = ['ArrowLeft', 'ArrowRight', 'Home', 'End'];

/** @param {import('../emoji.js').Emoji} e @returns {Offer} */
function emojiOffer(e) {
  const name = currentLanguage() === 'en' ? e.english[0] : e.chinese[0];
  return { text: e.emoji, isEmoji: true, nodes: [h('span', { class: 'emoji-sign', text: e.emoji }), h('span', { text: name.replaceAll('_', ' ') })] };
}

/** @param {import('../mentioning.js').Mentionable} m @returns {Offer} */
function memberOffer(m) {
  const face = m.id ? avatar('single', m.id, m.name, { size: 'small', picture: m.avatar }) : h('span', { class: 'emoji-sign', text: '@' });
  return { text: `@${m.username} `, nodes: [face, h('span', { class: 'name', dir: 'auto', text: m.name }), h('span', { class: 'username', text: `@${m.username}` })] };
}

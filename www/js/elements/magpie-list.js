// magpie-list.js: the conversations, those that are pinned first, then the last active, each with its menu.

import { button, h, icon } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { preview } from '../notice.js';
import { formatRoute } from '../route.js';
import { oneLine } from '../text.js';
import { exact, short, untilMidnight } from '../time.js';
import { avatar } from './avatar.js';
import { Part } from './part.js';
import { onPress } from './press.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

export class MagpieList extends Part {
  /** @type {Map<string, { node: HTMLElement, sign: string }>} */
  #rows = new Map();
  #list = h('ul', { class: 'conversations' });
  #title = h('h2', { class: 'unseen', text: t('list.title') });
  #empty = h('div', { class: 'empty', hidden: true });
  #current = '';
  /** @type {Set<string> | null} the conversations whose rows may look otherwise now; null: any */
  #touched = null;
  #soon = this.soon(() => this.#draw());
  #midnight = 0;
  #day = '';

  build() {
    this.#empty.append(h('p', { class: 'empty-title', text: t('list.empty-title') }), h('p', { text: t('list.empty') }));
    this.setAttribute('role', 'navigation');
    this.setAttribute('aria-label', t('list.title'));
    this.append(this.#title, this.#list, this.#empty);
  }

  start() {
    const { store, unsent, drafts } = this.app;
    for (const [told, type] of /** @type {const} */ ([[store, 'list'], [store, 'names'], [unsent, 'change'], [drafts, 'change']]))
      this.listen(told, type, (event) => this.#touch(event.detail.key));
    onPress(this.#list, this.ended, (target, at) => this.#pressed(target, at));
    this.listen(document, 'visibilitychange', () => this.#lookAtDay());
    this.listen(document, 'day', () => this.#touch());
    this.#lookAtDay();
    this.#touched = null;
    this.#draw();
    this.#reveal();
  }

  /** @param {string} [key]  of the conversation that has changed; none: any may have */
  #touch(key) {
    if (key) this.#touched?.add(key);
    else this.#touched = null;
    this.#soon();
  }

  /** @param {Element} target @param {import('./press.js').Point | null} at */
  #pressed(target, at) {
    const node = target.closest('li');
    const key = [...this.#rows].find(([, row]) => row.node === node)?.[0];
    if (!node || !key) return false;
    this.#openMenu(key, at ?? node);
    return true;
  }

  /** @param {string} key @param {Element | import('./press.js').Point} at */
  async #openMenu(key, at) {
    const acts = await lazy(() => import('./view-acts.js'));
    const c = this.app.store.get(key);
    const back = () => /** @type {HTMLElement | null} */ (this.#rows.get(key)?.node.querySelector('a') ?? this.#list.querySelector('a'));
    if (c && acts) acts.openViewMenu(this.app, c, at, { isOpen: key === this.#current, back });
  }

  stop() {
    clearTimeout(this.#midnight);
  }

  /** Whether it is all that there is room for: then its title is the page's. @param {boolean} isAlone */
  set alone(isAlone) {
    for (const [name, value] of [['role', 'heading'], ['aria-level', '1']])
      if (isAlone) this.#title.setAttribute(name, value);
      else this.#title.removeAttribute(name);
  }

  /** The conversation that is open. @param {string} key */
  set current(key) {
    const isOther = key !== this.#current;
    this.#touched?.add(this.#current).add(key);
    this.#current = key;
    if (this.isConnected) this.#draw();
    if (isOther) this.#reveal();
  }

  /** Whoever goes somewhere by keys or a link sees where that is. */
  #reveal() {
    this.#rows.get(this.#current)?.node.scrollIntoView({ block: 'nearest' });
  }

  /** At midnight "today" becomes "yesterday", here and wherever a day is named. A timer may be late after a sleep. */
  #lookAtDay() {
    const now = new Date();
    clearTimeout(this.#midnight);
    this.#midnight = window.setTimeout(() => this.#lookAtDay(), untilMidnight(now) + 1000);
    const before = this.#day;
    this.#day = now.toDateString();
    if (before && before !== this.#day) document.dispatchEvent(new CustomEvent('day'));
  }

  #draw() {
    this.guard(() => {
      // What is made anew or moved loses the focus.
      const focused = document.activeElement;
      const row = focused?.closest('.conversations > li');
      const part = row ? [...row.children].findIndex((child) => child === focused) : -1;
      this.#drawAll();
      if (part !== -1 && !row?.contains(document.activeElement)) /** @type {HTMLElement} */ (row?.children[part]).focus({ preventScroll: true });
    });
  }

  #drawAll() {
    const all = this.app.store.shown();
    this.#empty.hidden = !this.app.store.conversations.next().done;
    this.#list.hidden = all.length === 0;
    const touched = this.#touched;
    this.#touched = new Set();
    const nodes = all.map((c) => (touched?.has(c.key) === false && this.#rows.get(c.key)?.node) || this.#row(c));
    for (const key of this.#rows.keys()) if (!this.app.store.get(key)) this.#rows.delete(key);
    place(this.#list, nodes);
  }

  /** @param {Conversation} c */
  #row(c) {
    const failed = this.app.unsent.of(c.key).some((e) => e.state === 'failed');
    const isNoDraft = c.key === this.#current || c.ended;  // where one can't write, it waits for nothing
    const draft = isNoDraft ? '' : oneLine(this.app.drafts.get(c.key));
    const sign = JSON.stringify([c.name, c.avatar, c.shown, c.ended, c.unread, c.mentioned, c.last?.seq, c.last?.rev, this.#preview(c), failed, draft,
      c.pinned, c.muted, c.mentions, c.marked_unread, c.key === this.#current, new Date().getDate()]);
    const known = this.#rows.get(c.key);
    if (known?.sign === sign) return known.node;
    const node = known?.node ?? h('li');
    const more = button({ icon: 'more', class: 'icon-button row-more', title: t('view.menu', { name: c.name }) }, () => this.#openMenu(c.key, more));
    more.setAttribute('aria-haspopup', 'menu');
    node.replaceChildren(this.#link(c, draft, failed), more);
    this.#rows.set(c.key, { node, sign });
    return node;
  }

  /** @param {Conversation} c @param {string} draft @param {boolean} failed */
  #link(c, draft, failed) {
    const at = c.last ? new Date(c.last.timestamp) : null;
    const language = currentLanguage();
    const isMuted = c.muted && !(c.mentions && c.mentioned > 0);
    return h('a', {
      class: ['conversation', (c.unread > 0 || c.marked_unread) && !isMuted && 'has-unread', isMuted && 'is-muted'].filter(Boolean).join(' '),
      href: formatRoute({ page: 'chat', type: c.type, id: c.id }), 'aria-current': c.key === this.#current ? 'page' : undefined,
    },
    avatar(c.type, c.id, c.name, { state: c.shown, picture: c.avatar }),
    h('span', { class: 'top' }, h('span', { class: 'name', dir: 'auto', text: c.name }),
      c.shown !== 'offline' && h('span', { class: 'unseen', text: `, ${t(`state.${c.shown}`)}` }),
      at && h('time', { datetime: at.toISOString(), title: exact(language, at), text: short(language, at, new Date()) })),
    h('span', { class: 'bottom' }, this.#second(c, draft, failed), c.muted && sign('bell-off', t('view.muted')), c.pinned && sign('pin', t('view.pinned')),
      badge(c)));
  }

  /** @param {Conversation} c */
  #preview(c) {
    return preview(c, this.app.store.me?.id ?? 0, this.app.store.nameOf);
  }

  /** @param {Conversation} c @param {string} draft @param {boolean} failed */
  #second(c, draft, failed) {
    if (failed) return h('span', { class: 'preview failed' }, icon('alert'), t('list.failed'));
    if (draft) return h('span', { class: 'preview' }, h('b', { class: 'draft', text: t('list.draft') }), ' ', h('bdi', { text: draft }));
    return h('span', { class: 'preview', dir: 'auto', text: this.#preview(c) });
  }
}

/** @param {string} name @param {string} label */
const sign = (name, label) => h('span', { class: 'sign' }, icon(name), h('span', { class: 'unseen', text: label }));

/** How many are unread, with an @ where one of them mentions me; or a dot where it is only marked so. @param {Conversation} c */
function badge(c) {
  const isMarked = c.unread === 0 && c.marked_unread;
  if (!isMarked && c.unread === 0) return false;
  const count = `${c.mentioned > 0 ? '@ ' : ''}${c.unread > 99 ? '99+' : c.unread}`;
  return h('span', { class: isMarked ? 'badge marked' : 'badge' }, !isMarked && h('span', { 'aria-hidden': 'true', text: count }),
    h('span', { class: 'unseen', text: isMarked ? t('view.marked') : t('list.unread', { count: c.unread }) }),
    c.mentioned > 0 && h('span', { class: 'unseen', text: `, ${t('list.mentioned')}` }));
}

/** Brings a list's children into an order, touching only those out of place. @param {Element} list @param {Element[]} nodes */
export function place(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let at = list.firstElementChild;
  for (const [i, node] of nodes.entries()) {
    // Where one has gone down, it is moved when its turn comes, and not all the others.
    if (node !== at && at?.nextElementSibling === node && node.nextElementSibling === (nodes[i + 1] ?? null)) at = node;
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
}

customElements.define('magpie-list', MagpieList);

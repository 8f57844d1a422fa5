// magpie-list.js: the conversations, the last active first.

import { h, icon } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { preview } from '../notice.js';
import { formatRoute } from '../route.js';
import { oneLine } from '../text.js';
import { exact, short, untilMidnight } from '../time.js';
import { avatar } from './avatar.js';
import { Part } from './part.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

export class MagpieList extends Part {
  /** @type {Map<string, { node: HTMLElement, sign: string }>} */
  #rows = new Map();
  #list = h('ul', { class: 'conversations' });
  #empty = h('div', { class: 'empty', hidden: true });
  #current = '';
  #scheduled = false;
  #midnight = 0;

  build() {
    this.#empty.append(
      h('p', { class: 'empty-title', text: t('list.empty-title') }), h('p', { text: t('list.empty') }),
      h('a', { class: 'button primary', href: '#/people', text: t('list.add-friend') }));
    this.append(h('h2', { class: 'unseen', text: t('list.title') }), this.#list, this.#empty);
  }

  start() {
    this.listen(this.app.store, 'list', () => this.#soon());
    this.listen(this.app.unsent, 'change', () => this.#soon());
    this.listen(document, 'draft', () => this.#soon());
    this.#atMidnight();
    this.#draw();
  }

  stop() {
    clearTimeout(this.#midnight);
  }

  /** The conversation that is open. @param {string} key */
  set current(key) {
    this.#current = key;
    if (this.isConnected) this.#draw();
  }

  /** Many events, one drawing. */
  #soon() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.isConnected) this.#draw();
    });
  }

  #atMidnight() {
    this.#midnight = window.setTimeout(() => {
      this.#draw();
      this.#atMidnight();
    }, untilMidnight(new Date()) + 1000);
  }

  #draw() {
    const all = this.app.store.sorted();
    this.#empty.hidden = all.length > 0;
    this.#list.hidden = all.length === 0;
    const nodes = all.map((c) => this.#row(c));
    for (const key of this.#rows.keys()) if (!this.app.store.get(key)) this.#rows.delete(key);
    place(this.#list, nodes);
  }

  /** @param {Conversation} c */
  #row(c) {
    const failed = this.app.unsent.of(c.key).some((e) => e.state === 'failed');
    const draft = c.key === this.#current ? '' : oneLine(this.app.drafts.get(c.key));
    const sign = JSON.stringify([c.name, c.shown, c.ended, c.unread, c.last?.seq, c.last?.rev, this.#preview(c), failed, draft,
      c.key === this.#current, new Date().getDate()]);
    const known = this.#rows.get(c.key);
    if (known?.sign === sign) return known.node;
    const node = known?.node ?? h('li');
    const hadFocus = node.contains(document.activeElement);
    node.replaceChildren(this.#link(c, draft, failed));
    if (hadFocus) /** @type {HTMLElement} */ (node.firstElementChild).focus();
    this.#rows.set(c.key, { node, sign });
    return node;
  }

  /** @param {Conversation} c @param {string} draft @param {boolean} failed */
  #link(c, draft, failed) {
    const at = c.last ? new Date(c.last.timestamp) : null;
    const language = currentLanguage();
    return h('a', {
      class: c.unread > 0 ? 'conversation has-unread' : 'conversation',
      href: formatRoute({ page: 'chat', type: c.type, id: c.id }), 'aria-current': c.key === this.#current ? 'page' : undefined,
    },
    avatar(c.type, c.id, c.name, { state: c.shown }),
    h('span', { class: 'top' }, h('span', { class: 'name', dir: 'auto', text: c.name }),
      c.shown !== 'offline' && h('span', { class: 'unseen', text: `, ${t(`state.${c.shown}`)}` }),
      at && h('time', { datetime: at.toISOString(), title: exact(language, at), text: short(language, at, new Date()) })),
    h('span', { class: 'bottom' }, this.#second(c, draft, failed),
      c.unread > 0 && h('span', { class: 'badge' }, h('span', { 'aria-hidden': 'true', text: c.unread > 99 ? '99+' : `${c.unread}` }),
        h('span', { class: 'unseen', text: t('list.unread', { count: c.unread }) }))));
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

/** Brings a list's children into an order, touching only those out of place. @param {Element} list @param {Element[]} nodes */
export function place(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let at = list.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
}

customElements.define('magpie-list', MagpieList);

// magpie-contacts.js: one's friends, by lists; who asks to be one; the ways to their pages.

import { byList } from '../by-list.js';
import { blank, h, icon } from '../html.js';
import { t } from '../i18n.js';
import { matching } from '../matching.js';
import { formatRoute } from '../route.js';
import { avatar } from './avatar.js';
import { place } from './magpie-list.js';
import { MagpieInvitations } from './magpie-invitations.js';
import { MagpieRequests } from './magpie-requests.js';
import { iconLink, pageHead } from './page-head.js';
import { Part } from './part.js';
import { complain } from './toast.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */
/** @typedef {{ node: HTMLDetailsElement, name: HTMLElement, count: HTMLElement, rows: HTMLElement }} Fold */

export class MagpieContacts extends Part {
  #requests = new MagpieRequests();
  #invitations = new MagpieInvitations();
  #filter = h('input', {
    id: 'find-friend', type: 'search', autocomplete: 'off', dir: 'auto', spellcheck: 'false', 'aria-label': t('contacts.find'),
    placeholder: t('contacts.find'),
  });
  #sections = h('div', { class: 'sections' });
  #none = h('p', { class: 'hint', role: 'status' });
  #empty = blank({ sign: icon('people'), title: t('contacts.empty-title'), text: t('contacts.empty'), within: true },
    h('a', { class: 'button primary', href: '#/people' }, icon('add-friend'), t('list.add-friend')));
  /** @type {Map<number, Fold>} */
  #folds = new Map();
  /** @type {Map<number, { node: HTMLElement, sign: string }>} */
  #rows = new Map();
  #soon = this.soon(() => this.#draw());

  build() {
    this.#requests.app = this.app;
    this.#requests.both = false;
    this.#invitations.app = this.app;
    this.append(pageHead(t('contacts.title')),
      h('div', { class: 'sheet' }, this.#requests, this.#invitations,
        h('nav', { class: 'entries', 'aria-label': t('contacts.title') }, entry('people', 'add-friend', t('people.title')),
          entry('groups', 'search', t('groups.title')), entry('lists', 'lists', t('lists.title')), entry('blocked', 'block', t('blocked.title'))),
        h('div', { class: 'field' }, this.#filter), this.#empty, this.#sections, this.#none));
  }

  start() {
    const { store, people } = this.app;
    for (const type of ['list', 'people']) this.listen(store, type, () => this.#soon());
    this.listen(this.#filter, 'input', () => this.#draw());
    people.want('lists', 'about').catch(complain);
    this.#draw();
  }

  focus() {
    this.#filter.focus();
  }

  #draw() {
    const { store } = this.app;
    const friends = [...store.conversations].filter((c) => c.type === 'single' && !c.ended);
    const isSearch = this.#filter.value.trim() !== '';
    this.classList.toggle('searching', isSearch);
    const found = isSearch ? matching(friends, this.#filter.value) : friends;
    const sections = byList(found, store.friends.lists ?? [], t('lists.rest')).filter((s) => s.friends.length > 0 || (s.list.id !== 0 && !isSearch));
    place(this.#sections, sections.map((section) => this.#section(section, isSearch)));
    this.#empty.hidden = friends.length > 0;
    /** @type {HTMLElement} */ (this.#filter.parentElement).hidden = friends.length === 0;
    this.#none.textContent = isSearch && found.length === 0 ? t('contacts.nobody') : '';
    const ids = new Set(friends.map((c) => c.id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
  }

  /** @param {import('../by-list.js').Section} section @param {boolean} isSearch */
  #section({ list, friends }, isSearch) {
    let fold = this.#folds.get(list.id);
    if (!fold) this.#folds.set(list.id, fold = makeFold());
    if (isSearch) fold.node.open = true;
    fold.name.textContent = list.name;
    fold.count.textContent = `${friends.length}`;
    place(fold.rows, friends.map((c) => this.#row(c)));
    return fold.node;
  }

  /** @param {Conversation} c */
  #row(c) {
    const status = this.app.store.friends.about?.get(c.id)?.status ?? '';
    const sign = JSON.stringify([c.name, c.givenName, c.username, c.avatar, c.shown, status]);
    const known = this.#rows.get(c.id);
    if (known?.sign === sign) return known.node;
    const node = known?.node ?? h('li');
    const hadFocus = node.contains(document.activeElement);
    const under = [c.remark && c.remark !== c.givenName ? c.givenName : '', `@${c.username}`, status].filter(Boolean).join(' · ');
    const label = t('contacts.message', { name: c.name });
    node.replaceChildren(
      h('a', { class: 'contact', href: `#/u/${c.id}` }, avatar(c.type, c.id, c.name, { state: c.shown, picture: c.avatar }),
        h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: c.name }),
          c.shown !== 'offline' && h('span', { class: 'unseen', text: `, ${t(`state.${c.shown}`)}` }), h('span', { class: 'username', dir: 'auto', text: under }))),
      iconLink(formatRoute({ page: 'chat', type: 'single', id: c.id }), 'message', label));
    if (hadFocus) /** @type {HTMLElement} */ (node.firstElementChild).focus();
    this.#rows.set(c.id, { node, sign });
    return node;
  }
}

/** @returns {Fold} */
function makeFold() {
  const [name, count, rows] = [h('span', { class: 'name', dir: 'auto' }), h('span', { class: 'many' }), h('ul', { class: 'people' })];
  return { node: h('details', { class: 'section', open: true }, h('summary', {}, icon('down'), name, count), rows), name, count, rows };
}

/** @param {string} page @param {string} name  of its icon @param {string} label */
const entry = (page, name, label) => h('a', { href: `#/${page}` }, icon(name), h('span', { text: label }), icon('back'));

customElements.define('magpie-contacts', MagpieContacts);

// magpie-shell.js: the page of somebody who is logged in: list, conversation, details; one, two or three at a time.
// Wish: 'titled', when `title` is another.

import { button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { later, lazy } from '../lazy.js';
import { behind, keyOf } from '../route.js';
import { neighbour, shortcutOf } from '../shortcuts.js';
import { MagpieChat } from './magpie-chat.js';
import { MagpieList } from './magpie-list.js';
import { MagpieStatus } from './magpie-status.js';
import { mark } from './mark.js';
import { Part } from './part.js';

/** @typedef {import('../route.js').Route} Route */

/** Pages that are seldom looked at: fetched when they are. @type {Record<string, () => Promise<new () => Part>>} */
const SHEETS = {
  people: () => import('./magpie-people.js').then((m) => m.MagpiePeople),
  contacts: () => import('./magpie-contacts.js').then((m) => m.MagpieContacts),
  person: () => import('./magpie-person.js').then((m) => m.MagpiePerson),
  lists: () => import('./magpie-lists.js').then((m) => m.MagpieLists),
  blocked: () => import('./magpie-blocked.js').then((m) => m.MagpieBlocked),
  'new-group': () => import('./magpie-new-group.js').then((m) => m.MagpieNewGroup),
  groups: () => import('./magpie-groups.js').then((m) => m.MagpieGroups),
  'group-settings': () => import('./magpie-group-settings.js').then((m) => m.MagpieGroupSettings),
  'group-access': () => import('./magpie-group-access.js').then((m) => m.MagpieGroupAccess),
  join: () => import('./magpie-join.js').then((m) => m.MagpieJoin),
  settings: () => import('./magpie-settings.js').then((m) => m.MagpieSettings),
};

export class MagpieShell extends Part {
  #key = '';                             // of the conversation that is shown
  #list = new MagpieList();
  #chat = new MagpieChat();
  /** @type {import('./magpie-details.js').MagpieDetails | null} */
  #details = null;
  #status = new MagpieStatus();
  #main = h('main', { class: 'middle' });
  #people = h('a', { class: 'icon-button', href: '#/contacts' });
  #sheet = '';                           // that is shown, or fetched
  #isNarrow = window.matchMedia('(max-width: 599px)');
  #isOne = window.matchMedia('(max-width: 899px)');
  /** @type {Route | null} */
  #route = null;
  #canPoint = window.matchMedia('(hover: hover)');

  build() {
    for (const part of [this.#list, this.#chat, this.#status]) part.app = this.app;
    const link = (/** @type {string} */ page, /** @type {string} */ name, /** @type {string} */ label) =>
      h('a', { class: 'icon-button', href: `#/${page}`, 'aria-label': label, title: label }, icon(name));
    this.append(h('nav', { class: 'side', 'aria-label': t('list.title') },
      h('header', { class: 'head' }, h('a', { class: 'brand', href: '#/' }, mark(), h('span', { class: 'word', text: 'Magpie' })),
        this.#people, link('new-group', 'new-group', t('list.new-group')), link('settings', 'settings', t('list.settings'))),
      this.#list), this.#main, this.#status);
  }

  start() {
    this.listen(this.app.store, 'requests', () => this.#drawRequests());
    this.listen(this.app.groups, 'invitations', () => this.#drawRequests());
    this.#drawRequests();
    if (this.#route) this.#show(this.#route);
    this.listen(document, 'keydown', (event) => this.#keyDown(event));
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    const isWriting = event.target instanceof Element && event.target.matches('input, textarea');
    const shortcut = shortcutOf(event, isWriting);
    if (!shortcut || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    const all = this.app.store.shown();
    if (shortcut === 'help' || shortcut === 'find') this.#openFinder(shortcut);
    else this.#go(neighbour(all, this.#key, shortcut));
  }

  /** @param {'help' | 'find'} which */
  async #openFinder(which) {
    const finder = await lazy(() => import('./finder.js'));
    if (which === 'help') finder?.openKeys(this.app.prefs);
    else finder?.openFinder(this.app.store.sorted(), (c) => this.#go(c));
  }

  /** @param {{ type: import('../types.js').ContactType, id: number } | null} c */
  #go(c) {
    if (c) this.wish('go', { route: { page: 'chat', type: c.type, id: c.id } });
  }

  /** The name of what is shown. */
  get title() {
    return this.classList.contains('shows-list') ? '' : this.#main.querySelector('h1')?.textContent ?? '';
  }

  #drawRequests() {
    const count = this.app.store.incoming.size + this.app.groups.invitations.size;
    const label = count > 0 ? t('list.requests', { count }) : t('contacts.title');
    this.#people.setAttribute('aria-label', label);
    this.#people.title = label;
    this.#people.replaceChildren(icon('people'), ...(count > 0 ? [h('span', { class: 'count-dot', text: `${count}` })] : []));
  }

  get failsIn() {
    return this.#main;
  }

  /** @param {Route} route */
  show(route) {
    this.#route = route;
    this.again();
    this.guard(() => this.#show(route));
  }

  /** @param {Route} route */
  #show(route) {
    const isChat = route.page === 'chat' || route.page === 'info';
    const key = isChat && route.type && route.id ? keyOf(route.type, route.id) : '';
    this.className = isChat ? `shows-${route.page} has-details` : `shows-${route.page === 'list' ? 'list' : 'sheet'}`;
    this.#key = key;
    this.#list.current = key;
    const area = behind(route).page === 'contacts' ? 'contacts' : route.page;
    for (const link of this.querySelectorAll('.side .head a.icon-button'))
      link.toggleAttribute('aria-current', link.getAttribute('href') === `#/${area}`);
    if (key) this.#showChat(key, route);
    else this.#showSheet(route);
  }

  /** @param {string} key @param {Route} route */
  #showChat(key, route) {
    this.#sheet = '';
    if (!this.#chat.isConnected) this.#main.replaceChildren(this.#chat);
    this.#chat.show(key, route.page === 'chat' && this.#canPoint.matches, route.seq);
    this.#showDetails(key, route);
  }

  /** @param {string} key @param {Route} route */
  async #showDetails(key, route) {
    const module = this.#details ? null : await lazy(() => import('./magpie-details.js'));
    if (module) this.#details ??= Object.assign(new module.MagpieDetails(), { app: this.app });
    if (!this.#details || key !== this.#key) return;
    if (!this.#details.isConnected) this.append(this.#details);
    this.#details.show(key);
    this.#details.alone = route.page === 'info' && this.#isOne.matches;
  }

  /** @param {Route} route */
  async #showSheet(route) {
    this.#details?.remove();
    const wanted = this.#sheet = `${route.page} ${route.id ?? route.token ?? ''}`;
    if (!SHEETS[route.page]) return this.#main.replaceChildren(this.#welcome());
    try {
      const Sheet = await later(SHEETS[route.page]);
      if (wanted === this.#sheet) this.#place(Object.assign(new Sheet(), { app: this.app, route }));
    } catch (problem) {
      if (wanted === this.#sheet) this.#main.replaceChildren(this.#unfetched(route, problem));
    }
  }

  /** @param {Route} route @param {any} problem */
  #unfetched(route, problem) {
    const isOld = problem?.name === 'upgraded';
    const again = () => (isOld ? this.wish('reload') : this.#showSheet(route));
    return h('div', { class: 'blank', role: 'alert' }, h('p', { text: problemText({ name: isOld ? 'upgraded' : 'network' }) }),
      button({ label: t(isOld ? 'action.reload' : 'action.retry'), class: 'button' }, again));
  }

  /** @param {Part} sheet */
  #place(sheet) {
    this.#main.replaceChildren(sheet);
    this.wish('titled');
    if (this.#canPoint.matches && !this.#isNarrow.matches) sheet.focus();
  }

  #welcome() {
    const { me } = this.app.store;
    const hasAny = !this.app.store.conversations.next().done;
    return h('div', { class: 'blank' }, mark(), h('h1', { dir: 'auto', text: t('welcome.title', { name: me?.name ?? '' }) }),
      h('p', { text: hasAny ? t('welcome.pick') : t('welcome.first', { username: me?.username ?? '' }) }));
  }
}

customElements.define('magpie-shell', MagpieShell);

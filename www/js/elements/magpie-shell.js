// magpie-shell.js: the page of somebody who is logged in: list, conversation, details; one, two or three at a time.
// Wish: 'titled', when `title` is another.

import { blank, button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { later, lazy } from '../lazy.js';
import { behind, formatRoute, keyOf } from '../route.js';
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
  first: () => import('./magpie-first.js').then((m) => m.MagpieFirst),
};

/** The three places that the page has, as `behind` names them: in the head of the list, and on a phone at its foot. */
const AREAS = /** @type {const} */ ([['list', 'message', 'list.chats'], ['contacts', 'people', 'contacts.title'], ['settings', 'settings', 'list.settings']]);

export class MagpieShell extends Part {
  #key = '';                             // of the conversation that is shown
  #list = new MagpieList();
  #chat = new MagpieChat();
  /** @type {import('./magpie-details.js').MagpieDetails | null} */
  #details = null;
  #status = new MagpieStatus();
  #side = h('div', { class: 'side' });
  #main = h('main', { class: 'middle' });
  #tabs = h('nav', { class: 'tabs' });
  #welcomed = '';                        // what the welcome says
  /** @type {Route} */
  #route = { page: 'list' };
  #sheet = '';                           // that is shown, or fetched
  #isNarrow = window.matchMedia('(max-width: 599px)');
  #isOne = window.matchMedia('(max-width: 899px)');
  #canPoint = window.matchMedia('(hover: hover)');

  build() {
    for (const part of [this.#list, this.#chat, this.#status]) part.app = this.app;
    const add = button({ icon: 'plus', class: 'icon-button', title: t('list.add') }, () => this.#openNew(add));
    add.setAttribute('aria-haspopup', 'menu');
    const find = h('button', { type: 'button', class: 'search', 'aria-keyshortcuts': 'Control+K' }, icon('search'), h('span', { text: t('keys.find') }),
      h('span', { class: 'by-key', 'aria-hidden': 'true' }, ...['Ctrl', 'K'].map((key) => h('kbd', { text: key }))));
    find.addEventListener('click', () => this.#openFinder('find'));
    this.#tabs.setAttribute('aria-label', t('list.areas'));
    this.#tabs.append(...AREAS.map(([page, name, label]) => h('a', { href: formatRoute({ page }) }, icon(name), h('span', { text: t(label) }))));
    this.#side.append(
      h('div', { class: 'head' }, h('a', { class: 'brand', href: '#/' }, mark(), h('span', { class: 'word', text: 'Magpie' })), add,
        ...AREAS.slice(1).map(([page, name, label]) =>
          h('a', { class: 'icon-button', href: formatRoute({ page }), 'aria-label': t(label), title: t(label) }, icon(name)))),
      h('div', { class: 'finds', role: 'search', 'aria-label': t('list.title') }, find), this.#list);
    this.append(this.#side, this.#main, this.#status, this.#tabs);
  }

  start() {
    this.listen(this.app.store, 'requests', () => this.#drawRequests());
    this.listen(this.app.groups, 'invitations', () => this.#drawRequests());
    this.listen(this.app.store, 'list', () => this.#listChanged());
    this.listen(this.#isNarrow, 'change', () => this.#drawLayout());
    this.listen(this.#isOne, 'change', () => this.#key && this.#showDetails(this.#key, this.#route));
    this.#drawRequests();
    if (this.#sheet || this.#key) this.#show(this.#route);
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

  /** @param {Element} at */
  async #openNew(at) {
    const menu = await lazy(() => import('./menu.js'));
    const to = (/** @type {'people' | 'new-group' | 'groups'} */ page) => () => this.wish('go', { route: { page } });
    menu?.openMenu(t('list.add'), t('list.add'), at, [
      { label: t('list.add-friend'), icon: 'add-friend', act: to('people') }, { label: t('list.new-group'), icon: 'new-group', act: to('new-group') },
      { label: t('groups.title'), icon: 'search', act: to('groups') },
    ]);
  }

  #drawRequests() {
    const count = this.app.store.incoming.size + this.app.groups.invitations.size;
    const label = count > 0 ? t('list.requests', { count }) : t('contacts.title');
    for (const link of this.querySelectorAll(':is(.side .head, .tabs) > [href="#/contacts"]')) {
      link.setAttribute('aria-label', label);
      link.querySelector('.count-dot')?.remove();
      if (count > 0) link.append(h('span', { class: 'count-dot', 'aria-hidden': 'true', 'data-count': count }));
    }
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
    this.#drawLayout();
    this.#key = key;
    this.#list.current = key;
    const area = route.page === 'settings' ? 'settings' : route.page === 'contacts' ? 'contacts' : behind(route).page;
    for (const link of this.querySelectorAll(':is(.side .head, .tabs) > a:not(.brand)'))
      if (link.getAttribute('href') === formatRoute({ page: area })) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    if (key) this.#showChat(key, route);
    else this.#showSheet(route);
  }

  get #isNew() {
    return this.#route.page === 'list' && this.app.store.conversations.next().done === true;
  }

  /** Which areas show where there isn't room for all. */
  #drawLayout() {
    const { page } = this.#route;
    const isChat = page === 'chat' || page === 'info';
    this.className = [isChat ? `shows-${page} has-details` : `shows-${page === 'list' ? 'list' : 'sheet'}`,
      ['list', 'contacts', 'settings'].includes(page) && 'is-top', this.#isNew && 'is-new'].filter(Boolean).join(' ');
    const isAlone = page === 'list' && !this.#isNew && this.#isNarrow.matches;
    this.#list.alone = isAlone;
    this.#side.setAttribute('role', isAlone ? 'main' : 'none');
    this.#side.firstElementChild?.setAttribute('role', isAlone ? 'none' : 'banner');
  }

  /** The first conversation ends the first screen; what is unread changes what the welcome says. */
  #listChanged() {
    if (this.#route.page !== 'list') return;
    const wasNew = this.classList.contains('is-new');
    this.#drawLayout();
    if (wasNew !== this.#isNew) this.#showSheet(this.#route);
    else if (!wasNew) this.#welcome();
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
    this.#welcomed = '';
    if (route.page === 'list') this.#welcome();
    const wish = this.#isNew ? SHEETS.first : SHEETS[route.page];
    if (!wish) return;
    try {
      const Sheet = await later(wish);
      if (wanted === this.#sheet) this.#place(Object.assign(new Sheet(), { app: this.app, route }));
    } catch (problem) {
      if (wanted === this.#sheet) this.#main.replaceChildren(this.#unfetched(route, problem));
    }
  }

  /** @param {Route} route @param {any} problem */
  #unfetched(route, problem) {
    const isOld = problem?.name === 'upgraded';
    const again = () => (isOld ? this.wish('reload') : this.#showSheet(route));
    return blank({ sign: icon('alert'), title: t('app.unfetched'), text: problemText({ name: isOld ? 'upgraded' : 'network' }), role: 'alert' },
      button({ label: t(isOld ? 'action.reload' : 'action.retry'), icon: 'retry', class: 'button' }, again));
  }

  /** @param {Part} sheet */
  #place(sheet) {
    this.#main.replaceChildren(sheet);
    this.wish('titled');
    if (this.#canPoint.matches && !this.#isNarrow.matches) sheet.focus();
  }

  /** Where no conversation is open: what is unread, and what one might do. */
  #welcome() {
    const { me, unread: count } = this.app.store;
    const sign = `${me?.name} ${count}`;
    if (sign === this.#welcomed) return;
    this.#welcomed = sign;
    const link = (/** @type {'people' | 'new-group'} */ page, /** @type {string} */ label) =>
      h('a', { class: 'button', href: formatRoute({ page }), text: t(label) });
    const acts = this.#isNew ? [] : [
      count > 0 && button({ label: t('welcome.read'), class: 'button primary' }, () => this.#go(this.app.store.shown().find(isWaiting) ?? null)),
      link('people', 'list.add-friend'), link('new-group', 'list.new-group')];
    this.#main.replaceChildren(blank({
      sign: mark(), title: t('welcome.title', { name: me?.name ?? '' }),
      text: this.#isNew ? undefined : count > 0 ? t('welcome.unread', { count }) : t('welcome.pick'),
    }, ...acts));
  }
}

/** Whether it counts for what is unread in all. @param {import('../conversation.js').Conversation} c */
const isWaiting = (c) => (c.muted ? c.mentions && c.mentioned > 0 : c.unread > 0);

customElements.define('magpie-shell', MagpieShell);

// magpie-groups.js: finds public groups by a part of their names, and has the invitations.

import { blank, button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { formatRoute } from '../route.js';
import { length } from '../text.js';
import { avatar } from './avatar.js';
import { aboutGroup, joinButton } from './group-card.js';
import { MagpieInvitations } from './magpie-invitations.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';

/** @typedef {import('../types.js').GroupCard} GroupCard */

const QUIET = 350;                       // ms without another letter, before it asks
const LEAST = 2;
const PAGE = 20;

const newGroup = () => h('a', { class: 'button', href: '#/new-group', text: t('list.new-group') });

export class MagpieGroups extends Part {
  #invitations = new MagpieInvitations();
  #box = h('input', {
    id: 'find-group', type: 'search', autocomplete: 'off', spellcheck: 'false', dir: 'auto', maxlength: 64, enterkeyhint: 'search',
    'aria-describedby': 'find-group-hint',
  });
  #said = h('p', { class: 'hint', id: 'find-group-hint', role: 'status', text: t('groups.hint') });
  #idle = blank({ sign: icon('people'), title: t('groups.idle-title'), text: t('groups.idle'), within: true },
    newGroup());
  #acts = h('div', { class: 'actions', hidden: true }, newGroup());
  #list = h('ul', { class: 'people', hidden: true });
  #more = h('div', { class: 'actions', hidden: true });
  #timer = 0;
  #asked = 0;                            // numbers the questions, so that a late answer is known as such
  /** @type {GroupCard[]} */
  #found = [];
  /** @type {number | null} */
  #next = null;

  build() {
    this.#invitations.app = this.app;
    this.#more.append(button({ label: t('people.find-more'), class: 'button' }, () => this.#ask(this.#next ?? 0)));
    this.append(pageHead(t('groups.title')), h('div', { class: 'sheet' }, this.#invitations,
      h('form', { class: 'field', role: 'search' }, h('label', { for: 'find-group', text: t('groups.find') }), this.#box, this.#said),
      this.#list, this.#more, this.#acts, this.#idle));
  }

  start() {
    this.listen(this.#box, 'input', () => this.#soon());
    this.listen(this, 'submit', (event) => { event.preventDefault(); this.#soon(0); });
    this.listen(this.app.groups, 'asked', () => this.#soon(0));
    this.listen(this.app.store, 'state', () => this.#soon(0));
  }

  stop() {
    clearTimeout(this.#timer);
  }

  focus() {
    this.#box.focus();
  }

  get #wanted() {
    return this.#box.value.trim();
  }

  #soon(after_ms = QUIET) {
    clearTimeout(this.#timer);
    this.#asked++;
    if (length(this.#wanted) >= LEAST) this.#timer = window.setTimeout(() => this.#ask(0), after_ms);
    else this.#take([], null, t('groups.hint'));
  }

  /** @param {number} after  where the page before has ended */
  async #ask(after) {
    const question = ++this.#asked;
    try {
      const { groups, next } = await this.app.api.get(`/api/public-groups?q=${encodeURIComponent(this.#wanted)}&limit=${PAGE}&after=${after}`);
      if (question !== this.#asked) return;
      const all = after ? [...this.#found, ...groups] : groups;
      this.#take(all, next, all.length > 0 ? t('groups.found', { count: all.length }) : t('groups.none'));
    } catch (/** @type {any} */ problem) {
      if (question === this.#asked) this.#take([], null, problem.status === 400 ? t('groups.none') : problemText(problem));
    }
  }

  /** @param {GroupCard[]} found @param {number | null} next @param {string} said */
  #take(found, next, said) {
    this.#found = found;
    this.#next = next;
    this.#said.textContent = said;
    this.#idle.hidden = this.#wanted !== '';
    this.#acts.hidden = !this.#idle.hidden;
    this.#more.hidden = next === null;
    this.#list.hidden = found.length === 0;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement?.closest('li')?.dataset.id : undefined;
    this.#list.replaceChildren(...found.map((group) => this.#row(group)));
    if (focused) /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-id="${focused}"] button`))?.focus();
  }

  /** @param {GroupCard} group */
  #row(group) {
    return h('li', { 'data-id': group.id }, avatar('group', group.id, group.name, { picture: group.avatar }),
      h('a', { class: 'person', href: formatRoute({ page: 'chat', type: 'group', id: group.id }) }, h('span', { class: 'name', dir: 'auto', text: group.name }),
        h('span', { class: 'username', text: aboutGroup(group) }),
        group.description && h('span', { class: 'request-note', dir: 'auto', text: group.description })),
      h('span', { class: 'actions' }, joinButton(this.app, group, () => this.#ask(0), { look: 'small' })));
  }
}

customElements.define('magpie-groups', MagpieGroups);

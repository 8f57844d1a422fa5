// magpie-find.js: finds people by how their user name begins, and friends by one's remark.

import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { avatar } from './avatar.js';
import { Part } from './part.js';
import { ask } from './person-acts.js';

/** @typedef {import('../types.js').Found} Found */

const QUIET = 350;                       // ms without another letter, before it asks
const LEAST = 2;
const PAGE = 20;

export class MagpieFind extends Part {
  #box = h('input', {
    id: 'find-person', type: 'search', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', dir: 'auto', maxlength: 32,
    enterkeyhint: 'search', 'aria-describedby': 'find-person-hint',
  });
  #said = h('p', { class: 'hint', id: 'find-person-hint', role: 'status', text: t('people.find-hint') });
  #list = h('ul', { class: 'people', hidden: true });
  #more = h('div', { class: 'actions', hidden: true });
  /** What stands there while nobody is sought. @type {HTMLElement | null} */
  idle = null;
  #timer = 0;
  #asked = 0;                            // numbers the questions, so that a late answer is known as such
  /** @type {Found[]} */
  #found = [];

  build() {
    this.#more.append(button({ label: t('people.find-more'), class: 'button' }, () => this.#ask(this.#found.at(-1)?.username)));
    this.append(h('form', { class: 'field', role: 'search' }, h('label', { for: 'find-person', text: t('people.username') }), this.#box, this.#said),
      this.#list, this.#more);
  }

  start() {
    this.listen(this.#box, 'input', (event) => !event.isComposing && this.#soon());
    this.listen(this.#box, 'compositionend', () => this.#soon());
    this.listen(this, 'submit', (event) => { event.preventDefault(); this.#soon(0); });
    this.listen(this.app.store, 'requests', () => this.#draw());
    this.listen(this.app.store, 'list', () => this.#draw());
  }

  stop() {
    clearTimeout(this.#timer);
  }

  focus() {
    this.#box.focus();
  }

  /** Looks for somebody whose name is known. @param {string} username */
  look(username) {
    this.#box.value = username;
    this.#soon(0);
  }

  /** A name as people copy it. */
  get #wanted() {
    return this.#box.value.trim().replace(/^@/, '').toLocaleLowerCase();
  }

  /** @param {number} [after_ms] */
  #soon(after_ms = QUIET) {
    clearTimeout(this.#timer);
    this.#asked++;
    if ([...this.#wanted].length >= LEAST) this.#timer = window.setTimeout(() => this.#ask(), after_ms);
    else this.#take([], false, t('people.find-hint'));
  }

  /** @param {string} [after]  the last of those that are here */
  async #ask(after) {
    const question = ++this.#asked;
    const part = after ? `&after=${encodeURIComponent(after)}` : '';
    try {
      const { users, more } = await this.app.api.get(`/api/users?prefix=${encodeURIComponent(this.#wanted)}&limit=${PAGE}${part}`);
      if (question !== this.#asked) return;
      const all = after ? [...this.#found, ...users] : users;
      this.#take(all, more, all.length > 0 ? t('people.found', { count: all.length }) : t('people.nobody'));
    } catch (/** @type {any} */ problem) {
      if (question === this.#asked) this.#take([], false, problem.status === 400 ? t('people.nobody') : problemText(problem));
    }
  }

  /** @param {Found[]} found @param {boolean} more @param {string} said */
  #take(found, more, said) {
    this.#found = found;
    this.app.store.takeFaces(found);
    this.#said.textContent = said;
    if (this.idle) this.idle.hidden = this.#wanted !== '';
    this.#more.hidden = !more;
    this.#drawn = '';
    this.#draw();
  }

  #drawn = '';

  #draw() {
    const states = this.#found.map((user) => this.#stateOf(user));
    const sign = JSON.stringify([this.#found, states]);
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const place = this.#list.contains(document.activeElement) ? document.activeElement?.closest('li')?.dataset.id : undefined;
    this.#list.hidden = this.#found.length === 0;
    this.#list.replaceChildren(...this.#found.map((user, i) => this.#row(user, states[i])));
    if (place) /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-id="${place}"] :is(a, button)`))?.focus();
  }

  /** @param {Found} user @returns {'friend' | 'asked' | 'asks' | 'stranger'} */
  #stateOf(user) {
    const { store } = this.app;
    const isOf = (/** @type {{ user: { id: number } }} */ r) => r.user.id === user.id;
    const c = store.get(`single:${user.id}`);
    if (c && !c.ended) return 'friend';
    if ([...store.outgoing.values()].some(isOf)) return 'asked';
    return [...store.incoming.values()].some(isOf) ? 'asks' : 'stranger';
  }

  /** @param {Found} user @param {string} state */
  #row(user, state) {
    const name = this.app.store.nameOf(user.id, user.name);
    return h('li', { 'data-id': user.id }, avatar('single', user.id, name, { picture: user.avatar }),
      h('a', { class: 'person', href: `#/u/${user.id}` }, h('span', { class: 'name', dir: 'auto', text: name }),
        h('span', { class: 'username' }, name !== user.name && h('bdi', { text: `${user.name} · ` }), `@${user.username}`),
        user.status && h('span', { class: 'username', dir: 'auto', text: user.status })),
      state === 'stranger'
        ? button({ label: t('action.add'), class: 'button primary small', title: t('people.add-of', { name }) }, () => ask(this.app, user))
        : h('span', { class: 'role', text: t(`people.is-${state}`) }));
  }
}

customElements.define('magpie-find', MagpieFind);

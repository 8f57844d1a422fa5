// magpie-people.js: asking somebody to be a friend, and answering who asks.

import { button, h, icon } from '../html.js';
import { currentLanguage, problemText, t } from '../i18n.js';
import { exact, short } from '../time.js';
import { avatar } from './avatar.js';
import { makeForm } from './form.js';
import { Part } from './part.js';

/** @typedef {import('../types.js').FriendRequest} FriendRequest */

export class MagpiePeople extends Part {
  #formPlace = h('div');
  #said = h('p', { class: 'note', role: 'status', hidden: true });
  #lists = h('div', { class: 'requests' });

  build() {
    const me = this.app.store.me;
    this.append(h('header', { class: 'head' },
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
      h('h1', { text: t('people.title') })),
    h('div', { class: 'sheet' }, this.#lists, this.#formPlace, this.#said,
      h('p', { class: 'hint', text: t('people.self', { username: me?.username ?? '' }) })));
    this.#drawForm();
  }

  start() {
    this.listen(this.app.store, 'requests', () => this.#draw());
    this.#draw();
  }

  focus() {
    this.querySelector('input')?.focus();
  }

  #drawForm() {
    this.#formPlace.replaceChildren(makeForm({
      fields: [
        { name: 'username', label: t('people.username'), check: (v) => (/^[a-z0-9_.-]{3,32}$/i.test(plain(v)) ? null : t('field.username')) },
        { name: 'note', label: t('people.note'), hint: t('people.note-hint'), optional: true, max: 100 },
      ],
      submit: t('people.ask'),
      act: (values) => this.#ask(plain(values.username), values.note),
    }));
  }

  /** @param {string} username @param {string} note */
  async #ask(username, note) {
    const answer = await this.app.api.post('/api/friend-requests', note ? { username, note } : { username });
    this.#said.textContent = t(answer.accepted ? 'people.accepted' : 'people.asked', { name: username });
    this.#said.hidden = false;
    this.#drawForm();
    this.focus();
  }

  #draw() {
    const { incoming, outgoing } = this.app.store;
    this.#lists.replaceChildren(
      ...this.#list(t('people.incoming'), [...incoming.values()], (r) => this.#answers(r)),
      ...this.#list(t('people.outgoing'), [...outgoing.values()], () => null));
  }

  /** @param {string} title @param {FriendRequest[]} requests @param {(r: FriendRequest) => HTMLElement | null} buttons */
  #list(title, requests, buttons) {
    if (requests.length === 0) return [];
    const language = currentLanguage();
    return [h('h2', { text: title }), h('ul', { class: 'people' }, ...requests.map((r) => {
      const at = new Date(r.timestamp);
      return h('li', {}, avatar('single', r.user.id, r.user.name),
        h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: r.user.name }),
          h('span', { class: 'username' }, `@${r.user.username} · `, h('time', { title: exact(language, at), text: short(language, at, new Date()) })),
          r.note && h('span', { class: 'request-note', dir: 'auto', text: r.note })),
        buttons(r));
    }))];
  }

  /** @param {FriendRequest} request */
  #answers(request) {
    const name = request.user.name;
    return h('span', { class: 'actions' },
      button({ label: t('people.accept'), class: 'button primary small', title: t('people.accept-of', { name }) }, () => this.#answer(request, 'accept')),
      button({ label: t('people.reject'), class: 'button small', title: t('people.reject-of', { name }) }, () => this.#answer(request, 'reject')));
  }

  /** @param {FriendRequest} request @param {'accept' | 'reject'} how */
  async #answer(request, how) {
    try {
      await this.app.api.post(`/api/friend-requests/${request.id}/${how}`);
      await this.app.receiver.resync();
      if (how === 'accept') this.wish('go', { route: { page: 'chat', type: 'single', id: request.user.id } });
    } catch (problem) {
      this.#said.textContent = problemText(problem);
      this.#said.hidden = false;
    }
  }
}

/** A name as people copy it. @param {string} text */
const plain = (text) => text.trim().replace(/^@/, '').toLowerCase();

customElements.define('magpie-people', MagpiePeople);

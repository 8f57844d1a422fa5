// magpie-requests.js: who asks to be a friend, and whom one has asked. Wish: 'go'.

import { button, h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { exact, short } from '../time.js';
import { avatar } from './avatar.js';
import { keepFocus } from './keep-focus.js';
import { Part } from './part.js';
import { accept, reject, withdraw } from './person-acts.js';

/** @typedef {import('../types.js').FriendRequest} FriendRequest */

export class MagpieRequests extends Part {
  /** Whether those made by oneself show, too. */
  both = true;
  #drawn = '';

  start() {
    this.classList.add('requests');
    this.listen(this.app.store, 'requests', () => this.#draw());
    this.#draw();
  }

  #draw() {
    const { incoming, outgoing } = this.app.store;
    const sign = JSON.stringify([incoming, outgoing].map((all) => [...all.values()]));
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const keep = keepFocus(this);
    this.replaceChildren(
      ...this.#list(t('people.incoming'), [...incoming.values()], (r) => this.#answers(r)),
      ...this.#list(t('people.outgoing'), this.both ? [...outgoing.values()] : [], (r) => this.#own(r)));
    keep();
  }

  /** @param {string} title @param {FriendRequest[]} requests @param {(r: FriendRequest) => HTMLElement} buttons */
  #list(title, requests, buttons) {
    if (requests.length === 0) return [];
    const language = currentLanguage();
    return [h('h2', { text: title }), h('ul', { class: 'people' }, ...requests.map((r) => {
      const at = new Date(r.timestamp);
      return h('li', {}, avatar('single', r.user.id, r.user.name, { picture: r.user.avatar }),
        h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: r.user.name }),
          h('span', { class: 'username' }, `@${r.user.username} · `, h('time', { title: exact(language, at), text: short(language, at, new Date()) })),
          r.note && h('span', { class: 'request-note', dir: 'auto', text: r.note })),
        buttons(r));
    }))];
  }

  /** @param {FriendRequest} request */
  #answers(request) {
    const { id, name } = request.user;
    const toChat = () => document.body.dispatchEvent(new CustomEvent('go', { detail: { route: { page: 'chat', type: 'single', id } } }));
    return h('span', { class: 'actions' },
      button({ label: t('people.accept'), class: 'button primary small', title: t('people.accept-of', { name }) }, () => accept(this.app, request, toChat)),
      button({ label: t('people.reject'), class: 'button small', title: t('people.reject-of', { name }) }, () => reject(this.app, request)));
  }

  /** @param {FriendRequest} request */
  #own(request) {
    const title = t('people.withdraw-of', { name: request.user.name });
    return h('span', { class: 'actions' },
      button({ label: t('people.withdraw'), class: 'button small', title }, () => withdraw(this.app, request)));
  }
}

customElements.define('magpie-requests', MagpieRequests);

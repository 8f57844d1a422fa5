// magpie-invitations.js: the groups one is invited into, to be answered.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { avatar } from './avatar.js';
import { confirmed } from './confirm.js';
import { aboutGroup, arrived } from './group-card.js';
import { keepFocus } from './keep-focus.js';
import { Part } from './part.js';
import { complain } from './toast.js';
import { when } from './when.js';

/** @typedef {import('../types.js').Invitation} Invitation */

export class MagpieInvitations extends Part {
  /** A group's id: only those into it. */
  only = 0;

  start() {
    this.classList.add('requests');
    this.listen(this.app.groups, 'invitations', () => this.#draw());
    this.#draw();
  }

  #draw() {
    const all = [...this.app.groups.invitations.values()].filter((i) => !this.only || i.group.id === this.only).sort((a, b) => a.id - b.id);
    const keep = keepFocus(this);
    this.hidden = all.length === 0;
    this.replaceChildren(...(all.length === 0 ? [] : [h('h2', { text: t('invitations.title') }), h('ul', { class: 'people' }, ...all.map((i) => this.#row(i)))]));
    if (keep() === false) this.querySelector('button')?.focus();
  }

  /** @param {Invitation} invitation */
  #row(invitation) {
    const { group, from, created_at } = invitation;
    const { name } = group;
    return h('li', {}, avatar('group', group.id, name, { picture: group.avatar }),
      h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: name }),
        h('span', { class: 'username' }, t('invitations.from', { name: this.app.store.nameOf(from.id, from.name) }), ' · ', when(created_at)),
        h('span', { class: 'username', text: aboutGroup(group) }),
        group.description && h('span', { class: 'request-note', dir: 'auto', text: group.description })),
      h('span', { class: 'actions' },
        button({ label: t('invitations.accept'), class: 'button primary small', title: t('invitations.accept-of', { name }) }, () => this.#accept(invitation)),
        button({ label: t('people.reject'), class: 'button small', title: t('invitations.reject-of', { name }) }, () => this.#reject(invitation))));
  }

  /** @param {Invitation} invitation */
  async #accept({ id, group }) {
    const { hash } = location;
    try {
      await this.app.api.post(`/api/group-invitations/${id}/accept`);
      this.app.groups.answered(id);
      await arrived(this.app, group.id, hash);
    } catch (problem) {
      complain(problem);
    }
  }

  /** @param {Invitation} invitation */
  async #reject({ id, group }) {
    if (!await confirmed(t('invitations.reject-sure', { name: group.name }), t('people.reject'))) return;
    try {
      await this.app.api.post(`/api/group-invitations/${id}/reject`);
      this.app.groups.answered(id);
    } catch (problem) {
      complain(problem);
    }
  }
}

customElements.define('magpie-invitations', MagpieInvitations);

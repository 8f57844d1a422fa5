// magpie-missing.js: in place of a conversation that one has no part in: a group that one may come into, or that there is none.

import { blank, button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { groupCard, joinButton } from './group-card.js';
import { MagpieInvitations } from './magpie-invitations.js';
import { Part } from './part.js';

export class MagpieMissing extends Part {
  #key = '';

  build() {
    this.className = 'sheet';
  }

  start() {
    this.listen(this.app.groups, 'asked', (event) => this.#key === `group:${event.detail.id}` && this.#look());
    for (const [from, type] of [[this.app.groups, 'invitations'], [this.app.store, 'state']])
      this.listen(/** @type {EventTarget} */ (from), /** @type {string} */ (type), () => this.#look());
  }

  /** @param {string} key  of what is missing; '' for nothing */
  show(key) {
    if (key === this.#key) return;
    this.#key = key;
    this.hidden = key === '';
    this.replaceChildren();
    this.#look();
  }

  async #look() {
    const key = this.#key;
    const [type, id] = key.split(':');
    if (!key) return;
    const answer = type === 'group' ? await this.app.api.get(`/api/groups/${id}`).catch((problem) => ({ problem })) : {};
    if (key !== this.#key) return;
    const isFocused = this.contains(document.activeElement) || document.activeElement === document.body;
    this.replaceChildren(...this.#nodes(answer));
    if (isFocused) this.querySelector('button')?.focus();
  }

  /** @param {{ group?: import('../types.js').GroupCard, problem?: any }} answer */
  #nodes({ group, problem }) {
    const says = (/** @type {string} */ sign, /** @type {string} */ title, /** @type {string} */ text, /** @type {Node} */ act) =>
      [blank({ sign: icon(sign), title, text, role: 'status' }, act)];
    if (problem && problem.status !== 404)
      return says('alert', t('chat.missing-failed'), problemText(problem), button({ label: t('action.retry'), icon: 'retry', class: 'button' }, () => this.#look()));
    if (!group || group.role)
      return says('search', t('chat.missing-title'), t('chat.missing'), h('a', { class: 'button', href: '#/', text: t('chat.missing-go') }));
    const card = h('div', { class: 'profile' }, h('h1', { class: 'unseen', text: t('chat.group') }), groupCard(group, group.name, { size: 'large' }));
    if (group.standing === 'invited') return [card, Object.assign(new MagpieInvitations(), { app: this.app, only: group.id })];
    card.append(h('div', { class: 'actions' }, joinButton(this.app, group, () => this.#look())));
    return [card];
  }
}

customElements.define('magpie-missing', MagpieMissing);

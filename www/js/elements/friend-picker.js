// friend-picker.js: friends to choose from, with a box to find one where there are many.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { matching } from '../matching.js';
import { avatar } from './avatar.js';
import { Part } from './part.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

const MANY = 6;

export class FriendPicker extends Part {
  /** Those who are not to be chosen. @type {Set<number>} */
  without = new Set();
  /** What the button says, and its name for one friend. */
  label = '';
  /** @type {(name: string) => string} */
  named = () => '';
  /** @type {(friend: Conversation) => void} */
  act = () => {};
  /** What is said where nobody is left. */
  nothing = '';
  #filter = h('input', { type: 'search', autocomplete: 'off', dir: 'auto', spellcheck: 'false', 'aria-label': t('contacts.find'), placeholder: t('contacts.find') });
  #box = h('div', { class: 'field' }, this.#filter);
  #list = h('ul', { class: 'people' });
  #none = h('p', { class: 'hint' });
  #drawn = '';

  build() {
    this.append(this.#box, this.#list, this.#none);
  }

  start() {
    this.listen(this.#filter, 'input', () => this.draw());
    this.listen(this.app.store, 'list', () => this.draw());
    this.draw();
  }

  draw() {
    if (!this.isConnected) return;
    const friends = [...this.app.store.conversations].filter((c) => c.type === 'single' && !c.ended);
    const others = friends.filter((f) => !this.without.has(f.id)).sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
    const found = matching(others, this.#filter.value);
    const sign = JSON.stringify([this.nothing, friends.length, others.length, found.map((f) => [f.id, f.name])]);
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const isHere = this.#list.contains(document.activeElement);
    this.#box.hidden = others.length < MANY;
    this.#list.hidden = found.length === 0;
    this.#list.replaceChildren(...found.map((f) => this.#row(f)));
    this.#none.hidden = found.length > 0;
    if (friends.length === 0) this.#none.textContent = t('group.no-friends');
    else this.#none.textContent = others.length === 0 ? this.nothing : t('contacts.nobody');
    if (isHere) this.#list.querySelector('button')?.focus();
  }

  /** @param {Conversation} friend */
  #row(friend) {
    return h('li', {}, avatar('single', friend.id, friend.name, { size: 'small', picture: friend.avatar }),
      h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: friend.name })),
      button({ label: this.label, class: 'button small', title: this.named(friend.name) }, () => this.act(friend)));
  }
}

customElements.define('friend-picker', FriendPicker);

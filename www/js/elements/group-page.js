// group-page.js: what the pages of a group have in common: they need one that is theirs to change, and follow it.

import { h } from '../html.js';
import { t } from '../i18n.js';
import { keyOf } from '../route.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { complain } from './toast.js';

/** @typedef {import('../types.js').Group} Group */

export class GroupPage extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  sheet = h('div', { class: 'sheet' });
  #name = h('p', { class: 'page-of', dir: 'auto' });
  #unable = h('p', { class: 'note', hidden: true });
  #content = h('div', { class: 'group-sheet', hidden: true });
  #isMade = false;

  get groupId() {
    return this.route?.id ?? 0;
  }

  get group() {
    return this.app.groups.get(this.groupId);
  }

  /** @param {string} title @param {(group: Group) => boolean} may */
  begin(title, may) {
    this.may = may;
    this.sheet.append(this.#name, this.#unable, this.#content);
    this.append(pageHead(title), this.sheet);
  }

  /** @type {(group: Group) => boolean} */
  may = () => false;

  start() {
    const { groups, store } = this.app;
    const mine = (/** @type {any} */ event) => event.detail.id === this.groupId && this.#draw();
    for (const type of ['change', 'requests']) this.listen(groups, type, mine);
    this.listen(store, 'names', () => this.#draw());
    this.#load();
  }

  async #load() {
    await this.app.groups.want(this.groupId).catch((problem) => problem.status !== 404 && complain(problem));
    this.#draw(true);
  }

  #draw(isLoaded = false) {
    const { group } = this;
    const isMine = !!group && this.may(group);
    this.#name.textContent = group?.name ?? this.app.store.get(keyOf('group', this.groupId))?.name ?? '';
    this.#content.hidden = !isMine;
    if (isMine && !this.#isMade) {
      this.#isMade = true;
      this.#content.append(...this.make(group));
      this.arrived();
    }
    if (isMine) this.draw(group);
    if (!isMine && (isLoaded || this.#isMade)) {
      this.#unable.textContent = t(group ? 'problem.not-allowed' : 'chat.missing');
      this.#unable.hidden = false;
    } else {
      this.#unable.hidden = true;
    }
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.querySelector('.sheet :is(input, textarea, select, button, a)'))?.focus();
  }

  /** Makes the nodes, once one may. @param {Group} group @returns {Node[]} */
  make(group) {
    void group;
    return [];
  }

  /** They are in the page now. */
  arrived() {}

  /** Shows how the group is now. @param {Group} group */
  draw(group) { void group; }
}

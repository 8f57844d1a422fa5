// group-page.js: what the pages of a group have in common: they need one that is theirs to change, and follow it.

import { blank, button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { keyOf } from '../route.js';
import { initials } from '../text.js';
import { avatar } from './avatar.js';
import { aboutGroup } from './group-card.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { pictureField } from './picture-field.js';

/** @typedef {import('../types.js').Group} Group */

export class GroupPage extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  sheet = h('div', { class: 'sheet' });
  /** Whether the group's picture is changed there, too. */
  isPictured = false;
  #card = h('div', { class: 'card-head row-wise' });
  #name = h('p', { class: 'card-name', dir: 'auto' });
  #about = h('p', { class: 'card-text' });
  #drawn = '';
  #unable = h('div', { hidden: true, tabindex: '-1' });
  /** @type {any} why it could not be had */
  #problem = null;
  #isLoaded = false;                     // or could not be
  /** @type {any} what is said instead */
  #said = null;
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
    this.sheet.append(this.#card, this.#unable, this.#content);
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
    this.#problem = await this.app.groups.want(this.groupId).then(() => null, (problem) => (problem.status === 404 ? null : problem));
    this.#isLoaded = true;
    this.#draw();
  }

  #draw() {
    const { group } = this;
    const isMine = !!group && this.may(group);
    const wasUnable = this.#unable.contains(document.activeElement);
    if (group) this.#problem = null;
    this.#drawCard(group, isMine);
    this.#content.hidden = !isMine;
    if (isMine && !this.#isMade) {
      this.#isMade = true;
      this.#content.append(...this.make(group));
      this.arrived();
    }
    if (isMine) this.draw(group);
    this.#drawUnable(group, isMine);
    if (!wasUnable) return;
    if (isMine) this.focus();
    else (this.#unable.querySelector('button') ?? this.#unable).focus();
  }

  /** Once for each time that it was tried: readers say it then. @param {Group | undefined} group @param {boolean} isMine */
  #drawUnable(group, isMine) {
    this.#unable.hidden = isMine || !this.#isLoaded;
    const what = isMine ? null : group ? 'not-allowed' : this.#problem ?? 'missing';
    if (this.#unable.hidden || what === this.#said) return;
    this.#said = what;
    this.#unable.replaceChildren(group ? h('p', { class: 'note', text: t('problem.not-allowed') }) : this.#missing());
  }

  /** A picture that was chosen and isn't kept yet stays, unless the card has another one now.
   * @param {Group | undefined} group @param {boolean} isMine */
  #drawCard(group, isMine) {
    const c = this.app.store.get(keyOf('group', this.groupId));
    const name = group?.name ?? c?.name ?? '';
    this.#name.textContent = name;
    this.#about.textContent = group ? aboutGroup(group) : '';
    this.#about.hidden = !group;
    const sign = name && JSON.stringify([c?.avatar, isMine]);
    if (sign !== this.#drawn) this.#card.replaceChildren(...name ? this.#cardOf(name, c?.avatar, isMine) : []);
    this.#drawn = sign;
    const letters = this.#card.querySelector('.avatar > span');
    if (letters) letters.textContent = initials(name);
  }

  /** @param {string} name @param {string | null | undefined} picture @param {boolean} isMine */
  #cardOf(name, picture, isMine) {
    const shown = avatar('group', this.groupId, name, { size: 'large', picture });
    return [shown, h('div', {}, this.#name, this.#about, this.isPictured && isMine
      && pictureField({ api: this.app.api, path: `/api/groups/${this.groupId}/avatar`, shown, has: !!picture }))];
  }

  #missing() {
    if (!this.#problem) return blank({ sign: icon('search'), title: t('chat.missing-title'), text: t('chat.missing'), role: 'alert', within: true });
    return blank({ sign: icon('alert'), title: t('chat.missing-failed'), text: problemText(this.#problem), role: 'alert', within: true },
      button({ label: t('action.retry'), icon: 'retry', class: 'button' }, () => this.#load()));
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.querySelector('.group-sheet :is(input, textarea, select, button, a)'))?.focus();
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

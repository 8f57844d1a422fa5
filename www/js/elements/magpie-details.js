// magpie-details.js: whom one talks to: a friend, or a group's members. Adding, removing, leaving.

import { button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { avatar } from './avatar.js';
import { confirmed } from './confirm.js';
import { Part } from './part.js';

/** @typedef {import('../types.js').Member} Member */
/** @typedef {import('../conversation.js').Conversation} Conversation */

export class MagpieDetails extends Part {
  #key = '';
  #body = h('div', { class: 'details-body' });
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });
  #ask = 0;                              // numbers the questions, so that a late answer is known as such
  #seen = '';

  build() {
    this.setAttribute('role', 'complementary');
    this.setAttribute('aria-label', t('chat.details'));
    this.append(h('div', { class: 'head' },
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
      h('h2', { text: t('chat.details') })), this.#body);
  }

  start() {
    this.listen(this.app.store, 'change', (event) => event.detail.key === this.#key && this.#refresh());
    this.listen(this.app.store, 'names', () => this.#refresh(true));
    if (this.#key) this.#refresh(true);
  }

  /** @param {string} key */
  show(key) {
    if (key === this.#key) return;
    this.#key = key;
    this.#body.replaceChildren();
    this.#refresh(true);
  }

  /** @type {import('./magpie-profile.js').MagpieProfile | null} */
  #profile = null;

  /** Asks anew only when something changed that shows here. @param {boolean} [always] */
  async #refresh(always = false) {
    const c = this.app.store.get(this.#key);
    if (!c) return;
    const sign = JSON.stringify([c.key, c.name, c.shown, c.ended, c.last?.kind === 'notice' && c.last.seq]);
    if (sign === this.#seen && !always) return;
    this.#seen = sign;
    const ask = ++this.#ask;
    if (c.type === 'single') return this.#person(c, ask);
    const answer = await this.#fetch(c).catch(() => null);
    if (ask !== this.#ask || !this.isConnected) return;
    this.#problem.hidden = true;
    for (const member of answer?.group.members ?? []) this.app.store.friends.met.set(member.id, member);
    this.#body.replaceChildren(...this.#group(c, answer?.group), this.#problem);
  }

  /** @param {Conversation} c @returns {Promise<any>} */
  async #fetch(c) {
    return c.ended ? null : this.app.api.get(`/api/groups/${c.id}`);
  }

  /** @param {Conversation} c @param {number} ask */
  async #person(c, ask) {
    const module = this.#profile ? null : await lazy(() => import('./magpie-profile.js'));
    if (module && !this.#profile) this.#profile = Object.assign(new module.MagpieProfile(), { app: this.app, isBeside: true });
    if (ask !== this.#ask || !this.#profile) return;
    this.#profile.show(c.id);
    if (!this.#profile.isConnected) this.#body.replaceChildren(this.#profile);
  }

  /** @param {Conversation} c @param {any} group */
  #group(c, group) {
    if (!group) return [this.#card(c, '')];
    const me = this.app.store.me?.id;
    const mine = group.members.find((/** @type {Member} */ m) => m.id === me)?.role ?? 'member';
    const mayManage = mine === 'owner' || mine === 'admin';
    return [
      this.#card(c, group.description ?? ''),
      h('h3', { text: t('group.members', { count: group.members.length }) }),
      h('ul', { class: 'people' }, ...group.members.map((/** @type {Member} */ m) => this.#member(c, m, mine))),
      ...(mayManage ? this.#adding(c, group.members) : []),
      mine === 'owner' ? h('p', { class: 'hint', text: t('group.owner-stays') }) : h('div', { class: 'actions' },
        button({ label: t('group.leave'), icon: 'leave', class: 'button quiet danger' }, () => this.#leave(c))),
    ];
  }

  /** @param {Conversation} c @param {string} text */
  #card(c, text) {
    return h('div', { class: 'card-head' }, avatar(c.type, c.id, c.name, { size: 'large', state: c.shown }),
      h('p', { class: 'card-name', dir: 'auto', text: c.name }), text && h('p', { class: 'card-text', dir: 'auto', text }));
  }

  /** @param {Conversation} c @param {Member} member @param {string} mine  one's own role */
  #member(c, member, mine) {
    const mayRemove = member.id !== this.app.store.me?.id
      && (mine === 'owner' || (mine === 'admin' && member.role === 'member'));
    const role = member.role === 'member' ? null : t(member.role === 'owner' ? 'group.role-owner' : 'group.role-admin');
    const name = this.app.store.nameOf(member.id, member.name);
    return h('li', {}, avatar('single', member.id, name, { size: 'small' }),
      h('a', { class: 'person', href: `#/u/${member.id}` }, h('span', { class: 'name', dir: 'auto', text: name }),
        h('span', { class: 'username', text: `@${member.username}` })),
      role && h('span', { class: 'role', text: role }),
      mayRemove && button({ icon: 'remove', class: 'icon-button', title: t('group.remove', { name }) }, () => this.#remove(c, member)));
  }

  /** @param {Conversation} c @param {Member[]} members */
  #adding(c, members) {
    const here = new Set(members.map((m) => m.id));
    const friends = this.app.store.sorted().filter((f) => f.type === 'single' && !f.ended);
    const others = friends.filter((f) => !here.has(f.id));
    const nobody = t(friends.length > 0 ? 'group.nobody-to-add' : 'group.no-friends');
    return [h('h3', { text: t('group.add') }), others.length === 0 ? h('p', { class: 'hint', text: nobody })
      : h('ul', { class: 'people' }, ...others.map((f) => h('li', {}, avatar('single', f.id, f.name, { size: 'small' }),
        h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: f.name })),
        button({ label: t('action.add'), class: 'button small', title: t('group.add-one', { name: f.name }) }, () => this.#add(c, f)))))];
  }

  /** @param {Conversation} c @param {Conversation} friend */
  #add(c, friend) {
    return this.#do(() => this.app.api.post(`/api/groups/${c.id}/members`, { user_id: friend.id }));
  }

  /** @param {Conversation} c @param {Member} member */
  async #remove(c, member) {
    const text = t('group.remove-sure', { name: this.app.store.nameOf(member.id, member.name) });
    if (!await confirmed(text, t('group.remove-yes'))) return;
    await this.#do(() => this.app.api.delete(`/api/groups/${c.id}/members/${member.id}`));
  }

  /** @param {Conversation} c */
  async #leave(c) {
    if (!await confirmed(t('group.leave-sure', { name: c.name }), t('group.leave-yes'))) return;
    await this.#do(() => this.app.api.delete(`/api/groups/${c.id}/members/${this.app.store.me?.id}`));
  }

  /** @param {() => Promise<any>} act */
  async #do(act) {
    try {
      await act();
      await this.#refresh(true);
    } catch (problem) {
      this.#problem.textContent = problemText(problem);
      this.#problem.hidden = false;
    }
  }
}

customElements.define('magpie-details', MagpieDetails);

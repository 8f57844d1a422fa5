// magpie-group.js: a group as its members see it: what it is, who is in it, and the ways to change that.

import { button, h, icon } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { actsOn, isMuted, mayInvite, mayManage, membersByRole } from '../group-may.js';
import { keyOf } from '../route.js';
import { exact } from '../time.js';
import { avatar } from './avatar.js';
import { FriendPicker } from './friend-picker.js';
import { addFriend, attempt, leave, openMemberMenu } from './group-acts.js';
import { aboutGroup, groupCard, joinButton } from './group-card.js';
import { MagpieInvitations } from './magpie-invitations.js';
import { place } from './magpie-list.js';
import { Part } from './part.js';

/** @typedef {import('../types.js').Group} Group */
/** @typedef {import('../types.js').Member} Member */

const MANY = 4;

export class MagpieGroup extends Part {
  isBeside = false;
  #id = 0;
  #card = h('div');
  #ways = h('nav', { class: 'entries', 'aria-label': t('group.ways') });
  #count = h('h2');
  #search = h('input', {
    type: 'search', autocomplete: 'off', dir: 'auto', spellcheck: 'false', 'aria-label': t('group.find-member'), placeholder: t('group.find-member'),
  });
  #box = h('div', { class: 'field' }, this.#search);
  #members = h('div', { class: 'roles' });
  #nobody = h('p', { class: 'hint', role: 'status' });
  #adding = h('div', { class: 'adding' });
  #picker = new FriendPicker();
  #out = h('div', { class: 'actions' });
  /** @type {Map<number, { node: HTMLElement, sign: string }>} */
  #rows = new Map();
  #waysDrawn = '';
  #cardDrawn = '';

  build() {
    this.classList.add('group-page');
    this.#picker.app = this.app;
    this.#picker.label = t('action.add');
    this.#picker.nothing = t('group.nobody-to-add');
    this.#picker.named = (name) => t('group.add-one', { name });
    this.#picker.act = (friend) => this.#group && addFriend(this.app, this.#group, friend);
    this.#adding.append(h('h2', { text: t('group.add') }), this.#picker);
    this.append(this.#card, this.#ways, this.#count, this.#box, this.#members, this.#nobody, this.#adding, this.#out);
  }

  start() {
    const { store, groups } = this.app;
    const mine = (/** @type {any} */ event) => event.detail.id === this.#id && this.#draw();
    for (const type of ['change', 'requests']) this.listen(groups, type, mine);
    this.listen(store, 'change', (event) => event.detail.key === keyOf('group', this.#id) && this.#looked());
    this.listen(store, 'names', () => this.#draw());
    this.listen(groups, 'asked', (event) => event.detail.id === this.#id && this.#drawEnded(this.#id));
    this.listen(groups, 'invitations', () => this.#drawEnded(this.#id));
    this.listen(this.#search, 'input', () => this.#draw());
    if (this.#id) this.#load();
  }

  get #group() {
    return this.app.groups.get(this.#id);
  }

  /** @param {number} id */
  show(id) {
    if (id === this.#id) return;
    this.#id = id;
    this.#rows.clear();
    this.#search.value = '';
    this.#ended = null;
    if (this.isConnected) this.#load();
  }

  /** Whether it had ended when it was drawn. @type {boolean | null} */
  #ended = null;

  /** Its end, or its beginning again, may be known by now. */
  #looked() {
    const c = this.app.store.get(keyOf('group', this.#id));
    if (c && this.#ended !== c.ended) this.#load();
  }

  async #load() {
    const id = this.#id;
    const c = this.app.store.get(keyOf('group', id));
    this.#ended = c?.ended ?? null;
    this.#draw();
    if (!c) return;
    if (c.ended) return this.#drawEnded(id);
    await attempt(() => this.app.groups.want(id));
    const group = this.app.groups.get(id);
    if (group && mayManage(group)) await this.app.groups.wantRequests(id).catch(() => {});
  }

  /** A group that one is in no longer may still be seen, and joined again. @param {number} id */
  async #drawEnded(id) {
    if (!this.#ended) return;
    const answer = await this.app.api.get(`/api/groups/${id}`).catch((problem) => (problem.status === 404 ? {} : null));
    if (id !== this.#id || !this.#ended || !answer) return;
    const { group } = answer;
    this.#cardDrawn = '';
    if (group) this.#card.replaceChildren(groupCard(group, group.name, { size: 'large' }));
    if (group?.standing === 'invited') this.#out.replaceChildren(Object.assign(new MagpieInvitations(), { app: this.app, only: id }));
    else if (group?.visibility === 'public') this.#out.replaceChildren(joinButton(this.app, group, () => this.#drawEnded(id)));
    else this.#out.replaceChildren();
  }

  #draw() {
    const c = this.app.store.get(keyOf('group', this.#id));
    const group = c?.ended ? undefined : this.#group;
    for (const part of [this.#ways, this.#count, this.#box, this.#members, this.#nobody, this.#adding, this.#out]) part.hidden = !group;
    if (!c) return;
    this.#drawCard(c, group);
    if (!group) {
      this.#out.hidden = false;
      return this.#out.replaceChildren();
    }
    this.#drawWays(group);
    this.#drawMembers(group);
    this.#adding.hidden = !mayManage(group);
    this.#picker.without = new Set(group.members.map((m) => m.id));
    this.#picker.draw();
    if (group.role === 'owner') this.#out.replaceChildren(h('p', { class: 'hint', text: t('group.owner-stays') }));
    else if (!this.#out.querySelector('button'))
      this.#out.replaceChildren(button({ label: t('group.leave'), icon: 'leave', class: 'button quiet danger' },
        () => leave(this.app, { id: this.#id, name: this.#group?.name ?? '' })));
  }

  /** @param {import('../conversation.js').Conversation} c @param {Group | undefined} group */
  #drawCard(c, group) {
    const sign = JSON.stringify([c.id, c.name, c.avatar, group && [group.description, aboutGroup(group)]]);
    if (sign === this.#cardDrawn) return;
    this.#cardDrawn = sign;
    this.#card.replaceChildren(groupCard(group ?? null, c.name, { id: c.id, size: 'large', picture: c.avatar }));
  }

  /** @param {Group} group */
  #drawWays(group) {
    const asking = this.app.groups.requests(group.id).length;
    const sign = JSON.stringify([group.id, group.role, group.who_invites, asking]);
    this.#ways.hidden = !mayInvite(group);
    if (sign === this.#waysDrawn) return;
    this.#waysDrawn = sign;
    const focused = /** @type {HTMLElement | null} */ (this.#ways.contains(document.activeElement) ? document.activeElement : null)?.getAttribute('href');
    const way = (/** @type {string} */ page, /** @type {string} */ name, /** @type {string} */ label, count = 0) =>
      h('a', { href: `#/c/group/${group.id}/${page}` }, icon(name), h('span', { text: label }),
        count > 0 && h('span', { class: 'badge' }, h('span', { 'aria-hidden': 'true', text: `${count}` }),
          h('span', { class: 'unseen', text: t('group.asking', { count }) })), icon('back'));
    this.#ways.replaceChildren(...[
      mayManage(group) && way('settings', 'settings', t('group.settings')),
      mayInvite(group) && way('access', 'add-friend', t(mayManage(group) ? 'group.access' : 'group.invite'), mayManage(group) ? asking : 0),
    ].filter((node) => node !== false));
    if (focused) /** @type {HTMLElement | null} */ (this.#ways.querySelector(`[href="${focused}"]`))?.focus();
  }

  /** @param {Group} group */
  #drawMembers(group) {
    this.#count.textContent = t('group.members', { count: group.members.length });
    this.#box.hidden = group.members.length < MANY;
    const nameOf = (/** @type {Member} */ m) => this.app.groups.nameOf(group.id, m.id, m.name);
    const found = membersByRole(group.members, nameOf, this.#search.value);
    this.#nobody.textContent = found.length === 0 ? t('group.no-member') : '';
    const focused = this.#members.contains(document.activeElement) ? document.activeElement?.closest('li') : null;
    const parts = ['owner', 'admin', 'member'].flatMap((role) => {
      const these = found.filter((m) => m.role === role);
      return these.length === 0 ? [] : [this.#part(role, these.map((m) => this.#row(group, m)))];
    });
    place(this.#members, parts);
    if (focused && !focused.contains(document.activeElement)) /** @type {HTMLElement | null} */ (focused.querySelector('button, a'))?.focus();
    const ids = new Set(group.members.map((m) => m.id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
  }

  /** @type {Map<string, HTMLElement>} */
  #parts = new Map();

  /** @param {string} role @param {HTMLElement[]} rows */
  #part(role, rows) {
    const list = this.#parts.get(role) ?? h('section', { 'aria-label': t(`group.role-${role}s`) },
      h('h3', { text: t(`group.role-${role}s`) }), h('ul', { class: 'people' }));
    this.#parts.set(role, list);
    place(/** @type {Element} */ (list.lastElementChild), rows);
    return list;
  }

  /** @param {Group} group @param {Member} member */
  #row(group, member) {
    const name = this.app.groups.nameOf(group.id, member.id, member.name);
    const mutedUntil = isMuted(member.muted_until, Date.now()) ? member.muted_until : null;
    const me = this.app.store.me?.id ?? 0;
    const sign = JSON.stringify([group.id, group.role, member, name, mutedUntil]);
    const known = this.#rows.get(member.id);
    if (known?.sign === sign) return known.node;
    const node = known?.node ?? h('li');
    const called = this.app.store.nameOf(member.id, member.name);
    const under = [name !== called ? called : '', `@${member.username}`].filter(Boolean).join(' · ');
    const hadFocus = node.contains(document.activeElement);
    node.replaceChildren(...[avatar('single', member.id, name, { size: 'small', picture: member.avatar }),
      h('a', { class: 'person', href: `#/u/${member.id}` }, h('span', { class: 'name', dir: 'auto', text: name }),
        h('span', { class: 'username', dir: 'auto', text: under })),
      member.id === me && h('span', { class: 'role', text: t('chat.you') }),
      mutedUntil && h('span', { class: 'sign', title: t('group.muted-until', { time: exact(currentLanguage(), new Date(mutedUntil)) }) },
        icon('silence'), h('span', { class: 'unseen', text: t('group.is-muted') })),
      actsOn(group, me, member, Date.now()).length > 0 && this.#more(member, name)].filter((x) => x instanceof Node));
    if (hadFocus) /** @type {HTMLElement | null} */ (node.querySelector('button, a'))?.focus();
    this.#rows.set(member.id, { node, sign });
    return node;
  }

  /** @param {Member} member @param {string} name */
  #more(member, name) {
    const more = button({ icon: 'more', class: 'icon-button', title: t('group.member-menu', { name }) }, () => {
      const group = this.#group;
      const back = () => /** @type {HTMLElement | null} */ (this.#rows.get(member.id)?.node.querySelector('button') ?? this.#members.querySelector('button'));
      if (group) openMemberMenu(this.app, group, member, more, back);
    });
    more.setAttribute('aria-haspopup', 'menu');
    return more;
  }
}

customElements.define('magpie-group', MagpieGroup);

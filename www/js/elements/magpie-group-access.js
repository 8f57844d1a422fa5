// magpie-group-access.js: how people come into a group: who asks, who is invited, links, and who is kept out.

import { copied } from '../copy.js';
import { button, h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { mayInvite, mayManage } from '../group-may.js';
import { comingTime } from '../time.js';
import { avatar } from './avatar.js';
import { confirmed } from './confirm.js';
import { FriendPicker } from './friend-picker.js';
import { makeForm } from './form.js';
import { attempt } from './group-acts.js';
import { GroupPage } from './group-page.js';
import { toast } from './toast.js';
import { when } from './when.js';

/** @typedef {import('../types.js').Group} Group */
/** @typedef {import('../types.js').User} User */

const DAY = 24 * 3600;
const LASTS = [3600, DAY, 7 * DAY, 30 * DAY];
const USES = [1, 5, 20, 100, 500];

export class MagpieGroupAccess extends GroupPage {
  #requests = h('section', { class: 'group', 'aria-label': t('access.requests') });
  #picker = new FriendPicker();
  #invited = h('div', { class: 'group' });
  #made = h('div', { class: 'link-made', hidden: true });
  #links = h('ul', { class: 'people' });
  #bans = h('section', { class: 'group', 'aria-label': t('access.bans') });
  #ask = 0;                              // numbers the questions, so that a late answer is known as such

  build() {
    this.begin(t('group.access'), mayInvite);
  }

  make() {
    this.#picker.app = this.app;
    this.#picker.label = t('access.invite');
    this.#picker.nothing = t('access.nobody');
    this.#picker.named = (name) => t('access.invite-one', { name });
    this.#picker.act = (friend) => this.#invite(friend);
    return [this.#requests, part('access.invite-friends', this.#picker, this.#invited),
      part('access.links', h('p', { class: 'hint', text: t('access.links-hint') }), this.#linkForm(), this.#made, this.#links), this.#bans];
  }

  arrived() {
    if (this.group && mayManage(this.group)) this.app.groups.wantRequests(this.groupId).catch(() => {});
  }

  /** @param {Group} group */
  draw(group) {
    const manages = mayManage(group);
    this.#drawRequests(manages);
    this.#picker.without = new Set(group.members.map((m) => m.id));
    this.#picker.draw();
    this.#bans.hidden = !manages;
    this.#load(manages);
  }

  /** @param {boolean} manages */
  async #load(manages) {
    const ask = ++this.#ask;
    const { api } = this.app;
    const path = `/api/groups/${this.groupId}`;
    await attempt(async () => {
      const [{ invitations }, { links }, bans] = await Promise.all([
        api.get(`${path}/invitations`), api.get(`${path}/links`), manages ? this.#allBans() : []]);
      if (ask !== this.#ask) return;
      this.#drawInvited(invitations);
      this.#drawLinks(links);
      this.#drawBans(bans);
    });
  }

  /** @returns {Promise<import('../types.js').Ban[]>} */
  async #allBans() {
    const all = [];
    for (let after = 0; ;) {
      const { bans, next } = await this.app.api.get(`/api/groups/${this.groupId}/bans?after=${after}`);
      all.push(...bans);
      if (!next) return all;
      after = next;
    }
  }

  /** @param {boolean} manages */
  #drawRequests(manages) {
    const requests = this.app.groups.requests(this.groupId).map((r) => ({ ...r, user: this.#called(r.user) }));
    this.#requests.hidden = !manages;
    list(this.#requests, t('access.requests'), t('access.no-requests'), requests.map((r) => row(r.user, r.note, r.created_at,
      button({ label: t('people.accept'), class: 'button primary small', title: t('people.accept-of', { name: r.user.name }) }, () => this.#answer(r.user, 'accept')),
      button({ label: t('people.reject'), class: 'button small', title: t('people.reject-of', { name: r.user.name }) }, () => this.#answer(r.user, 'reject')))));
  }

  /** @param {User} user @param {'accept' | 'reject'} how */
  async #answer(user, how) {
    if (how === 'reject' && !await confirmed(t('people.reject-sure', { name: user.name }), t('people.reject'))) return;
    return this.#do(async () => {
      await this.app.api.post(`/api/groups/${this.groupId}/join-requests/${user.id}/${how}`);
      this.app.groups.requestAnswered(this.groupId, user.id);
      toast(t(`access.done-${how}`, { name: user.name }));
    });
  }

  /** @param {import('../conversation.js').Conversation} friend */
  #invite(friend) {
    return this.#do(async () => {
      await this.#inviteNow(friend.id);
      toast(t('access.invited', { name: friend.name }), () => this.#do(() => this.#withdrawNow(friend.id)));
    });
  }

  /** @param {number} user_id */
  #inviteNow(user_id) {
    return this.app.api.post(`/api/groups/${this.groupId}/invitations`, { user_id });
  }

  /** @param {number} id */
  #withdrawNow(id) {
    return this.app.api.delete(`/api/groups/${this.groupId}/invitations/${id}`);
  }

  /** Somebody by the name that one calls them. @template {{ id: number, name: string }} T @param {T} user @returns {T} */
  #called(user) {
    return { ...user, name: this.app.store.nameOf(user.id, user.name) };
  }

  /** @param {{ id: number, name: string }} user */
  #by(user) {
    return t('access.by', { name: this.#called(user).name });
  }

  /** @param {{ user: User, from: User, created_at: string }[]} invitations */
  #drawInvited(invitations) {
    this.#picker.without = new Set([...this.group?.members.map((m) => m.id) ?? [], ...invitations.map((i) => i.user.id)]);
    this.#picker.draw();
    this.#invited.hidden = invitations.length === 0;
    const called = invitations.map((i) => ({ ...i, user: this.#called(i.user) }));
    list(this.#invited, t('access.open'), '', called.map((i) => row(i.user, this.#by(i.from), i.created_at,
      button({ label: t('people.withdraw'), class: 'button small', title: t('access.withdraw-of', { name: i.user.name }) }, () => this.#withdraw(i.user)))), 'h3');
  }

  /** @param {User} user */
  #withdraw(user) {
    return this.#do(async () => {
      await this.#withdrawNow(user.id);
      toast(t('access.withdrawn', { name: user.name }), () => this.#do(() => this.#inviteNow(user.id)));
    });
  }

  #linkForm() {
    const lasts = LASTS.map((s) => ({ value: String(s), label: s < DAY ? t('access.hours', { count: s / 3600 }) : t('access.days', { count: s / DAY }) }));
    return makeForm({
      fields: [{ name: 'expires_in', label: t('access.lasts'), value: String(7 * DAY), options: lasts },
        { name: 'max_uses', label: t('access.uses'), value: '20', options: USES.map((n) => ({ value: String(n), label: t('access.people', { count: n }) })) }],
      submit: t('access.make-link'),
      act: async ({ expires_in, max_uses }) => {
        const { link } = await this.app.api.post(`/api/groups/${this.groupId}/links`, { expires_in: Number(expires_in), max_uses: Number(max_uses) });
        this.#showLink(link);
        await this.#load(!!this.group && mayManage(this.group));
      },
    });
  }

  /** Nobody can tell the link a second time. @param {import('../types.js').GroupLink} link */
  #showLink(link) {
    const address = `${location.origin}${location.pathname}#/join/${link.token}`;
    const box = h('input', { type: 'text', readonly: true, 'aria-label': t('access.link'), dir: 'ltr' });
    box.value = address;
    box.addEventListener('focus', () => box.select());
    const take = async () => toast(t(await copied(box) ? 'access.copied' : 'access.copy-yourself'));
    const copy = button({ label: t('access.copy'), icon: 'copy', class: 'button primary' }, take);
    this.#made.dataset.id = String(link.id);
    this.#made.replaceChildren(h('div', { class: 'field' }, box), h('p', { class: 'hint', text: t('access.link-once') }), h('div', { class: 'actions' }, copy));
    this.#made.hidden = false;
    copy.focus();
  }

  /** @param {import('../types.js').GroupLink[]} links */
  #drawLinks(links) {
    if (!links.some((l) => String(l.id) === this.#made.dataset.id)) this.#made.hidden = true;
    this.#links.hidden = links.length === 0;
    refill(this.#links, links.map((l) => {
      const until = new Date(l.expires_at);
      return h('li', {}, h('span', { class: 'person' },
        h('span', { class: 'name', dir: 'auto', text: t('access.link-by', { name: this.#called(l.by).name }) }),
        h('span', { class: 'username' }, `${t('access.used', { uses: l.uses, max: l.max_uses })} · `,
          t('access.until', { time: comingTime(currentLanguage(), until, new Date()) }))),
      button({ label: t('access.revoke'), class: 'button small', title: t('access.revoke-of', { name: this.#called(l.by).name }) }, () => this.#revoke(l.id)));
    }));
  }

  /** @param {number} id */
  async #revoke(id) {
    if (!await confirmed(t('access.revoke-sure'), t('access.revoke'))) return;
    return this.#do(async () => {
      await this.app.api.delete(`/api/groups/${this.groupId}/links/${id}`);
      toast(t('access.revoked'));
    });
  }

  /** @param {import('../types.js').Ban[]} bans */
  #drawBans(bans) {
    list(this.#bans, t('access.bans'), t('access.no-bans'), bans.map((b) => this.#called(b)).map((b) => row(b, this.#by(b.by), b.at,
      button({ label: t('access.unban'), class: 'button small', title: t('access.unban-of', { name: b.name }) }, () => this.#unban(b)))));
  }

  /** @param {import('../types.js').Ban} ban */
  #unban(ban) {
    const path = `/api/groups/${this.groupId}/bans`;
    return this.#do(async () => {
      await this.app.api.delete(`${path}/${ban.id}`);
      toast(t('access.unbanned', { name: ban.name }), () => this.#do(() => this.app.api.post(path, { user_id: ban.id })));
    });
  }

  /** Does something, and shows what came of it. @param {() => Promise<any>} act */
  async #do(act) {
    await attempt(act);
    if (this.group && this.isConnected) this.draw(this.group);
  }
}

/** @param {HTMLElement} place @param {string} title @param {string} nothing @param {HTMLElement[]} rows @param {'h2' | 'h3'} [level] */
function list(place, title, nothing, rows, level = 'h2') {
  if (!place.hasChildNodes()) place.append(h(level, { text: title }), h('ul', { class: 'people requests-list' }), h('p', { class: 'hint' }));
  const [, all, none] = /** @type {HTMLElement[]} */ ([...place.children]);
  refill(all, rows);
  all.hidden = rows.length === 0;
  none.textContent = nothing;
  none.hidden = rows.length > 0 || nothing === '';
}

/** New rows; the focus stays at its place in the list. @param {HTMLElement} all @param {HTMLElement[]} rows */
function refill(all, rows) {
  const text = rows.map((r) => r.textContent).join('');
  if (all.textContent === text && all.children.length === rows.length) return;
  const at = [...all.children].findIndex((child) => child.contains(document.activeElement));
  all.replaceChildren(...rows);
  if (at === -1) return;
  const next = rows[Math.min(at, rows.length - 1)]?.querySelector('button') ?? all.closest('.sheet')?.querySelector('input, button');
  /** @type {HTMLElement | null | undefined} */ (next)?.focus();
}

/** @param {User} user @param {string} note @param {string} at @param {...HTMLElement} buttons */
function row(user, note, at, ...buttons) {
  return h('li', {}, avatar('single', user.id, user.name, { picture: user.avatar }),
    h('a', { class: 'person', href: `#/u/${user.id}` }, h('span', { class: 'name', dir: 'auto', text: user.name }),
      h('span', { class: 'username' }, `@${user.username} · `, when(at)),
      note && h('span', { class: 'request-note', dir: 'auto', text: note })),
    h('span', { class: 'actions' }, ...buttons));
}

/** @param {string} title @param {...Node} inside */
const part = (title, ...inside) => h('section', { class: 'group', 'aria-label': t(title) }, h('h2', { text: t(title) }), ...inside);

customElements.define('magpie-group-access', MagpieGroupAccess);

// groups.js: what this tab knows of groups beyond their conversations: settings and members, once somebody looks at one,
// who has invited one, and who asks to be let in.
//
// Events: 'change' { id } for a group, 'invitations', 'requests' { id } for those who ask, 'asked' { id, state } for one's own asking.

import { keyOf } from './route.js';
import { Told } from './told.js';

/** @typedef {import('./types.js').Group} Group */
/** @typedef {import('./types.js').Invitation} Invitation */
/** @typedef {import('./types.js').JoinRequest} JoinRequest */

const AGAIN = 3000;
const LOOK_AGAIN = 5 * 60_000;

export class Groups extends EventTarget {
  /** @type {Map<number, { group: Group, rev: number, at: number }>} with how far the conversation was when it was asked for, and when */
  #known = new Map();
  /** @type {Map<number, Promise<void>>} */
  #loading = new Map();
  /** @type {Set<number>} those that somebody looks at */
  #wanted = new Set();
  /** @type {Set<number>} those that changed while they were asked for */
  #again = new Set();
  /** @type {Map<number, JoinRequest[]>} who asks to be let in, by group, where that was looked for */
  #requests = new Map();
  /** @type {Map<number, Invitation>} to oneself, by their ids */
  invitations = new Map();

  /** @param {Pick<import('./api.js').Api, 'get'>} api @param {import('./store.js').Store} store
   * @param {Pick<import('./types.js').Clock, 'setTimeout'>} clock */
  constructor(api, store, clock) {
    super();
    this.clock = clock;
    this.api = api;
    this.store = store;
    store.addEventListener('own', (event) => this.#takeOwn(/** @type {Told} */ (event).detail));
    store.addEventListener('change', (event) => this.#changed(/** @type {Told} */ (event).detail.key));
    store.addEventListener('state', () => this.#refresh());
  }

  /** @param {number} id */
  get(id) {
    return this.#known.get(id)?.group;
  }

  /** Has this group from now on. Throws a Problem. @param {number} id */
  async want(id) {
    this.#wanted.add(id);
    const known = this.#known.get(id);
    if (!known) await this.#load(id);
    else if (Date.now() - known.at > LOOK_AGAIN) this.#load(id).catch(() => {});      // pictures of members: nothing tells
  }

  /** @param {number} id */
  requests(id) {
    return this.#requests.get(id) ?? [];
  }

  /** Knows from now on who asks to be let in: for those who answer that. Throws a Problem. @param {number} id */
  async wantRequests(id) {
    if (!this.#requests.has(id)) await this.#loadRequests(id);
  }

  /** How one calls a member: by one's own remark, by the name in the group, or as told.
   * @param {number} id  the group's @param {number | undefined} user @param {string | undefined} given */
  nameOf(id, user, given) {
    const remark = this.store.get(keyOf('single', user ?? 0))?.remark;
    return remark || this.get(id)?.members.find((m) => m.id === user)?.nickname || this.store.nameOf(user, given);
  }

  /** One's own doing, ahead of the notice that tells everybody. @param {number} id */
  async refresh(id) {
    if (this.#known.has(id)) await this.#load(id).catch(() => {});
  }

  /** @param {number} id  of an invitation that was answered */
  answered(id) {
    if (this.invitations.delete(id)) this.#emit('invitations', {});
  }

  /** @param {number} id @param {number} user  whose request was answered */
  requestAnswered(id, user) {
    this.#setRequests(id, this.requests(id).filter((r) => r.user.id !== user));
  }

  /** After a resync: what was missed. */
  #refresh() {
    for (const id of this.#wanted) {
      const c = this.store.get(keyOf('group', id));
      const known = this.#known.get(id);
      if (c && !c.ended && c.rev !== known?.rev) this.#reload(id);
      else if (known && (!c || c.ended)) this.#forget(id);
    }
    for (const id of this.#requests.keys()) this.#loadRequests(id).catch(() => {});
  }

  /** A notice may say that the group is another now. @param {string} key */
  #changed(key) {
    const c = this.store.get(key);
    if (c?.type !== 'group') return;
    const known = this.#known.get(c.id);
    if (!known) return;
    if (c.ended) this.#forget(c.id);
    else if (c.noticedAt > known.rev) this.#reload(c.id);
  }

  /** What it is now has to come, if not at once. @param {number} id */
  #reload(id) {
    this.#load(id).catch((problem) => {
      if (problem.isPassing) this.clock.setTimeout(() => this.#changed(keyOf('group', id)), AGAIN);
    });
  }

  /** @param {number} id */
  #forget(id) {
    this.#known.delete(id);
    this.#requests.delete(id);
    this.#emit('change', { id });
  }

  /** @param {number} id @returns {Promise<void>} */
  #load(id) {
    const running = this.#loading.get(id);
    if (running) {
      this.#again.add(id);
      return running;
    }
    const loading = this.#fetch(id).finally(() => {
      this.#loading.delete(id);
      if (this.#again.delete(id)) this.#reload(id);
    });
    this.#loading.set(id, loading);
    return loading;
  }

  /** @param {number} id */
  async #fetch(id) {
    const c = this.store.get(keyOf('group', id));
    const rev = c?.rev ?? 0;
    const { group } = await this.api.get(`/api/groups/${id}`);
    if (!group.members || c?.ended) return;              // one is not in it
    this.store.takeFaces(group.members);
    this.#known.set(id, { group, rev, at: Date.now() });
    if ((this.store.get(keyOf('group', id))?.noticedAt ?? 0) > rev) this.#again.add(id);      // told of while it was asked for
    this.#emit('change', { id });
    if (!isManager(group) && this.#requests.delete(id)) this.#emit('requests', { id });
  }

  /** @param {number} id */
  async #loadRequests(id) {
    /** @type {JoinRequest[]} */
    const all = [];
    for (let after = 0; ;) {
      const { requests, next } = await this.api.get(`/api/groups/${id}/join-requests?after=${after}`);
      all.push(...requests);
      if (!next) break;
      after = next;
    }
    this.#setRequests(id, all);
  }

  /** @param {number} id @param {JoinRequest[]} requests */
  #setRequests(id, requests) {
    this.#requests.set(id, requests);
    this.#emit('requests', { id });
  }

  /** @returns {Promise<void>} */
  async loadInvitations() {
    const before = this.store.meRev;
    const { invitations } = await this.api.get('/api/group-invitations');
    if (this.store.meRev !== before) return this.loadInvitations();      // an event overtook it
    this.invitations = new Map(invitations.map((/** @type {Invitation} */ i) => [i.id, i]));
    this.#emit('invitations', {});
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeOwn(event) {
    if (event.type === 'group') this.#takeGroup(event);
    if (event.type === 'group-invitation') this.#takeInvitation(event);
    if (event.type === 'group-join-request') this.#takeRequest(event);
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeGroup({ group, ended }) {
    const known = this.#known.get(group.id);
    for (const i of this.invitations.values()) if (i.group.id === group.id && !ended) this.answered(i.id);
    if (!known) return;
    if (ended) return this.#forget(group.id);
    const { nickname, role, muted_until } = group;
    const members = known.group.members.map((m) => (m.id === this.store.me?.id ? { ...m, nickname, role, muted_until } : m));
    known.group = { ...known.group, ...group, members };
    this.#emit('change', { id: group.id });
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeInvitation({ invitation, state }) {
    if (invitation.user.id !== this.store.me?.id) return this.#emit('change', { id: invitation.group.id });
    if (state === 'open') this.invitations.set(invitation.id, invitation);
    else this.invitations.delete(invitation.id);
    this.#emit('invitations', {});
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeRequest({ group_id, user, note, created_at, state }) {
    if (user.id === this.store.me?.id) return this.#emit('asked', { id: group_id, state });
    if (!this.#requests.has(group_id)) return;
    const others = this.requests(group_id).filter((r) => r.user.id !== user.id);
    this.#setRequests(group_id, state === 'open' ? [...others, { user, note, created_at }] : others);
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new Told(type, detail));
  }
}

/** @param {{ role: string | null }} group */
const isManager = (group) => group.role === 'owner' || group.role === 'admin';

// store.js: what this tab knows. No DOM and no network, so `node --test` runs it.
//
// Events: 'change' { key, what } for one conversation, 'list' { key } when the list or its order may differ, by that one or
// (no key) by any, 'requests' for friend requests, 'people' for what `friends` holds and oneself, 'names' when somebody is
// called otherwise now, 'faces' when somebody has another picture, 'own' for each event of one's own, 'settings' { settings }
// for own ones, 'state' { moved } after a resync (moved: something of one's own changed), 'doubt' where only the server can count.

import { Conversation } from './conversation.js';
import { Friends } from './friends.js';
import { shownName } from './name.js';
import { keyOf } from './route.js';
import { revsSum } from './revs.js';
import { Told } from './told.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {'applied' | 'repeated' | 'hole' | 'unknown'} Taken */

const HAVE_MAX = 1000;
const KEPT = 400;                        // entries of a conversation that nobody looks at

export class Store extends EventTarget {
  /** @type {Map<string, Conversation>} */
  #conversations = new Map();
  /** @type {(import('./types.js').User & { status?: string }) | null} */
  me = null;
  meRev = 0;
  ready = false;                         // a first state has come
  /** @type {Map<number, import('./types.js').FriendRequest>} */
  incoming = new Map();
  /** @type {Map<number, import('./types.js').FriendRequest>} */
  outgoing = new Map();
  friends = new Friends();
  /** @type {Set<string>} the conversations that somebody looks at: they keep all their entries */
  #held = new Set();

  /** @param {string} key */
  get(key) {
    return this.#conversations.get(key);
  }

  /** How one calls somebody: by one's own remark, or as told. @param {number | undefined} id @param {string | undefined} given */
  nameOf = (id, given) => this.get(keyOf('single', id ?? 0))?.remark || shownName(given);

  /** As sorted(), without those that are hidden. */
  shown() {
    return this.sorted().filter((c) => !c.hidden);
  }

  /** Somebody's picture, as far as it is known here. @param {number} userId @returns {string | null} */
  faceOf = (userId) => {
    const c = this.get(keyOf('single', userId));
    return (userId === this.me?.id ? this.me : c && !c.ended ? c : this.friends.met.get(userId))?.avatar ?? null;
  };

  /** Takes what is told of people: a group's members, those who were found. @param {import('./types.js').User[]} members */
  takeFaces(members) {
    const { met } = this.friends;
    const isNew = members.some((m) => (m.avatar ?? null) !== (met.get(m.id)?.avatar ?? null));
    for (const m of members) met.set(m.id, m);
    if (isNew) this.#emit('faces', {});
  }

  get conversations() {
    return this.#conversations.values();
  }

  /** As the list shows them: those that are pinned first, then the last active, those without a message by name. */
  sorted() {
    const all = [...this.#conversations.values()].sort(
      (a, b) => Number(b.pinned) - Number(a.pinned) || b.activeAt - a.activeAt || a.name.localeCompare(b.name) || a.key.localeCompare(b.key));
    this.#conversations = new Map(all.map((c) => [c.key, c]));       // what is in order is soon sorted again
    return all;
  }

  get unread() {
    let sum = 0;
    for (const c of this.#conversations.values()) if (!c.hidden) sum += c.muted ? Number(c.mentions) * c.mentioned : c.unread;
    return sum;
  }

  /** For a resync: the conversations most lately active, if there are too many. @returns {import('./types.js').Have[]} */
  have() {
    return this.sorted().slice(0, HAVE_MAX)
      .map((c) => ({ contact_type: c.type, contact_id: c.id, rev: c.rev }));
  }

  revs() {
    const all = [...this.#conversations.values()];
    return revsSum(all.map((c) => ({ contact_type: c.type, contact_id: c.id, rev: c.rev })), this.meRev);
  }

  /**
   * Takes an entry of a conversation as it comes, pushed or as the answer to one's own sending.
   * 'hole' (it waits inside; fetch what lies between after 300 ms), 'unknown' (ask for the contacts).
   * @param {Message} entry @returns {Taken}
   */
  take(entry) {
    const c = this.get(keyOf(entry.contact_type, entry.contact_id));
    if (!c) return 'unknown';
    if (entry.rev <= c.rev) return 'repeated';
    c.early.set(entry.rev, entry);
    c.wanted = Math.max(c.wanted, entry.rev);
    if (entry.rev > c.rev + 1) return 'hole';
    this.#drain(c);
    return 'applied';
  }

  /** Notes that a conversation has come to `rev`, by an event without an entry. @param {string} key @param {number} rev
   * @returns {Taken} */
  want(key, rev) {
    const c = this.get(key);
    if (!c) return 'unknown';
    c.wanted = Math.max(c.wanted, rev);
    return rev > c.rev ? 'hole' : 'repeated';
  }

  /** Takes what a history after `rev` or a resync brought, and goes on from `rev`.
   * @param {string} key @param {Message[]} entries @param {number} rev */
  takeAnswer(key, entries, rev) {
    const c = this.get(key);
    if (!c || rev < c.rev) return;
    for (const entry of entries) if (entry.rev > c.rev) this.#apply(c, entry);
    c.rev = rev;
    this.#drain(c);
    this.#changed(c, 'messages');
  }

  /** Takes a page of history: entries older than what is here, or the newest when there was nothing. Where all was
   * forgotten in the meantime, a page that was asked for before doesn't reach up to what is here now: it is dropped.
   * @param {string} key @param {Message[]} entries @param {boolean} more @param {number | null} before
   * @param {number} [rev]  up to which the newest page is complete */
  takePage(key, entries, more, before, rev = Infinity) {
    const c = this.get(key);
    if (!c || (before === null ? rev < c.from - 1 : before !== c.from)) return;
    for (const entry of entries) c.keep(entry);
    c.reach(more ? Math.min(c.from, entries[0]?.seq ?? c.from) : 0, more);
    this.#changed(c, before === null ? 'messages' : 'older');
  }

  /** Takes the state that a queue was opened with, or POST /api/changes gave.
   * @param {import('./types.js').State} state */
  takeState(state) {
    const { me_rev, ...me } = state.me;
    const moved = me_rev > this.meRev;
    const isOld = me_rev < this.meRev;        // events of mine have come that it doesn't know
    this.me ??= me;
    if (!isOld) this.takePeople({ me });
    this.meRev = Math.max(this.meRev, me_rev);
    for (const change of state.changes) this.#takeChange(change);
    const changed = new Set(state.changes.map((c) => keyOf(c.contact_type, c.contact_id)));
    for (const contact of state.contacts) this.#takeContact(contact, changed, isOld);
    this.#forgetAllBut(state);
    this.ready = true;
    this.#emit('state', { moved });
    this.#emit('list', {});
  }

  /** Takes an event that has the user's own counter. @param {import('./types.js').QueueEvent} event
   * @returns {Taken} */
  takeOwn(event) {
    if (event.me_rev <= this.meRev) return 'repeated';
    if (event.me_rev > this.meRev + 1) return 'hole';
    this.meRev = event.me_rev;
    const isKnown = this.#takeOfMine(event);
    this.#emit('own', event);
    return isKnown ? 'applied' : 'unknown';
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeOfMine(event) {
    if (event.type === 'read') this.#takeRead(event);
    if (event.type === 'conversation') return this.#takeView(event);
    if (event.type === 'friend-request') this.#takeRequest(event.request);
    if (event.type === 'settings') this.#emit('settings', { settings: event.settings });
    if (event.type === 'group') return !event.ended && this.get(keyOf('group', event.group?.id))?.ended === false;
    return this.learn(event);
  }

  /** Takes what an event says of people, or one's own doing that will come as one. Answers false where the contacts have
   * to be asked for: somebody became a friend, or is one no more and has perhaps gone altogether. @param {import('./types.js').QueueEvent} event */
  learn(event) {
    const known = event.type !== 'friend' || this.#takeFriend(event);
    if (event.type === 'me') this.takePeople({ me: event.me });
    else if (this.friends.take(event)) this.#emit('people', {});
    return known;
  }

  /** @param {Partial<Friends> & { me?: object }} found  what was asked for */
  takePeople({ me, ...found }) {
    const face = this.me?.avatar;
    if (this.me) Object.assign(this.me, me);
    if (this.me?.avatar !== face) this.#emit('faces', {});
    Object.assign(this.friends, found);
    this.#emit('people', {});
  }

  /** @param {import('./types.js').QueueEvent} event */
  takePresence(event) {
    const c = this.get(keyOf('single', event.user_id));
    if (c?.takePresence(event)) this.#changed(c, 'contact');
  }

  /** @param {import('./types.js').FriendRequest[]} incoming @param {import('./types.js').FriendRequest[]} outgoing */
  takeRequests(incoming, outgoing) {
    this.incoming = new Map(incoming.map((r) => [r.id, r]));
    this.outgoing = new Map(outgoing.map((r) => [r.id, r]));
    this.#emit('requests', {});
  }

  /** @param {string} key  of a conversation that is shown from now on */
  hold(key) {
    this.#held.add(key);
  }

  /** It isn't shown any more. @param {string} key */
  release(key) {
    this.#held.delete(key);
    this.get(key)?.letGo(KEPT);
  }

  /** Reading, here and now, before the server knows. Answers whether it moved. @param {string} key @param {number} seq */
  markRead(key, seq) {
    const c = this.get(key);
    if (!c || seq <= c.read_seq) return false;
    c.read_seq = seq;
    c.marked_unread = false;
    Object.assign(c, c.countAfter(c.covers(seq) ? seq : Infinity, this.me?.id ?? 0));
    this.#changed(c, 'contact');
    return true;
  }

  /** Opening what was marked as unread, before the server knows. Answers whether it was so: then a mark has to tell the
   * server, also one that doesn't move. @param {string} key */
  unmark(key) {
    const c = this.get(key);
    if (!c?.marked_unread) return false;
    c.marked_unread = false;
    this.#changed(c, 'contact');
    return true;
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeFriend({ friend, ended }) {
    const c = this.get(keyOf('single', friend.id));
    if (!c || (c.ended && !ended)) return false;
    c.ended = ended;
    if (ended) c.takePresence({ state: 'offline' });
    this.#call(c, friend.name, ended ? '' : friend.remark);
    c.username = friend.username ?? '';
    c.list_id = friend.list_id;
    this.#takeAvatar(c, friend.avatar ?? null);
    this.#changed(c, 'contact');
    return !ended;
  }

  /** @param {Conversation} c @param {string} name @param {string | undefined} remark */
  #call(c, name, remark = '') {
    const before = c.name;
    c.givenName = name;
    c.remark = remark;
    if (c.name !== before) this.#emit('names', {});
  }

  /** @param {Conversation} c */
  #drain(c) {
    for (const rev of c.early.keys()) if (rev <= c.rev) c.early.delete(rev);
    for (let next = c.early.get(c.rev + 1); next; next = c.early.get(c.rev + 1)) {
      c.early.delete(next.rev);
      this.#apply(c, next);
      c.rev = next.rev;
      this.#changed(c, 'messages');
    }
  }

  /** @param {Conversation} c @param {Message} entry */
  #apply(c, entry) {
    const isNew = entry.seq > c.rev;
    const before = c.messages.get(entry.seq);
    if (isNew && entry.notice?.what === 'group-renamed' && entry.notice.name) this.#call(c, entry.notice.name, '');
    if (entry.seq >= c.from) c.keep(entry);
    else if (c.last?.seq === entry.seq) c.last = entry;
    if (isNew && entry.notice?.what === 'group-avatar') this.#takeAvatar(c, entry.notice.avatar ?? null);
    if (c.covers(c.read_seq) && this.me) Object.assign(c, c.countAfter(c.read_seq, this.me.id));
    else if (entry.from !== this.me?.id && entry.seq > Math.max(c.read_seq, c.cleared_seq)) this.#countUnread(c, entry, isNew, before);
    if (!this.#held.has(c.key)) c.letGo(KEPT);
  }

  /** Of a conversation whose unread messages are not all here. @param {Conversation} c @param {Message} entry @param {boolean} isNew
   * @param {Message | undefined} before  what the entry was, if that is here */
  #countUnread(c, entry, isNew, before) {
    const me = this.me?.id ?? 0;
    if (isNew) return c.count(entry, 1, me);
    if (entry.kind !== 'recalled') return;
    if (before) return c.count(before, -1, me);
    c.unread = Math.max(0, c.unread - 1);
    if (c.mentioned > 0) this.#emit('doubt', {});         // whom it mentioned isn't told any longer
  }

  /** @param {import('./types.js').Change} change */
  #takeChange(change) {
    const key = keyOf(change.contact_type, change.contact_id);
    const c = this.get(key);
    if (!c) return;
    if (change.gone) this.#conversations.delete(key);
    else if (!change.reset) this.takeAnswer(key, change.messages, change.rev);
    else if (change.rev > c.rev) this.#reset(c, change.rev);
  }

  /** @param {Conversation} c @param {number} rev */
  #reset(c, rev) {
    c.reset(rev);
    this.#changed(c, 'reset');
  }

  /** @param {import('./types.js').Contact} contact @param {Set<string>} moved  those with a change of their own
   * @param {boolean} isOld */
  #takeContact(contact, moved, isOld) {
    const key = keyOf(contact.contact_type, contact.contact_id);
    let c = this.get(key);
    const isNew = !c;
    if (!c) this.#conversations.set(key, c = new Conversation(contact));
    else if (contact.rev > c.rev && !moved.has(key)) this.#reset(c, contact.rev);      // it was not among `have`
    this.#call(c, contact.name, contact.remark);
    c.username = contact.username ?? '';
    c.list_id = contact.list_id ?? 0;
    // A group's goes with its numbers, a person's with mine.
    if (isNew || (c.type === 'group' ? contact.rev >= c.rev : !isOld)) this.#takeAvatar(c, contact.avatar ?? null);
    c.takePresence(contact);
    c.ended = contact.ended === true;
    if (isNew || !isOld) c.takeView(contact);
    const last = contact.last_message ?? null;
    if (last && last.kind !== 'notice') c.spokenAt = Math.max(c.spokenAt, last.seq);
    if (last && last.seq > c.cleared_seq && (!c.last || last.seq > c.last.seq || (last.seq === c.last.seq && last.rev > c.last.rev))) c.last = last;
    this.#takeMark(c, contact.read_seq, contact, contact.rev);
    this.#emit('change', { key, what: 'contact' });        // the list is told of all at once
  }

  /** @param {Conversation} c @param {string | null} avatar */
  #takeAvatar(c, avatar) {
    if (c.avatar === avatar) return;
    c.avatar = avatar;
    if (c.type === 'single') this.#emit('faces', {});
  }

  /** How much is unread, as the server counted when the conversation was at `rev`.
   * @param {Conversation} c @param {number} seq @param {{ unread: number, mentioned?: number }} count @param {number} rev */
  #takeMark(c, seq, { unread, mentioned = 0 }, rev) {
    const me = this.me?.id ?? 0;
    const ahead = c.read_seq > seq;           // a mark of this tab is still on its way
    c.read_seq = Math.max(c.read_seq, seq);
    const later = c.countAfter(c.covers(c.read_seq) ? c.read_seq : Math.max(rev, c.read_seq), me);
    if (c.covers(c.read_seq)) Object.assign(c, later);
    else if (!ahead) Object.assign(c, { unread: unread + later.unread, mentioned: mentioned + later.mentioned });
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeRead(event) {
    const c = this.get(keyOf(event.contact_type, event.contact_id));
    if (!c) return;
    this.#takeMark(c, event.seq, /** @type {any} */ (event), Infinity);
    this.#changed(c, 'contact');
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeView(event) {
    const c = this.get(keyOf(event.contact_type, event.contact_id));
    if (!c) return false;
    const cleared = c.cleared_seq;
    c.takeView(/** @type {import('./types.js').View} */ (event));
    this.#takeMark(c, c.read_seq, /** @type {any} */ (event), Infinity);
    this.#changed(c, c.cleared_seq > cleared ? 'messages' : 'contact');
    return true;
  }

  /** @param {import('./types.js').FriendRequest & { direction: string, state: string }} request */
  #takeRequest(request) {
    const { direction, state, ...rest } = request;
    const list = direction === 'incoming' ? this.incoming : this.outgoing;
    if (state === 'open') list.set(rest.id, rest);
    else list.delete(rest.id);
    this.#emit('requests', {});
  }

  /** @param {import('./types.js').State} state */
  #forgetAllBut(state) {
    const named = new Set(state.contacts.map((c) => keyOf(c.contact_type, c.contact_id)));
    for (const key of this.#conversations.keys()) if (!named.has(key)) this.#conversations.delete(key);
  }

  /** @param {Conversation} c @param {string} what */
  #changed(c, what) {
    this.#emit('change', { key: c.key, what });
    this.#emit('list', { key: c.key });
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new Told(type, detail));
  }
}

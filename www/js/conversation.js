// conversation.js: what this tab knows of one conversation. Pure; only store.js changes one.

import { shownName } from './name.js';
import { keyOf } from './route.js';

/** @param {import('./types.js').Message} message  of somebody else @param {number} me */
export const isMentioned = ({ mentions = [] }, me) => mentions.some((id) => id === me || id === 'all');

/**
 * Entries lie in `messages` by seq, without a hole from `from` up to `rev`: older ones are fetched when somebody
 * scrolls up, newer ones come as events. An event that came before its forerunner waits in `early`.
 * Up to `cleared_seq` there is nothing for this user, whatever still comes of it.
 */
export class Conversation {
  /** @param {import('./types.js').Contact} contact */
  constructor(contact) {
    this.type = contact.contact_type;
    this.id = contact.contact_id;
    this.key = keyOf(this.type, this.id);
    this.givenName = contact.name;     // '' of a deleted account
    this.remark = contact.remark ?? ''; // what one calls a friend oneself
    this.username = contact.username ?? '';
    /** @type {string | null} */
    this.avatar = null;                // the id of its picture
    this.list_id = 0;                  // of one's lists of friends; 0 is the one of all others
    /** @type {import('./types.js').PresenceState} */
    this.state = 'offline';
    /** @type {string | null} */
    this.lastSeen = null;
    this.ended = false;
    this.rev = contact.rev;
    this.read_seq = contact.read_seq;
    this.unread = contact.unread;
    this.mentioned = contact.mentioned ?? 0;   // how many of those mention me
    /** @type {Map<number, import('./types.js').Message>} */
    this.messages = new Map();
    /** @type {import('./types.js').Message[] | null} the same by seq; null: to be sorted anew */
    this.bySeq = null;
    /** @type {import('./types.js').Message | null} */
    this.last = null;
    this.from = contact.rev + 1;
    this.loaded = false;               // the newest page of the history is here
    this.more = true;                  // there may be something before `from`
    /** @type {Map<number, import('./types.js').Message>} */
    this.early = new Map();
    this.wanted = contact.rev;         // the newest number heard of
    this.pinned = false;
    this.muted = false;
    this.mentions = true;              // a mention comes in spite of muted
    this.marked_unread = false;
    this.cleared_seq = 0;
    /** @type {number | null} */
    this.hiddenAt = null;
    this.spokenAt = 0;                 // the newest message heard of, whoever wrote it
    this.noticedAt = 0;                // the newest notice
  }

  /** Not to be shown until a message comes. The one and the other are heard of in either order. */
  get hidden() {
    return this.hiddenAt !== null && this.spokenAt <= this.hiddenAt;
  }

  /** How this user views it, as the server says. @param {import('./types.js').View} view */
  takeView(view) {
    this.pinned = view.pinned === true;
    this.muted = view.muted === true;
    this.mentions = view.mentions !== false;
    this.marked_unread = view.marked_unread === true;
    this.hiddenAt = view.hidden ? view.hidden_seq ?? this.rev : null;
    this.clear(view.cleared_seq ?? 0);
  }

  /** Forgets the entries up to `seq`, for good. @param {number} seq */
  clear(seq) {
    if (seq <= this.cleared_seq) return;
    this.cleared_seq = seq;
    for (const at of this.messages.keys()) if (at <= seq) this.messages.delete(at);
    this.bySeq = null;
    if (this.last && this.last.seq <= seq) this.last = null;
    this.#reachCleared();
  }

  /** Nothing is left to be fetched where all that isn't cleared is here. */
  #reachCleared() {
    if (this.cleared_seq === 0 || this.from > this.cleared_seq + 1) return;
    this.from = 0;
    this.more = false;
    this.loaded = true;
  }

  /** A page of the history has come: what lies from `from` on is here. @param {number} from @param {boolean} more */
  reach(from, more) {
    this.from = from;
    this.more = more;
    this.loaded = true;
    this.#reachCleared();
  }

  get name() {
    return this.remark || shownName(this.givenName);
  }

  /** What is seen of somebody one is no friend of is nothing. */
  get shown() {
    return this.ended ? 'offline' : this.state;
  }

  /** Answers whether it is news. @param {Record<string, any>} told  an event or a contact */
  takePresence(told) {
    const state = told.state ?? (told.online ? 'online' : 'offline');
    const lastSeen = told.last_seen ?? null;
    if (state === this.state && lastSeen === this.lastSeen) return false;
    this.state = state;
    this.lastSeen = lastSeen;
    return true;
  }

  /** Oldest first. */
  entries() {
    return [...this.bySeq ??= [...this.messages.values()].sort((a, b) => a.seq - b.seq)];
  }

  /** Milliseconds of the last activity, to sort the list by. */
  get activeAt() {
    return this.last ? Date.parse(this.last.timestamp) || 0 : 0;
  }

  /** Others' messages after `seq`, as far as they are here, and those that mention me. @param {number} seq @param {number} me */
  countAfter(seq, me) {
    const count = { unread: 0, mentioned: 0 };
    // By their numbers, newest first: what was read before is not looked at again with each message.
    for (let at = this.last?.seq ?? 0; at > seq && at >= this.from; at--) {
      const m = this.messages.get(at);
      if (m?.kind !== 'text' || m.from === me) continue;
      count.unread++;
      if (isMentioned(m, me)) count.mentioned++;
    }
    return count;
  }

  /** Counts somebody's entry among what is unread, or no longer. @param {import('./types.js').Message} entry @param {1 | -1} step
   * @param {number} me */
  count(entry, step, me) {
    if (entry.kind !== 'text') return;
    this.unread = Math.max(0, this.unread + step);
    if (isMentioned(entry, me)) this.mentioned = Math.max(0, this.mentioned + step);
  }

  /** Is everything after `seq` here, so that it can be counted? @param {number} seq */
  covers(seq) {
    return this.from <= Math.max(seq, this.cleared_seq) + 1;
  }

  /** Is the history not here down to `seq`, but could be? @param {number} seq */
  lacks(seq) {
    return !this.loaded || (this.more && this.from > seq);
  }

  /** Keeps an entry unless a newer state of it is known. @param {import('./types.js').Message} entry */
  keep(entry) {
    if (entry.kind !== 'notice') this.spokenAt = Math.max(this.spokenAt, entry.seq);
    else this.noticedAt = Math.max(this.noticedAt, entry.seq);
    if (entry.seq <= this.cleared_seq) return;
    const known = this.messages.get(entry.seq);
    if (known && known.rev > entry.rev) return;
    this.messages.set(entry.seq, entry);
    if (this.bySeq && entry.seq > (this.bySeq.at(-1)?.seq ?? 0)) this.bySeq.push(entry);
    else this.bySeq = null;
    if (!this.last || entry.seq >= this.last.seq) this.last = entry;
  }

  /** Lets the oldest entries go, but for `most` or so: they can be fetched again. @param {number} most */
  letGo(most) {
    if (this.messages.size <= most) return;
    // Some more than need be, so that not each message that comes makes one sort.
    const kept = this.entries().slice(-Math.ceil(most * 0.75));
    this.messages = new Map(kept.map((m) => [m.seq, m]));
    this.bySeq = kept;
    this.from = kept[0].seq;
    this.more = true;
  }

  /** Forgets the entries, and starts anew at `rev`. @param {number} rev */
  reset(rev) {
    this.messages.clear();
    this.bySeq = null;
    this.early.clear();
    this.rev = rev;
    this.from = rev + 1;
    this.loaded = false;
    this.more = true;
    this.#reachCleared();
  }
}

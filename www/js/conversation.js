// conversation.js: what this tab knows of one conversation. Pure; only store.js changes one.

import { shownName } from './name.js';
import { keyOf } from './route.js';

/**
 * Entries lie in `messages` by seq, without a hole from `from` up to `rev`: older ones are fetched when somebody
 * scrolls up, newer ones come as events. An event that came before its forerunner waits in `early`.
 */
export class Conversation {
  /** @param {import('./types.js').Contact} contact */
  constructor(contact) {
    this.type = contact.contact_type;
    this.id = contact.contact_id;
    this.key = keyOf(this.type, this.id);
    this.givenName = contact.name;     // '' of a deleted account
    this.online = false;
    this.ended = false;
    this.rev = contact.rev;
    this.read_seq = contact.read_seq;
    this.unread = contact.unread;
    /** @type {Map<number, import('./types.js').Message>} */
    this.messages = new Map();
    /** @type {import('./types.js').Message | null} */
    this.last = null;
    this.from = contact.rev + 1;
    this.loaded = false;               // the newest page of the history is here
    this.more = true;                  // there may be something before `from`
    /** @type {Map<number, import('./types.js').Message>} */
    this.early = new Map();
    this.wanted = contact.rev;         // the newest number heard of
  }

  get name() {
    return shownName(this.givenName);
  }

  /** Oldest first. */
  entries() {
    return [...this.messages.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Milliseconds of the last activity, to sort the list by. */
  get activeAt() {
    return this.last ? Date.parse(this.last.timestamp) || 0 : 0;
  }

  /** Others' messages after `seq`, as far as they are here. @param {number} seq @param {number} me */
  countAfter(seq, me) {
    let count = 0;
    // By their numbers, newest first: what was read before is not looked at again with each message.
    for (let at = this.last?.seq ?? 0; at > seq && at >= this.from; at--) {
      const m = this.messages.get(at);
      if (m?.kind === 'text' && m.from !== me) count++;
    }
    return count;
  }

  /** Is everything after `seq` here, so that it can be counted? @param {number} seq */
  covers(seq) {
    return this.from <= seq + 1;
  }

  /** Keeps an entry unless a newer state of it is known. @param {import('./types.js').Message} entry */
  keep(entry) {
    const known = this.messages.get(entry.seq);
    if (known && known.rev > entry.rev) return;
    this.messages.set(entry.seq, entry);
    if (!this.last || entry.seq >= this.last.seq) this.last = entry;
  }

  /** Forgets the entries, and starts anew at `rev`. @param {number} rev */
  reset(rev) {
    this.messages.clear();
    this.early.clear();
    this.rev = rev;
    this.from = rev + 1;
    this.loaded = false;
    this.more = true;
  }
}

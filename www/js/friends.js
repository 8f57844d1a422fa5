// friends.js: what this tab knows of people beyond their conversations: one's lists, whom one blocks, what friends say
// of themselves. Pure; only store.js changes it.

/** @typedef {import('./types.js').FriendList} FriendList */

export class Friends {
  /** @type {FriendList[] | null} in one's own order; null until it is known, as all here */
  lists = null;
  /** @type {Map<number, import('./types.js').Blocked> | null} */
  blocked = null;
  /** @type {Map<number, { status: string, since?: string }> | null} by the friend's id */
  about = null;
  /** @type {Map<number, import('./types.js').User>} those whom one has come across in this page: found, asking, in a group */
  met = new Map();

  /** Takes what an event says, if it is about people. @param {import('./types.js').QueueEvent} event */
  take(event) {
    if (event.type === 'friend-lists') this.lists = event.lists;
    else if (event.type === 'block') this.#takeBlock(event);
    else if (event.type === 'friend') this.#takeFriend(event);
    else return false;
    return true;
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeBlock({ user, blocked }) {
    this.met.set(user.id, user);
    if (blocked) this.blocked?.set(user.id, { timestamp: new Date().toISOString(), ...user });
    else this.blocked?.delete(user.id);
  }

  /** @param {import('./types.js').QueueEvent} event */
  #takeFriend({ friend, ended }) {
    this.met.set(friend.id, friend);
    if (ended) this.about?.delete(friend.id);
    else this.about?.set(friend.id, { ...this.about.get(friend.id), status: friend.status });
  }

  /** @param {number} id */
  isBlocked(id) {
    return this.blocked?.has(id) === true;
  }
}

// session.js: everything that belongs to one user in this page, from the first state to the end of the session.
//
// Events: 'ready' once there is something to show, 'current' once all else may be asked for, 'unread' when the sum of what is
// unread may differ.

import { Drafts } from './drafts.js';
import { Groups } from './groups.js';
import { Idle } from './idle.js';
import { Own } from './own.js';
import { Pages } from './pages.js';
import { People } from './people.js';
import { Reading } from './reading.js';
import { Receiver } from './receive.js';
import { keyOf } from './route.js';
import { Store } from './store.js';
import { Unsent } from './unsent.js';
import { Tabs } from './tabs.js';
import { Told } from './told.js';

/** @typedef {import('./types.js').Message} Message */

/**
 * @typedef {object} World
 * @property {import('./api.js').Api} api
 * @property {import('./prefs.js').Prefs} prefs
 * @property {import('./types.js').Shelf} shelf
 * @property {import('./types.js').Clock} clock
 * @property {() => number} random
 * @property {() => string} uuid
 * @property {import('./tabs.js').TabsNeeds['locks']} [locks]
 * @property {import('./tabs.js').TabsNeeds['channel']} [channel]
 * @property {EventTarget} [page]  where keys and pointers show that somebody is there
 */

export class Session extends EventTarget {
  /** @type {World} */
  #world;
  /** @type {Unsent | null} */
  #unsent = null;
  /** @type {Drafts | null} */
  #drafts = null;
  #moved = false;                        // own settings may be others

  /** @param {World} world */
  constructor(world) {
    super();
    this.#world = world;
    this.api = world.api;
    this.prefs = world.prefs;
    this.store = new Store();
    this.pages = new Pages(this.api, this.store);
    this.people = new People(this.api, this.store);
    this.groups = new Groups(this.api, this.store, world.clock);
    this.reading = new Reading(this.api, world.clock);
    this.own = new Own(this.api);
    const tabs = this.tabs = new Tabs(world);
    this.idle = new Idle({ clock: world.clock, page: world.page, tell: () => this.#somebodyIsHere() });
    this.receiver = new Receiver({ api: this.api, store: this.store, clock: world.clock, random: world.random, tabs, idle: this.idle });
    this.store.addEventListener('state', (event) => this.#begin(/** @type {Told} */ (event).detail.moved));
    this.store.addEventListener('settings', (event) => this.own.take(/** @type {Told} */ (event).detail.settings));
    this.store.addEventListener('change', (event) => this.#forgetSent(/** @type {Told} */ (event).detail.key));
    this.store.addEventListener('list', () => this.dispatchEvent(new Told('unread')));
    this.receiver.addEventListener('current', () => this.#askTheRest());
    this.receiver.addEventListener('status', () => {
      if (this.receiver.status.kind === 'online') this.#unsent?.retryNow();
    });
  }

  start() {
    this.idle.start();
    this.receiver.start();
  }

  end() {
    this.receiver.stop();
    this.idle.stop();
    this.#unsent?.stop();
    this.reading.stop();
  }

  /** Told at the first sign of somebody after a while: a machine that has slept may have been woken. */
  #somebodyIsHere() {
    this.tabs.tell({ active: true });
    this.receiver.lookAtClock();
  }

  get unsent() {
    if (!this.#unsent) throw new Error('not ready');
    return this.#unsent;
  }

  get drafts() {
    if (!this.#drafts) throw new Error('not ready');
    return this.#drafts;
  }

  /** @param {string} key @param {number} seq */
  read(key, seq) {
    const c = this.store.get(key);
    if (c && this.store.markRead(key, seq)) this.reading.mark(c.type, c.id, seq);
  }

  /** @param {StorageEvent} change  made by another tab */
  shelfChanged(change) {
    this.#unsent?.shelfChanged(change);
    this.#drafts?.shelfChanged(change.key);
  }

  #askTheRest() {
    this.groups.loadInvitations().catch(() => {});
    if (this.#moved || !this.own.settings) this.own.load().then((came) => { this.#moved ||= !came; });
    this.#moved = false;
    this.dispatchEvent(new Told('current'));
  }

  /** With the first state it is known whose page this is. @param {boolean} moved  own settings may be others */
  #begin(moved) {
    const me = this.store.me;
    this.#moved ||= moved;
    if (this.#unsent || !me) return;
    const { api, shelf, clock, random, uuid } = this.#world;
    this.#drafts = new Drafts(shelf, me.id);
    this.#unsent = new Unsent({ api, shelf, clock, random, uuid, confirmed: (m) => this.#confirmed(m) }, me.id);
    this.dispatchEvent(new Told('ready'));
    this.#unsent.start();
  }

  /** @param {Message} message */
  #confirmed(message) {
    this.receiver.take(message);
    const c = this.store.get(keyOf(message.contact_type, message.contact_id));
    if (!c || c.rev >= message.rev) this.unsent.seen(message.client_id);
  }

  /** What has come as a message need no longer be kept as unsent. @param {string} key */
  #forgetSent(key) {
    const entries = this.#unsent?.of(key) ?? [];
    const c = this.store.get(key);
    if (entries.length === 0 || !c) return;
    const sent = new Set([...c.messages.values()].map((m) => m.client_id));
    for (const entry of entries) if (sent.has(entry.client_id)) this.unsent.seen(entry.client_id);
  }
}

// tab.js: a tab of a browser, which runs the client's own Session. A reload is another page of the same tab. What a
// page shows is noted as it appears.

import { Session } from '../../www/js/session.js';
import { Dice } from './dice.js';
import { flaws } from './drawn.js';
import { Gate } from './gate.js';
import { nameOf } from './record.js';
import { now, sleep } from './time.js';

const READS = { low: 1500, high: 6000 };
const DRAWS = 500;
const LINES = 200;                       // that are drawn at once
const WRITES = { low: 1500, high: 9000 };

/** One life of a tab, from load to unload. */
class Page {
  /** Those under way. @type {Set<string>} */
  #opening = new Set();
  /** The conversations that changed since they were drawn. @type {Set<string>} */
  #undrawn = new Set();
  /** What was told of it. @type {Set<string>} */
  #flaws = new Set();
  alive = true;
  opened = now();
  gate = new Gate();

  /** @param {Tab} tab @param {number} number */
  constructor(tab, number) {
    const { user, browser, dice } = tab;
    this.tab = tab;
    this.record = user.world.record;
    const { api, leave } = user.apiOf(browser, { name: `${tab.name}#${number}`, gate: this.gate });
    this.leave = leave;
    this.api = api;
    /** @type {import('./record.js').View} */
    this.view = {
      page: `${tab.name}#${number}`, user: user.id, open: true, opened: this.opened, shares: tab.shares ? browser.name : null,
      away: [], drops: [], convs: new Map(),
    };
    this.record.page(this.view);
    if (tab.away) this.away(true);
    const shares = tab.shares ? { locks: browser.locks, channel: browser.channelOf(this.gate) } : {};
    this.session = new Session(/** @type {any} */ ({
      api, prefs: null, shelf: browser.shelfOf(this), clock: this.gate.clock, random: dice.next, uuid: () => dice.uuid(), ...shares,
    }));
    const { store } = this.session;
    store.addEventListener('state', () => this.#lookAtAll());
    store.addEventListener('change', (/** @type {any} */ event) => this.#changed(event.detail));
    api.addEventListener('signed-out', () => this.record.refuse(user.id, `${this.view.page}: signed out`));
    browser.pages.add(this);
    this.session.start();
    this.drawing = setInterval(() => this.#drawOne(), DRAWS);
  }

  get store() {
    return this.session.store;
  }

  /** @param {any} change */
  shelfChanged(change) {
    this.session.shelfChanged(change);
  }

  /** @param {string} key of the store */
  #nameOf(key) {
    const [type, id] = key.split(':');
    return nameOf(this.tab.user.id, type, Number(id));
  }

  /** Asleep or without a network, from now on; or no more. @param {boolean} away */
  away(away) {
    const last = this.view.away.at(-1);
    if (away) this.view.away.push({ from: now(), to: Infinity });
    else if (last) last.to = now();
  }

  #lookAtAll() {
    this.view.ready ??= now();
    for (const c of this.store.conversations) this.#meet(c);
  }

  /** A conversation of the list, which this page may not have known before. @param {any} c */
  #meet(c) {
    const name = this.#nameOf(c.key);
    const known = this.view.convs.get(name);
    if (known) return known;
    const view = { start: c.from, rev: c.rev, sights: [], shown: new Set(), upTo: c.from - 1, key: c.key };
    this.view.convs.set(name, view);
    if (this.tab.dice.chance(0.5)) this.#open(c.key, () => this.#loadUpTo(c.key, null));
    return view;
  }

  /** @param {{ key: string, what: string }} change */
  #changed({ key, what }) {
    const c = this.store.get(key);
    if (!c || !this.alive) return;
    const view = /** @type {any} */ (this.#meet(c));
    if (what === 'reset') {
      this.record.note('reset', { page: this.view.page, conv: this.#nameOf(key), rev: c.rev });
      this.#open(key, () => this.#loadUpTo(key, view.upTo + 1));
    } else {
      this.#look(c, view, what !== 'older');
    }
  }

  /** What is there now and was not shown before. @param {any} c @param {any} view @param {boolean} live */
  #look(c, view, live) {
    const name = this.#nameOf(c.key);
    const found = [];
    const whole = view.opening;
    for (let seq = (whole ? c.from : view.upTo + 1); seq <= c.rev; seq++) this.#note(c, view, seq, found);
    // Something may have come in between, where nothing new belongs.
    if (!whole && view.shown.size < c.messages.size) for (const seq of c.messages.keys()) this.#note(c, view, seq, found);
    for (const seq of found) this.record.see(this.view, name, c.messages.get(seq), live && !whole);
    view.upTo = Math.max(view.upTo, c.rev);
    view.rev = c.rev;
    this.#undrawn.add(c.key);
  }

  /** @param {any} c @param {any} view @param {number} seq @param {number[]} found */
  #note(c, view, seq, found) {
    if (view.shown.has(seq) || !c.messages.has(seq)) return;
    view.shown.add(seq);
    found.push(seq);
  }

  #drawOne() {
    if (this.#undrawn.size > 0 && !this.gate.asleep) this.#draw(this.tab.draws.pick([...this.#undrawn]), LINES);
  }

  /** Draws all that is there. */
  drawAll() {
    if (!this.store.ready) return;
    for (const c of this.store.conversations) this.#draw(c.key, Infinity);
  }

  /** What the page would draw, down from the newest. @param {string} key @param {number} most */
  #draw(key, most) {
    this.#undrawn.delete(key);
    const c = this.store.get(key);
    if (!c?.loaded) return;
    const { page } = this.view;
    for (const { column, seq, id, why } of flaws(c.entries().slice(-most), this.session.unsent.of(key), this.tab.user.id)) {
      const flaw = `${column} ${key} ${seq ?? id}`;
      if (this.#flaws.has(flaw)) continue;
      this.#flaws.add(flaw);
      this.record.others.push({ column, at: now(), conv: this.#nameOf(key), seq, id, page, why: `${page} ${why}` });
    }
  }

  /** Opens a conversation as somebody does who looks at it, and tries again until it is there.
   * @param {string} key @param {() => Promise<void>} load */
  async #open(key, load) {
    if (this.#opening.has(key)) return;
    this.#opening.add(key);
    const view = /** @type {any} */ (this.view.convs.get(this.#nameOf(key)));
    view.opening = true;
    this.store.hold(key);
    while (this.alive) {
      try {
        await load();
        if (this.store.get(key)?.loaded !== false) break;
      } catch (/** @type {any} */ problem) {
        if (problem.status === undefined) throw problem;
        await sleep(this.tab.dice.int(200, 1000));
      }
    }
    this.#opening.delete(key);
    view.opening = false;
    const c = this.store.get(key);
    if (c && this.alive) view.start = Math.min(view.start, c.from);
    this.store.release(key);
  }

  /** The newest page, and older ones down to what was shown before. @param {string} key @param {number | null} down */
  async #loadUpTo(key, down) {
    const { pages } = this.session;
    await pages.newest(key);
    for (let c = this.store.get(key); down !== null && c?.loaded && c.more && c.from > down; c = this.store.get(key)) await pages.older(key);
  }

  /** Is everything opened that is to be opened, and everything told that was read? */
  get settled() {
    return this.#opening.size === 0 && !this.session.reading.waits;
  }

  /** Reads up to the end of one that has something unread. */
  read() {
    const unread = [...this.store.conversations].filter((c) => c.unread > 0 && c.last);
    if (unread.length === 0) return;
    const c = this.tab.dice.pick(unread);
    this.session.read(c.key, c.last?.seq ?? 0);
  }

  /** Writes something by the client's own `unsent`. @param {string} text */
  write(text) {
    const { user, dice } = this.tab;
    const mine = [...this.store.conversations].filter((c) => {
      const conv = user.world.convs.get(this.#nameOf(c.key));
      return conv?.standing(user.id) === 'in' && conv.people.length < 13;
    });
    if (!this.store.ready || user.world.silent || mine.length === 0) return;
    const c = dice.pick(mine);
    this.record.write(this.view, this.#nameOf(c.key), this.session.unsent.add(c.type, c.id, text));
  }

  /** How many are written and not yet confirmed, also where one is no member any more. A page without a state doesn't
   * know. */
  get unsent() {
    if (!this.store.ready) return Infinity;
    const { user } = this.tab;
    let count = 0;
    for (const conv of user.world.convs.values()) {
      if (!conv.people.includes(user)) continue;
      const entries = this.session.unsent.of(`${conv.type}:${conv.to(user)}`);
      count += entries.filter((e) => e.state === 'waiting' || e.state === 'sending').length;
    }
    return count;
  }

  /** A copy of this page polls the same queue, once: this one must notice and open a queue of its own. */
  async copy() {
    if (this.api.poll === '') return;
    this.record.note('copy', { page: this.view.page });
    await this.api.get(this.api.poll).catch(() => {});
  }

  /** @param {boolean} asleep */
  sleep(asleep) {
    this.record.note(asleep ? 'asleep' : 'awake', { page: this.view.page });
    this.gate.asleep = asleep;
    if (asleep) return;
    this.gate.wake();
    this.session.receiver.wakeIfStale();
  }

  /** Draws once more, and does nothing any more. */
  end() {
    clearInterval(this.drawing);
    this.drawAll();
    this.session.end();
  }

  close() {
    this.end();
    this.alive = false;
    this.view.open = false;
    this.view.closed = now();
    this.leave();
    this.tab.browser.pages.delete(this);
    this.record.note('gone', { page: this.view.page });
  }
}

export class Tab {
  #number = 0;
  #written = 0;
  #running = true;
  #away = false;

  /** @param {string} name @param {import('./user.js').User} user @param {import('./browser.js').Browser} browser
   * @param {boolean} shares  whether it lets another tab of its browser poll */
  constructor(name, user, browser, shares) {
    this.name = name;
    this.user = user;
    this.browser = browser;
    this.shares = shares;
    this.dice = new Dice(user.world.seed, `tab ${name}`);
    this.draws = new Dice(user.world.seed, `draws ${name}`);
    this.page = this.#load();
  }

  /** Asleep, closed or cut off: nobody may expect anything of it. */
  get away() {
    return this.#away;
  }

  set away(away) {
    if (away === this.#away) return;
    this.#away = away;
    this.page.away(away);
  }

  #load() {
    return new Page(this, ++this.#number);
  }

  get store() {
    return this.page.store;
  }

  /** Reads and writes now and then, and is loaded again seldom. */
  async run(reload = 0.02) {
    let nextWrite = this.dice.int(WRITES.low, WRITES.high);
    while (this.#running) {
      const pause = this.dice.int(READS.low, READS.high);
      await sleep(pause);
      if (!this.#running || this.away) continue;
      if (this.dice.chance(reload)) this.reload();
      this.page.read();
      if ((nextWrite -= pause) > 0) continue;
      nextWrite = this.dice.int(WRITES.low, WRITES.high);
      this.write();
    }
  }

  /** No more reading and writing; the page stays, and goes on receiving. */
  stop() {
    this.#running = false;
  }

  write() {
    if (this.page.alive) this.page.write(`${this.name} ${++this.#written}`);
  }

  reload() {
    this.page.close();
    this.page = this.#load();
  }

  /** Closes the page; `open` loads another. */
  leave() {
    this.page.close();
  }

  open() {
    this.page = this.#load();
  }

  sleep() {
    this.away = true;
    this.page.sleep(true);
  }

  wake() {
    this.away = false;
    this.page.sleep(false);
  }

  /** The network is back. */
  online() {
    this.away = false;
    this.page.session.receiver.wake();
  }
}

// mischief.js: what people do to their browsers: laptops sleep, the network goes, tabs are closed with unsent messages,
// copied, loaded again.

import { Dice } from './dice.js';
import { sleep, until } from './time.js';

const QUEUES = 32;                       // that a user has: one more ends that which was not polled for longest
const ENDED_WITHIN = 30_000;
const DEEDS = /** @type {const} */ (['sleep', 'offline', 'copy', 'reload']);

export class Mischief {
  #on = false;
  #running = 0;

  /** @param {import('./world.js').World} world @param {() => import('./tab.js').Tab[]} tabs */
  constructor(world, tabs) {
    this.world = world;
    this.tabs = tabs;
    this.dice = new Dice(world.seed, 'mischief');
  }

  /** Until `end`, in several browsers at a time. @param {number} [hands] */
  begin(hands = 6) {
    this.#on = true;
    this.#absent();
    for (let i = 0; i < hands; i++) this.#go();
  }

  /** Everything is awake, connected and open again. */
  async end() {
    this.#on = false;
    if (!await until(() => this.#running === 0, ENDED_WITHIN, 20)) throw new Error(`mischief: ${this.#running} hands don't end`);
  }

  /** So many browsers sleep from now on, until what this answers is called. @param {number} count */
  sleepers(count) {
    const awake = [...new Set(this.tabs().filter((tab) => !tab.away).map((tab) => tab.browser))];
    const asleep = Array.from({ length: Math.min(count, awake.length) }, () => awake.splice(this.dice.int(0, awake.length - 1), 1)[0]);
    const tabs = this.tabs().filter((tab) => asleep.includes(tab.browser));
    for (const tab of tabs) tab.sleep();
    for (const { wire } of asleep) wire.cut();
    return () => {
      for (const tab of tabs) tab.wake();
    };
  }

  /** Whoever hears most is away all the time, and the queue goes meanwhile: more has changed than one answer holds. */
  async #absent() {
    const groups = (/** @type {import('./user.js').User} */ user) =>
      [...this.world.convs.values()].filter(({ type, people }) => type === 'group' && people.includes(user)).length;
    const [user] = [...this.world.users].sort((a, b) => groups(b) - groups(a));
    const tabs = this.tabs().filter((tab) => tab.browser === user.browsers[0]);
    if (tabs.some((tab) => tab.away)) return;
    this.#running++;
    for (const tab of tabs) tab.sleep();
    user.browsers[0].wire.cut();
    await until(() => !this.#on, Infinity, 100);
    for (let i = 0; i < QUEUES; i++) await user.api.post('/api/queues', {}).catch(() => {});
    for (const tab of tabs) tab.wake();
    this.#running--;
  }

  async #go() {
    this.#running++;
    while (this.#on) {
      const tab = this.dice.pick(this.tabs());
      const mates = this.tabs().filter((other) => other.browser === tab.browser);
      if (mates.some((mate) => mate.away)) await sleep(50);
      else await this.#one(this.dice.pick([...DEEDS]), tab, mates);
    }
    this.#running--;
  }

  /** @param {typeof DEEDS[number]} deed @param {import('./tab.js').Tab} tab @param {import('./tab.js').Tab[]} mates */
  async #one(deed, tab, mates) {
    const { wire } = tab.browser;
    if (deed === 'sleep') {
      for (const mate of mates) mate.sleep();
      wire.cut();
      await this.#pause(10_000);
      for (const mate of mates) mate.wake();
    } else if (deed === 'offline') {
      for (const mate of mates) mate.away = true;
      wire.offline = true;
      wire.cut();
      for (const mate of mates) mate.write();
      tab.leave();
      await this.#pause(6000);
      wire.offline = false;
      tab.open();
      for (const mate of mates) mate.online();
    } else if (deed === 'copy') {
      await tab.page.copy();
      await this.#pause(1000);
    } else {
      tab.reload();
      await this.#pause(2000);
    }
  }

  /** @param {number} most */
  async #pause(most) {
    const ms = this.dice.int(100, most);
    await until(() => !this.#on, ms, 100);
  }
}

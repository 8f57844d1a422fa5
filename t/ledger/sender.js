// sender.js: one person writes, one message after the other: the next when the outcome of the last is known.

import { Dice } from './dice.js';
import { sleep } from './time.js';

const WORDS = 'the of and magpie nest branch twig glitter feather 鹊 巢 gåsa ☂ silver ring window'.split(' ');

export class Sender {
  #count = 0;
  #running = true;
  /** Is a send not yet settled? */
  busy = false;
  /** Paused while the workers are measured. */
  paused = false;

  /** @param {import('./user.js').User} user @param {import('./world.js').World} world
   * @param {{ low: number, high: number }} pause  milliseconds between two sends */
  constructor(user, world, pause) {
    this.user = user;
    this.world = world;
    this.pause = pause;
    this.dice = new Dice(world.seed, `sender ${user.username}`);
    this.convs = [...world.convs.values()].filter((conv) => conv.people.includes(user));
  }

  async run() {
    await sleep(this.dice.int(0, this.pause.high));
    while (this.#running) {
      if (!this.paused && !this.world.silent) await this.#one();
      await sleep(this.dice.int(this.pause.low, this.pause.high));
    }
  }

  /** Ends it; what is under way is still settled. */
  stop() {
    this.#running = false;
  }

  /** A conversation, the small ones more often; now and then a group that one isn't in, to be refused. */
  #choose() {
    const standing = (/** @type {import('./world.js').Conv} */ c) => c.standing(this.user.id) === 'in';
    const mine = this.convs.filter((c) => standing(c) || this.dice.chance(0.1));
    return this.dice.weighted(mine, (c) => (c.type === 'single' ? 0.4 : 4 / c.people.length + 0.05));
  }

  async #one() {
    const conv = this.#choose();
    const text = Array.from({ length: this.dice.int(1, 12) }, () => this.dice.pick(WORDS)).join(' ');
    const body = {
      contact_type: conv.type, to: conv.to(this.user), client_id: this.dice.uuid(),
      msg: `${this.user.username} ${++this.#count}: ${text}`,
    };
    this.busy = true;
    const known = await this.#settle(body);
    // Whoever doubts asks again, and must get the same.
    if (known && this.dice.chance(0.02)) await this.#settle(body);
    this.busy = false;
  }

  /** Sends until the outcome is known; says whether it is stored. @param {any} body */
  async #settle(body) {
    for (;;) {
      try {
        await this.user.api.post('/api/send', body);
        return true;
      } catch (/** @type {any} */ problem) {
        if (!problem.isPassing) return false;
        const asked = Math.min(problem.retryAfter_ms ?? 0, 1000);
        await sleep(asked + this.dice.int(50, 800));
      }
    }
  }
}

// changes.js: people are removed from groups, leave, and come back.

import { Dice } from './dice.js';
import { sleep } from './time.js';

const PAUSE = { low: 300, high: 1500 };

export class Changes {
  #running = true;
  busy = false;
  count = 0;

  /** @param {import('./world.js').World} world */
  constructor(world) {
    this.world = world;
    this.dice = new Dice(world.seed, 'changes');
    this.convs = [...world.convs.values()].filter((conv) => conv.movers.length > 0);
  }

  async run() {
    while (this.#running && this.convs.length > 0) {
      await sleep(this.dice.int(PAUSE.low, PAUSE.high));
      if (!this.#running) return;
      if (this.world.silent) continue;
      const conv = this.dice.pick(this.convs);
      const user = this.dice.pick(conv.movers);
      this.busy = true;
      if (conv.standing(user.id) === 'in') await this.#out(conv, user);
      else await this.#in(conv, user);
      this.count++;
      this.busy = false;
    }
  }

  stop() {
    this.#running = false;
  }

  /** Leaves, or is removed by the owner. @param {import('./world.js').Conv} conv @param {import('./user.js').User} user */
  async #out(conv, user) {
    const by = this.dice.chance(0.5) ? user : conv.people[0];
    await this.#change(conv, user, 'out', by, 404, () => by.api.delete(`/api/groups/${conv.id}/members/${user.id}`));
  }

  /** @param {import('./world.js').Conv} conv @param {import('./user.js').User} user */
  async #in(conv, user) {
    const [by] = conv.people;
    await this.#change(conv, user, 'in', by, 409, () => by.api.post(`/api/groups/${conv.id}/members`, { user_id: user.id }));
  }

  /** Asks until it is so: an answer that was lost, or a request that the browser sent twice, may have done it, which
   * `already` then says.
   * @param {import('./world.js').Conv} conv @param {import('./user.js').User} user @param {'in' | 'out'} to
   * @param {import('./user.js').User} by @param {number} already @param {() => Promise<any>} ask */
  async #change(conv, user, to, by, already, ask) {
    const { record } = this.world;
    conv.set(user.id, 'moving');
    record.note('member', { user: user.id, conv: conv.name, to, begins: true });
    const { wire } = by.browsers[0];
    const repeats = wire.repeats;
    for (let tries = 0; ; tries++) {
      try {
        await ask();
        break;
      } catch (/** @type {any} */ problem) {
        if ((tries > 0 || wire.repeats > repeats) && problem.status === already) break;
        if (!problem.isPassing) record.refuse(user.id, `${conv.name}: to be ${to}: ${problem.status} ${problem.name}`);
        await sleep(this.dice.int(50, 500));
      }
    }
    conv.set(user.id, to);
    record.note('member', { user: user.id, conv: conv.name, to });
  }
}

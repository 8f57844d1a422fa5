// world.js: who is there: people, friendships, groups, all made by the interface; and what is known of memberships.

import { Dice } from './dice.js';
import { now } from './time.js';
import { User } from './user.js';

const AT_ONCE = 4;

/** @typedef {'in' | 'out' | 'moving'} Standing */

/** A conversation, and who is in it as far as that is certain. */
export class Conv {
  /** Each person's standings with the times at which they began. @type {Map<number, { at: number, standing: Standing }[]>} */
  #log = new Map();
  /** Those who may come and go. @type {import('./user.js').User[]} */
  movers = [];

  /** @param {'single' | 'group'} type @param {string} name @param {import('./user.js').User[]} people
   * @param {number} [id]  the group's */
  constructor(type, name, people, id = 0) {
    this.type = type;
    this.name = name;
    this.people = people;
    this.id = id;
    for (const user of people) this.set(user.id, 'in');
  }

  /** @param {number} user @param {Standing} standing */
  set(user, standing) {
    const log = this.#log.get(user) ?? [];
    log.push({ at: now(), standing });
    this.#log.set(user, log);
  }

  /** @param {number} user @returns {Standing} */
  standing(user) {
    return this.#log.get(user)?.at(-1)?.standing ?? 'out';
  }

  /** Was the person perhaps not in it at some time between? @param {number} user @param {number} from @param {number} to */
  perhapsOut(user, from, to) {
    const log = this.#log.get(user) ?? [];
    if (log.length === 0 || log[0].at > from) return true;
    return log.some(({ at, standing }, i) => standing !== 'in' && at <= to && (log[i + 1]?.at ?? Infinity) >= from);
  }

  /** Has the person been in it without a doubt since then? @param {number} user @param {number} since */
  inSince(user, since) {
    return !this.perhapsOut(user, since, now());
  }

  /** What a send gives as `to`. @param {import('./user.js').User} sender */
  to(sender) {
    return this.type === 'group' ? this.id : (this.people.find((p) => p !== sender)?.id ?? 0);
  }
}

export class World {
  /** @type {User[]} */
  users = [];
  /** Does nobody begin anything new? */
  silent = false;
  /** @type {Map<string, Conv>} */
  convs = new Map();

  /** @param {{ port: number, seed: number | string, record: import('./record.js').Record, chaos: import('./chaos.js').Chaos,
   * size: number }} options */
  constructor({ port, seed, record, chaos, size }) {
    this.port = port;
    this.seed = seed;
    this.record = record;
    this.chaos = chaos;
    this.size = size;
    this.dice = new Dice(seed, 'world');
  }

  async make() {
    const quiet = this.chaos.quiet;
    this.chaos.quiet = true;
    for (let i = 1; i <= this.size; i++) this.users.push(new User(`user${i}`, this));
    await each(this.users, (user) => user.register());
    await each(this.users.filter(() => this.dice.chance(0.4)), (user) => user.addBrowser());
    const circles = this.#circles();
    await this.#befriend(circles);
    await each(circles, (circle, i) => this.#group(circle, i));
    this.chaos.quiet = quiet;
  }

  /** Who is in which group: from three people to all of them. The first is the owner. */
  #circles() {
    const sizes = [3, 3, 4, 5, 6, 8, 12, 20, 30].filter((size, i, all) => size <= this.size || all[i - 1] < this.size);
    return sizes.map((size) => {
      const pool = [...this.users];
      return Array.from({ length: Math.min(size, pool.length) }, () => pool.splice(this.dice.int(0, pool.length - 1), 1)[0]);
    });
  }

  /** @param {User[][]} circles */
  async #befriend(circles) {
    const { users } = this;
    /** @type {Map<string, [User, User]>} */
    const pairs = new Map();
    const add = (/** @type {User} */ a, /** @type {User} */ b) => {
      if (a !== b) pairs.set(`pair:${Math.min(a.id, b.id)}:${Math.max(a.id, b.id)}`, [a, b]);
    };
    users.forEach((user, i) => [1, 5].forEach((step) => add(user, users[(i + step) % users.length])));
    for (const [owner, ...others] of circles) for (const other of others) add(owner, other);
    await each([...pairs.values()], async ([a, b]) => {
      await a.api.post('/api/friend-requests', { username: b.username });
      await b.api.post('/api/friend-requests', { username: a.username });
    });
    for (const [name, pair] of pairs) this.convs.set(name, new Conv('single', name, pair));
  }

  /** @param {User[]} circle @param {number} index */
  async #group([owner, ...others], index) {
    const { group } = await owner.api.post('/api/groups', { name: `circle ${index + 1}`, max_members: 500 });
    for (const other of others) await owner.api.post(`/api/groups/${group.id}/members`, { user_id: other.id });
    const conv = new Conv('group', `group:${group.id}`, [owner, ...others], group.id);
    if (others.length > 1) conv.movers = others.filter((_, i) => i % 3 === 0);
    this.convs.set(conv.name, conv);
  }

  /** Why a send may be refused so; null: it may not.
   * @param {User} user @param {any} body @param {import('./record.js').Try} one */
  excuse(user, body, one) {
    const conv = this.convs.get(`group:${body.to}`);
    if (body.contact_type !== 'group' || !conv || one.status !== 403 || one.problem !== 'not-a-member') return null;
    return conv.perhapsOut(user.id, one.begun, one.ended ?? now()) ? 'was perhaps no member then' : null;
  }
}

/** Some at a time. @template T @param {T[]} list @param {(one: T, index: number) => Promise<any>} act */
export async function each(list, act, atOnce = AT_ONCE) {
  const rest = list.map((one, i) => /** @type {const} */ ([one, i]));
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await act(...next);
  }));
}

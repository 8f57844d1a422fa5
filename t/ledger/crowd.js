// crowd.js: ten thousand polls of five hundred people wait; then a burst comes in the group that all of them are in. Each
// poll is one of a queue of its own, and must bring the whole burst, once; a queue that is gone is opened anew, with
// what its reader has.

import http from 'node:http';
import { nameOf } from './record.js';
import { sleep, until } from './time.js';
import { User } from './user.js';
import { each } from './world.js';

const PEOPLE = 500;
const PARKED = 10_000;                   // all at once, before the burst comes
const QUEUES = 21;                       // for each of them: some polls are always on their way
const BURST = 3;
const AT_ONCE = 16;
const HOLD = 55;
const PARKED_WITHIN = 60_000;
const SCRAPES = 8;                       // in a row: whichever worker has time answers, for itself alone
const BETWEEN = 100;                     // milliseconds between two polls, as the client does it

/** A queue that is polled, and what came. */
class Reader {
  /** @type {number[]} */
  seqs = [];
  /** @type {string | null} */
  queue = null;
  #after = 0;
  #known = -1;                           // the number up to which the queue's opening told all

  /** @param {User} user */
  constructor(user) {
    this.user = user;
    const { api, leave } = user.apiOf(user.browsers[0]);
    this.api = api;
    this.leave = leave;
  }

  /** Opens a queue, and takes what came in the group since the last one. @param {number} group */
  async open(group) {
    while (this.seqs.includes(this.#known + 1)) this.#known++;
    const have = this.#known < 0 ? [] : [{ contact_type: 'group', contact_id: group, rev: this.#known }];
    const { queue, next, contacts, changes } = await insist(() => this.api.post('/api/queues', { have }));
    this.queue = queue;
    this.#after = next;
    for (const { messages } of changes)
      for (const { seq } of messages) if (!this.seqs.includes(seq)) this.seqs.push(seq);
    this.#known = contacts.find((/** @type {any} */ c) => c.contact_type === 'group' && c.contact_id === group).rev;
  }

  /** @param {() => boolean} goesOn @param {number} group */
  async run(goesOn, group) {
    while (goesOn()) {
      try {
        await sleep(BETWEEN);
        if (this.queue === null) await this.open(group);
        const { events, next } = await this.api.get(`/api/receive?queue=${this.queue}&after=${this.#after}&timeout=${HOLD}`,
          { within_ms: HOLD * 1000 + 15_000 });
        this.#after = next;
        for (const { message } of events)
          if (message?.contact_type === 'group' && message.contact_id === group && message.rev > this.#known)
            this.seqs.push(message.seq);
      } catch (/** @type {any} */ problem) {
        // Of more than 32 queues of a user one goes; those of the crowd before may still look as if they were polled.
        if (problem.status === 410) this.queue = null;
        else await sleep(500);
      }
    }
  }
}

export class Crowd {
  /** @type {User[]} */
  #people = [];
  #group = 0;
  #on = false;
  /** @type {Reader[]} */
  #readers = [];
  /** @type {number[]} */
  #sent = [];

  /** @param {import('./world.js').World} world */
  constructor(world) {
    this.world = world;
  }

  /** Brings them together, once, and has them wait. Then the burst. */
  async begin() {
    const { chaos } = this.world;
    const quiet = chaos.quiet;
    chaos.quiet = true;                  // for the others as well: a crowd is trouble enough
    this.#on = true;
    this.#sent = [];
    if (this.#people.length === 0) await this.#gather();
    this.#readers = this.#people.flatMap((user) => Array.from({ length: QUEUES }, () => new Reader(user)));
    await each(this.#readers, async (reader) => {
      await reader.open(this.#group);
      reader.run(() => this.#on, this.#group);
    }, AT_ONCE);
    let parked = 0;
    const all = await until(async () => (parked = await polls(this.world.port)) >= PARKED, PARKED_WITHIN, 200);
    if (!all) throw new Error(`crowd: ${parked} polls are parked, and not ${PARKED}`);
    this.world.record.note('crowd', { parked });
    await this.#burst();
    chaos.quiet = quiet;
  }

  async #gather() {
    for (let i = 1; i <= PEOPLE; i++) this.#people.push(new User(`crowd${i}`, this.world));
    const [owner, ...others] = this.#people;
    await each(this.#people, (user) => user.register(), AT_ONCE);
    const { group } = await owner.api.post('/api/groups', { name: 'crowd', max_members: PEOPLE });
    this.#group = group.id;
    await each(others, async (user) => {
      await insist(() => owner.api.post('/api/friend-requests', { username: user.username }));
      await insist(() => user.api.post('/api/friend-requests', { username: owner.username }));
      await insist(() => owner.api.post(`/api/groups/${group.id}/members`, { user_id: user.id }));
    }, AT_ONCE);
  }

  async #burst() {
    const { dice } = this.world;
    await Promise.all(Array.from({ length: BURST }, async (_, i) => {
      const user = dice.pick(this.#people);
      const client_id = dice.uuid();
      const body = { contact_type: 'group', to: this.#group, client_id, msg: `burst ${i + 1} of ${user.username}: ${client_id}` };
      const { message } = await insist(() => user.api.post('/api/send', body));
      this.#sent.push(message.seq);
    }));
  }

  /** Of those who wait, one that hasn't all of it. @returns {import('./level.js').Lag | null} */
  lagging() {
    if (!this.#on) return null;
    const behind = this.#readers.filter(({ seqs }) => this.#sent.some((seq) => !seqs.includes(seq)));
    return behind.length > 0 ? { why: `${behind.length} of ${this.#readers.length} queues of the crowd lack something of the burst` } : null;
  }

  /** They go. What they did not get, or got twice, is told. @returns {import('./verdict.js').Offence[]} */
  end() {
    const conv = nameOf(0, 'group', this.#group);
    /** @type {import('./verdict.js').Offence[]} */
    const offences = [];
    for (const { user, seqs } of this.#readers) {
      for (const seq of this.#sent) {
        const times = seqs.filter((s) => s === seq).length;
        if (times === 0) offences.push({ column: 'lost', conv, seq, why: `a queue of ${user.username} did not get it` });
        if (times > 1) offences.push({ column: 'doubled', conv, seq, why: `a queue of ${user.username} got it ${times} times` });
      }
    }
    this.#on = false;
    for (const { leave } of this.#readers) leave();
    for (const user of this.#people) user.browsers[0].wire.close();
    this.#readers = [];
    return offences;
  }
}

/** How many polls the workers say that they hold, all together. @param {number} port */
async function polls(port) {
  /** @type {Map<string, number>} */
  const of = new Map();
  for (let i = 0; i < SCRAPES; i++) {
    const [, worker, count] = /^magpie_parked_polls\{worker="(\d+)"\} (\d+)$/m.exec(await metrics(port)) ?? [];
    if (worker) of.set(worker, Number(count));
  }
  return [...of.values()].reduce((sum, count) => sum + count, 0);
}

/** @param {number} port @returns {Promise<string>}  empty: there was no answer */
function metrics(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/metrics', agent: false, timeout: 3000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve(text));
      response.on('error', () => resolve(''));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(''));
  });
}

/** Again as long as it fails for a while only. @param {() => Promise<any>} ask */
async function insist(ask) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (/** @type {any} */ problem) {
      if (problem.status === 409) return null;           // an earlier try had done it
      if (!problem.isPassing || tries === 20) throw problem;
      await sleep(200 * tries);
    }
  }
}

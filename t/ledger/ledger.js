// ledger.js: people send and read while faults strike; then what they saw is compared with PostgreSQL.
// Started by t/ledger/run, which has started the servers. Exit 0 only if every column is 0.

import fs from 'node:fs';
import { Chaos } from './chaos.js';
import { Changes } from './changes.js';
import { Dice } from './dice.js';
import { Fault, faultNames } from './faults.js';
import { compare } from './fresh.js';
import { database, query, usage } from './host.js';
import { Level } from './level.js';
import { Record } from './record.js';
import { lines, table, tooLittle } from './results.js';
import { Sender } from './sender.js';
import { Storm } from './storm.js';
import { Stalls } from './stalls.js';
import { tellStories } from './story.js';
import { Tab } from './tab.js';
import { now, sleep, until } from './time.js';
import { judge, tally } from './verdict.js';
import { World } from './world.js';

const CANT = 77;                          // as the faults' scripts say it
const WARM_UP = 5000;
const PROGRESS = 10_000;
const SETTLED_WITHIN = 60_000;
const PATIENCE = 60_000;
const QUIET_WITHIN = 2000;                // nothing is under way any more: a second is promised, and a look takes its time
const RETURNED_WITHIN = 75_000;           // nginx keeps idle connections to workers for a minute
const KIB_MORE = 4096;                    // for each worker: what the allocator keeps of a busy time
const DESCRIPTORS_MORE = 24;              // all together: connections that nginx keeps

const env = (/** @type {string} */ name, /** @type {string} */ otherwise) => process.env[name] || otherwise;

class Run {
  seed = env('SEED', String(Date.now() % 1_000_000));
  seconds = Number(env('LEDGER_SECONDS', '60'));
  dir = env('MAGPIE_DIR', '');
  port = Number(env('MAGPIE_PORT', '8080'));
  folder = env('LEDGER_DIR', '.');
  file = `${this.folder}/history.jsonl`;
  record = new Record(this.file);
  chaos = new Chaos(new Dice(this.seed, 'chaos'));
  dice = new Dice(this.seed, 'ledger');
  world = new World({
    port: this.port, seed: this.seed, record: this.record, chaos: this.chaos, size: Number(env('USERS', '26')),
  });
  /** Is the first lateness enough? */
  first = env('FIRST', '') !== '';
  /** So much must be acknowledged, or the run proves nothing. */
  least = Number(env('LEAST', '1'));
  stalls = new Stalls();
  level = new Level(this.world, () => this.tabs, this.dir, this.first ? 0 : PATIENCE);
  changes = new Changes(this.world);
  /** @type {Tab[]} */
  tabs = [];
  /** @type {Sender[]} */
  senders = [];
  /** @type {Fault[]} */
  faults = [];
  storm = new Storm({
    faults: this.faults, world: this.world, tabs: () => this.tabs, level: this.level, dir: this.dir, folder: this.folder,
    hush_ms: env('HUSH', '') === '' ? null : Number(env('HUSH', '')) * 1000,
    rest: (ms) => this.#rest(ms), say: (line) => this.say(line),
  });
  /** Ends the run early: an operator's Ctrl-C. */
  ended = false;

  /** @param {string} line */
  say(line) {
    process.stdout.write(`${line}\n`);
  }

  async go() {
    const asked = env('FAULT', 'calm');
    const names = asked === 'all' ? faultNames() : asked.split(',').filter(Boolean);
    const about = { MAGPIE_DIR: this.dir, MAGPIE_PORT: String(this.port), LEDGER_DIR: this.folder, SEED: this.seed };
    for (const name of names) this.faults.push(await Fault.load(name, about));
    await this.#begin();
    const before = await this.#measure();
    const end = now() + this.seconds * 1000;
    // Each fault strikes at least once, however long that takes.
    while ((now() < end || !this.storm.allStruck) && !this.ended) {
      if (!this.storm.blows) break;
      if (!await this.storm.blow(end) && this.first) break;
    }
    await this.#settle();
    const after = await this.#returned(before);
    return this.#verdict(before, after);
  }

  async #begin() {
    this.stalls.start();
    await this.world.make();
    this.changes = new Changes(this.world);
    this.#openTabs();
    if (!await until(() => this.tabs.every((tab) => tab.store.ready), 20_000)) throw new Error('not all pages load');
    this.senders = this.world.users.map((user) => new Sender(user, this.world, { low: 20, high: 380 }));
    for (const actor of [...this.senders, ...this.tabs, this.changes])
      actor.run().catch((error) => { this.#broken(error); });
    this.say(`${this.world.users.length} people, ${this.world.convs.size} conversations, ${this.tabs.length} tabs; seed ${this.seed}`);
    setInterval(() => this.#progress(), PROGRESS).unref();
    await this.#rest(WARM_UP);
  }

  /** One to three for each person, some of them leaving the polling to another of the same browser. */
  #openTabs() {
    for (const user of this.world.users) {
      for (const browser of user.browsers) {
        const count = this.dice.weighted([1, 2], (n) => 2 / n);
        const shares = count > 1 && this.dice.chance(0.7);
        for (let i = 1; i <= count; i++) this.tabs.push(new Tab(`${browser.name}.${i}`, user, browser, shares));
      }
    }
  }

  /** @param {any} error  A mistake of the ledger itself: it proves nothing then. */
  #broken(error) {
    console.error(error);
    process.exitCode = 2;
    this.ended = true;
  }

  /** Lets things go on. @param {number} ms */
  async #rest(ms) {
    const end = now() + ms;
    while (now() < end && !this.ended) await sleep(Math.max(0, Math.min(200, end - now())));
  }

  #progress() {
    const { acknowledged, sends } = this.record;
    const waiting = this.senders.filter((sender) => sender.busy).length;
    this.say(`${(now() / 1000).toFixed(0).padStart(4)} s: ${acknowledged} of ${sends.size} sends acknowledged, ${waiting} waiting; `
      + `${this.changes.count} changes of membership; ${this.storm.strikes.length} strikes`);
  }

  /** What the workers use while nobody sends. */
  async #measure() {
    for (const sender of this.senders) sender.paused = true;
    await until(() => this.senders.every((sender) => !sender.busy), 5000);
    await sleep(1500);
    const used = usage(this.dir);
    for (const sender of this.senders) sender.paused = false;
    return used;
  }

  /** Nobody writes any more; what is under way is settled, and every page gets all of it. */
  async #settle() {
    this.chaos.quiet = true;
    this.chaos.leaving = false;
    for (const fault of this.faults) await fault.heal();
    for (const actor of [...this.senders, this.changes, ...this.tabs]) actor.stop();
    const within = this.first ? SETTLED_WITHIN / 2 : SETTLED_WITHIN;
    const settled = await until(() => {
      for (const tab of this.tabs) if (tab.store.ready && tab.page.unsent > 0) tab.page.session.unsent.retryNow();
      return !this.changes.busy && this.senders.every((s) => !s.busy) && this.tabs.every((t) => t.page.unsent === 0 && t.page.settled);
    }, within, 500);
    if (!settled) this.record.others.push({ column: 'late', at: now(), why: `at the end, not every send or page could be settled within ${within / 1000} s` });
    const { missing } = await this.level.wait(Math.max(QUIET_WITHIN, ...this.storm.strikes.map(({ over, bound_ms }) => over + (bound_ms ?? 0) - now())));
    if (missing) this.record.others.push({ ...missing, column: 'late', at: now(), why: `in the quiet at the end: ${missing.page ?? ''} ${missing.why}` });
    const sums = new Map((await query(this.dir, 'select user_id, revs from magpie.revs_of(array(select id from magpie.account))'))
      .map(({ user_id, revs }) => [user_id, revs]));
    await until(() => this.tabs.every((tab) => tab.store.revs() === sums.get(tab.user.id)), within, 200);
  }

  /** Waits for the workers' memory and descriptors to come back to where they were. @param {ReturnType<typeof usage>} before */
  async #returned(before) {
    let after = usage(this.dir);
    const fits = () => {
      after = usage(this.dir);
      return after.workers >= before.workers && after.kib <= before.kib + KIB_MORE * before.workers
        && after.descriptors <= before.descriptors + DESCRIPTORS_MORE;
    };
    if (!await until(fits, this.first ? 0 : RETURNED_WITHIN, 500))
      this.record.others.push({ column: 'swollen', at: now(), why: `the workers' use was ${words(before)}, and is ${words(after)}` });
    return after;
  }

  /** @param {ReturnType<typeof usage>} before @param {ReturnType<typeof usage>} after */
  async #verdict(before, after) {
    const { record } = this;
    record.others.push(...await compare(this.world, this.tabs));
    for (const tab of this.tabs) tab.page.end();
    const stored = await database(this.dir);
    const sends = [...record.sends.values()];
    const offences = judge({
      sends, written: record.written, views: record.views, heard: record.heard, refusals: record.refusals,
      others: record.others, strikes: this.storm.strikes, stalls: this.stalls.all, database: stored,
    });
    await record.close();
    const all = lines({ strikes: this.storm.strikes, faults: this.faults, sends, offences });
    const columns = tally(offences);
    fs.writeFileSync(`${this.folder}/results.json`, `${JSON.stringify({
      seed: this.seed, seconds: this.seconds, acknowledged: record.acknowledged, stored: stored.rows.length, columns,
      faults: all, workers: { before, after }, offences: offences.slice(0, 200),
    }, null, 2)}\n`);
    this.say(`\n${table(all)}\n`);
    this.say(`${record.acknowledged} sends acknowledged of ${record.sends.size}; ${record.views.length} pages; `
      + `${this.changes.count} changes of membership; workers: ${words(before)} before, ${words(after)} after`);
    if (offences.length > 0) await tellStories(offences, this.file, stored, (line) => this.say(line));
    return offences.length === 0;
  }
}

const words = (/** @type {ReturnType<typeof usage>} */ used) => `${used.kib} KiB and ${used.descriptors} descriptors in ${used.workers}`;

const run = new Run();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
  run.ended = true;
  process.exitCode = 130;
});
process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exit(2);
});
try {
  const good = await run.go();
  const missed = run.faults.filter((fault) => fault.cant !== null).map((fault) => fault.name);
  run.say(good ? 'every column is 0' : `FAILED; the history is ${run.file}`);
  if (missed.length > 0) run.say(`not run, and so not passed: ${missed.join(' ')}`);
  const little = tooLittle(run.record.acknowledged, run.least);
  if (little) run.say(`FAILED: ${little}`);
  const nothing = missed.length > 0 && run.storm.strikes.length === 0;
  process.exit(process.exitCode || (!good || (little && !(nothing && run.record.acknowledged > 0)) ? 1 : nothing ? CANT : 0));
} catch (error) {
  console.error(error);
  process.exit(2);
}

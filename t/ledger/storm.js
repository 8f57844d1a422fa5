// storm.js: lets the faults strike, one after the other, and waits after each until all is level again.

import fs from 'node:fs';
import { Crowd } from './crowd.js';
import { Dice } from './dice.js';
import { convName } from './host.js';
import { Mischief } from './mischief.js';
import { now } from './time.js';

const SILENT_AFTER = 500;                // milliseconds after a fault is over, at most
const SILENCE = 1500;                    // longer than a message may take
const SOON = 1000;

export class Storm {
  #dice;
  /** Those of this round that are still to strike. @type {import('./faults.js').Fault[]} */
  #deck = [];
  /** @type {import('./answers.js').Strike[]} */
  strikes = [];

  /**
   * @param {object} needs
   * @param {import('./faults.js').Fault[]} needs.faults
   * @param {import('./world.js').World} needs.world
   * @param {() => import('./tab.js').Tab[]} needs.tabs
   * @param {import('./level.js').Level} needs.level
   * @param {string} needs.dir       MAGPIE_DIR
   * @param {string} needs.folder    LEDGER_DIR
   * @param {number | null} needs.hush_ms  so long after a strike begins nobody begins anything new, until all is level
   * @param {(ms: number) => Promise<void>} needs.rest
   * @param {(line: string) => void} needs.say
   */
  constructor(needs) {
    this.needs = needs;
    this.crowd = new Crowd(needs.world);
    needs.level.others.push(() => this.crowd.lagging());
    this.mischief = new Mischief(needs.world, needs.tabs);
    this.#dice = new Dice(needs.world.seed, 'storm');
    this.silences = new Dice(needs.world.seed, 'silence');
  }

  /** Is there one that this machine can? */
  get blows() {
    return this.needs.faults.some((fault) => fault.cant === null);
  }

  /** Each once; with FORMS in the environment, in each of its forms. */
  get allStruck() {
    return this.needs.faults.every((fault) => fault.cant !== null || fault.strikes >= (process.env.FORMS ? fault.facts.forms : 1));
  }

  /** Each once in a round, the rounds in different orders. */
  #next() {
    if (this.#deck.length === 0) this.#deck = this.needs.faults.filter((fault) => fault.cant === null);
    return this.#deck.splice(this.#dice.int(0, this.#deck.length - 1), 1)[0];
  }

  /** One fault: strike, hold, heal, level again, pause. Answers whether it was level within its bound.
   * @param {number} end  when the run ends */
  async blow(end) {
    const { rest, say, world, level, dir, folder } = this.needs;
    const fault = this.#next();
    const { name, facts } = fault;
    const from = now();
    world.record.note('strike', { fault: name });
    world.chaos.leaving = facts.leave;
    const speak = this.#hush();
    const wake = this.mischief.sleepers(facts.asleep);
    if (!await fault.strike()) {
      world.chaos.leaving = false;
      wake();
      speak();
      say(`${name}: not run: ${fault.cant}`);
      world.record.note('not run', { fault: name });
      return true;
    }
    /** @type {import('./answers.js').Strike} */
    const strike = {
      fault: name, from, healed: Infinity, over: Infinity, to: Infinity, bound_ms: name === 'calm' ? null : facts.level * 1000,
      mustNotFail: facts.mustNotFail, p99: facts.p99, except: await exception(dir, folder),
    };
    this.strikes.push(strike);
    world.record.note('struck', { fault: name, form: fault.form ?? undefined, said: fault.lastSaid || undefined });
    if (facts.client === 'browser') this.mischief.begin();
    if (facts.client === 'crowd') await this.crowd.begin();
    else await rest(facts.hold * 1000);
    strike.healed = now();
    world.chaos.leaving = false;
    await this.mischief.end();
    await fault.heal();
    wake();
    world.record.note('heal', { fault: name, said: fault.lastSaid || undefined });
    const healed = now();
    strike.over = healed;
    world.chaos.patient = true;
    const silent = this.#fallSilent();
    const { ms, missing: first, last } = await level.wait(facts.level * 1000);
    strike.to = now();
    const missing = await silent(healed + facts.level * 1000) ?? first;
    world.chaos.patient = false;
    speak();
    strike.level_ms = ms;
    world.record.note('level', { fault: name, ms: Math.round(ms), last: last?.page ?? last?.why });
    if (facts.client === 'crowd') world.record.others.push(...this.crowd.end());
    if (missing) this.#late(name, facts.level, healed, ms, missing);
    const pause = Math.min(facts.pause, Number(process.env.PAUSE ?? Infinity)) * 1000;
    await rest(this.allStruck ? Math.min(end - now(), pause - (now() - healed)) : pause - (now() - healed));
    return missing === null;
  }

  /** Makes everybody fall silent in a while, if that is wanted: what is lost then is shown by no later number. Answers
   * what ends the silence. */
  #hush() {
    const { world, hush_ms } = this.needs;
    if (hush_ms === null) return () => {};
    const timer = setTimeout(() => { world.silent = true; }, hush_ms);
    return () => {
      clearTimeout(timer);
      world.silent = false;
    };
  }

  /** After every second strike everybody falls silent soon: no later number shows what was lost. Answers what waits until
   * all pages have what was acknowledged up to then, by `bound` or soon, and ends the silence; it tells who had not. */
  #fallSilent() {
    const { world, level, rest, hush_ms } = this.needs;
    if (hush_ms !== null || this.strikes.length % 2 !== 0) return async () => null;
    const begins = now() + this.silences.int(0, SILENT_AFTER);
    const timer = setTimeout(() => {
      world.silent = true;
      world.record.note('silent');
    }, begins - now());
    return async (/** @type {number} */ bound) => {
      await rest(begins + SILENCE - now());
      const { missing } = await level.wait(Math.max(SOON, bound - now()));
      clearTimeout(timer);
      world.silent = false;
      return missing;
    };
  }

  /** @param {string} name @param {number} bound_s @param {number} healed @param {number} ms
   * @param {import('./level.js').Lag} missing */
  #late(name, bound_s, healed, ms, { page = '', conv, seq, why }) {
    this.needs.world.record.note('late', { fault: name, page, conv, seq, why });
    this.needs.world.record.others.push({
      column: 'late', at: healed, page, conv, seq,
      why: `${name}: ${page} ${why} ${bound_s} s after it was healed; level after ${(ms / 1000).toFixed(1)} s`,
    });
  }
}

/** Whose sends may be slow, see faults/lib.sh. @param {string} dir @param {string} folder */
async function exception(dir, folder) {
  if (!fs.existsSync(`${folder}/except`)) return {};
  const { conversation, user } = JSON.parse(fs.readFileSync(`${folder}/except`, 'utf8'));
  return { user, conv: conversation ? await convName(dir, conversation) : undefined };
}

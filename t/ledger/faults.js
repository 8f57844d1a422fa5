// faults.js: the scripts of faults/: what they say of themselves, striking, healing.

import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { now } from './time.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const FOLDER = path.join(HERE, 'faults');
const CANT = 77;
const SCRIPT_WITHIN = 120_000;

/**
 * @typedef {object} Facts  what a script says of itself; times in seconds
 * @property {string} name
 * @property {string} what
 * @property {number} hold     from strike to heal
 * @property {number} pause    from heal to the next strike
 * @property {number} level    level again so long after heal, at the latest
 * @property {'browser' | 'crowd' | null} client  what the driver's clients do, where they do it
 * @property {boolean} leave   clients leave meanwhile
 * @property {number} asleep   so many browsers sleep from before the strike until it is healed
 * @property {boolean} mustNotFail  no send may be answered by anything but 200 and 201 meanwhile
 * @property {number | null} p99  milliseconds
 * @property {number} forms    how many it has; each strike takes the next
 */

export const faultNames = () => execFileSync(path.join(HERE, 'run'), ['list'], { encoding: 'utf8' }).split('\n').filter(Boolean);

/** @param {string} name @param {string[]} words @param {Record<string, string>} env
 * @returns {Promise<{ code: number, out: string, said: string }>} */
function run(name, words, env = {}) {
  return new Promise((resolve) => {
    execFile(path.join(FOLDER, name), words, { env: { ...process.env, ...env }, timeout: SCRIPT_WITHIN }, (error, out, said) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, out, said: said.trim() || (error?.message ?? '') });
    });
  });
}

export class Fault {
  /** Why this machine can't; null while it can. @type {string | null} */
  cant = null;
  strikes = 0;
  /** The form of the last strike; null: it has one only. @type {string | null} */
  form = null;
  /** How often each form has struck. @type {Record<string, number>} */
  forms = {};
  /** What the script has just said. */
  lastSaid = '';
  /** All that it said, with the seconds at which it ended. @type {string[]} */
  said = [];

  /** @param {Facts} facts @param {Record<string, string>} env */
  constructor(facts, env) {
    this.facts = facts;
    this.env = env;
  }

  /** @param {string} name @param {Record<string, string>} env */
  static async load(name, env) {
    if (!faultNames().includes(name)) throw new Error(`no fault ${name}; there are: ${faultNames().join(' ')}`);
    const { code, out, said } = await run(name, ['about'], env);
    if (code !== 0) throw new Error(`${name} about: ${said}`);
    const told = Object.fromEntries(out.split('\n').filter(Boolean).map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
    return new Fault({
      name, what: told.what ?? name, hold: Number(told.hold ?? 0), pause: Number(told.pause ?? 8),
      level: Number(told.level ?? 10), client: told.client ?? null, leave: told.leave === 'yes',
      asleep: Number(told.asleep ?? 0), mustNotFail: told.failed === '0',
      p99: told.p99 ? Number(told.p99) : null, forms: Number(told.forms ?? 1),
    }, env);
  }

  get name() {
    return this.facts.name;
  }

  /** Says whether it struck. Throws on an error of the script. */
  async strike() {
    const { code, out, said } = await run(this.name, ['strike'], this.env);
    this.form = /^form=(.*)$/m.exec(out)?.[1] ?? null;
    if (code === CANT) {
      this.cant = said;
      return false;
    }
    if (code !== 0) throw new Error(`${this.name} strike: ${this.form ?? ''} ${said}`);
    this.strikes++;
    if (this.form !== null) this.forms[this.form] = (this.forms[this.form] ?? 0) + 1;
    this.#hear(out);
    return true;
  }

  async heal() {
    const { code, out, said } = await run(this.name, ['heal'], this.env);
    if (code !== 0) throw new Error(`${this.name} heal: ${said}`);
    this.#hear(out);
  }

  /** @param {string} out */
  #hear(out) {
    this.lastSaid = out.split('\n').filter((line) => line !== '' && !line.startsWith('form=')).join('; ');
    if (this.lastSaid !== '') this.said.push(`${(now() / 1000).toFixed(1)} s: ${this.lastSaid}`);
  }
}

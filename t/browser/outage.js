// outage.js: what a test does to the server that runs for it, and to the way there.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until, url } from './people.js';

const run = join(process.env.MAGPIE_DIR ?? new URL('../../var', import.meta.url).pathname, 'run');

/** The processes of these names, as the supervisor started them last. */
const processes = (names) => readdirSync(run).filter((file) => names.test(file)).map((file) => Number(readFileSync(join(run, file), 'utf8')));

/** Ends all but PostgreSQL, and waits until the supervisor has started others. */
export async function restartServer() {
  const names = /^(nginx|redis|worker-\d+)\.pid$/;
  const old = processes(names);
  for (const pid of old) process.kill(pid, 'SIGTERM');
  await until('other processes', () => {
    const now = processes(names);
    return now.length === old.length && now.every((pid) => pid && !old.includes(pid));
  });
  await until('it to be ready', async () => (await fetch(`${url}/readyz`)).ok);
}

/** Redis forgets everything. */
export function flushRedis() {
  return new Promise((resolve, reject) => {
    const socket = connect(join(run, 'redis.sock'), () => socket.write('FLUSHALL\r\n'));
    socket.on('error', reject).once('data', (answer) => {
      socket.end();
      if (String(answer) === '+OK\r\n') resolve();
      else reject(new Error(`Redis: ${answer}`));
    });
  });
}

/** The way from a page to the server. Cut, it breaks off the poll, and nobody tells the page; frozen, polls hang for ever. */
export class Way {
  #open = new Set();
  #cut = null;
  isFrozen = false;
  polls = [];                            // the addresses of all polls
  queues = [];                           // what each queue was opened with
  broken = 0;                            // requests that failed

  static async of(page) {
    const way = new Way();
    await page.route('**/api/**', (route) => way.#go(route));
    return way;
  }

  async #go(route) {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const isPoll = pathname === '/api/receive';
    if (isPoll) this.polls.push(new URL(request.url()));
    if (pathname === '/api/queues') this.queues.push(request.postDataJSON());
    if (this.#cut?.test(pathname)) return this.#break(route);
    if (!isPoll) return route.continue();
    this.#open.add(route);
    const response = this.isFrozen ? null : await route.fetch().catch(() => null);
    if (response && this.#open.delete(route)) await route.fulfill({ response }).catch(() => {});      // it may have been broken off
  }

  async #break(route) {
    await route.abort('connectionreset').catch(() => {});
    this.broken++;
  }

  /** @param {RegExp} what  paths */
  async cut(what = /./) {
    this.#cut = what;
    for (const route of this.#open) await this.#break(route);
    this.#open.clear();
  }

  mend() {
    this.#cut = null;
    this.isFrozen = false;
  }
}

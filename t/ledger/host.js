// host.js: the machine's side: PostgreSQL's tables, the workers' processes.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';

/** @param {string} dir  MAGPIE_DIR @param {string} sql @returns {Promise<any[]>} a row each, as an object */
export function query(dir, sql) {
  const env = { ...process.env, PGHOST: `${dir}/run`, PGPORT: '5432', PGUSER: 'magpie_owner', PGDATABASE: 'magpie' };
  const command = ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', `select row_to_json(r) from (${sql}) r`];
  return new Promise((resolve, reject) => {
    execFile('psql', command, { env, maxBuffer: 2 ** 30 }, (error, out) => {
      if (error) reject(error);
      else resolve(out.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    });
  });
}

const NAME = `case c.kind when 'group' then 'group:' || c.group_id else 'pair:' || c.low_id || ':' || c.high_id end`;

/** All that is stored, as verdict.js wants it. @param {string} dir @returns {Promise<import('./verdict.js').Database>} */
export async function database(dir) {
  const from = 'magpie.conversation c';
  const [convs, rows, spans] = await Promise.all([
    query(dir, `select ${NAME} as name, c.rev from ${from}`),
    query(dir, `select ${NAME} as conv, m.seq, m.rev, m.kind, m.from_id as from, m.client_id as id, m.msg, m.notice
                  from magpie.message m join ${from} on c.id = m.conversation_id order by c.id, m.seq`),
    query(dir, `select ${NAME} as conv, s.user_id as user, s.joined_rev as first, s.left_rev as last
                  from (select conversation_id, user_id, joined_rev, left_rev from magpie.membership union all
                        select conversation_id, user_id, joined_rev, left_rev from magpie.past_membership) s
                  join ${from} on c.id = s.conversation_id`),
  ]);
  return { convs, rows, spans };
}

/** What the ledger calls a row of the table conversation. @param {string} dir @param {number} id */
export async function convName(dir, id) {
  return (await query(dir, `select ${NAME} as name from magpie.conversation c where c.id = ${Number(id)}`))[0]?.name;
}

/** The process ids of the workers that are there. @param {string} dir */
function workers(dir) {
  return fs.readdirSync(`${dir}/run`).filter((name) => /^worker-\d+\.pid$/.test(name)).map((name) => {
    try {
      return Number(fs.readFileSync(`${dir}/run/${name}`, 'utf8'));
    } catch {
      return 0;
    }
  }).filter((pid) => pid > 0 && fs.existsSync(`/proc/${pid}/stat`));
}

/** Memory that a sanitizer keeps says nothing. @param {number} pid */
const sanitized = (pid) => /lib[at]san/.test(fs.readFileSync(`/proc/${pid}/maps`, 'utf8'));

/** What all workers together use. @param {string} dir @returns {{ workers: number, kib: number, descriptors: number }} */
export function usage(dir) {
  const all = { workers: 0, kib: 0, descriptors: 0 };
  for (const pid of workers(dir)) {
    try {
      const maps = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      if (!sanitized(pid)) all.kib += Number(/^Private_Dirty:\s+(\d+)/m.exec(maps)?.[1] ?? 0);
      all.descriptors += fs.readdirSync(`/proc/${pid}/fd`).length;
      all.workers++;
    } catch {
      // It has just ended.
    }
  }
  return all;
}

/** @param {string} dir @param {number} port  Are all workers there, and ready, as far as asking tells? */
export async function ready(dir, port) {
  const wanted = Number(fs.readFileSync(`${dir}/run/workers`, 'utf8'));
  if (workers(dir).length < wanted) return false;
  const answers = await Promise.all(Array.from({ length: 4 * wanted }, () => isReady(port)));
  return answers.every(Boolean);
}

/** @param {number} port @returns {Promise<boolean>} */
function isReady(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', agent: false, timeout: 3000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

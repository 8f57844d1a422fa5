// fresh.js: at the end each page must be as one that is loaded afresh: a new queue without `have`, and all of the
// history.

import { Session } from '../../www/js/session.js';
import { MemoryShelf } from '../../www/js/shelf.js';
import { nameOf } from './record.js';
import { clock, until } from './time.js';
import { each } from './world.js';

const LOADED_WITHIN = 20_000;
const PAGE = 200;

/** @param {import('./user.js').User} user  Returns its store, with all of the history. */
async function load(user) {
  const { api, leave } = user.apiOf(user.browsers[0]);
  const session = new Session(/** @type {any} */ ({
    api, prefs: null, shelf: new MemoryShelf(), clock, random: Math.random, uuid: () => '',
  }));
  session.start();
  const { store } = session;
  if (!await until(() => store.ready, LOADED_WITHIN)) throw new Error(`${user.username}: no page loads any more`);
  for (const c of store.conversations) {
    for (let more = true, before = ''; more;) {
      const answer = await api.get(`/api/history?contact_type=${c.type}&contact_id=${c.id}&limit=${PAGE}${before}`);
      store.takePage(c.key, answer.messages, answer.more, before ? c.from : null);
      more = answer.more;
      before = `&before=${c.from}`;
    }
  }
  session.end();
  leave();
  return store;
}

const face = (/** @type {any} */ m) => JSON.stringify([m.seq, m.rev, m.kind, m.from, m.client_id ?? null, m.msg, m.notice ?? null]);

/** What of a page isn't as in a fresh one. @param {import('../../www/js/store.js').Store} old
 * @param {import('../../www/js/store.js').Store} fresh @returns {Generator<{ key: string, seq?: number, why: string }>} */
function* differences(old, fresh) {
  const keys = new Set([...old.conversations, ...fresh.conversations].map((c) => c.key));
  if (old.meRev !== fresh.meRev) yield { key: '', why: `me_rev is ${old.meRev}, not ${fresh.meRev}` };
  if (old.revs() !== fresh.revs()) yield { key: '', why: 'the sums over all numbers differ' };
  for (const key of keys) {
    const a = old.get(key);
    const b = fresh.get(key);
    if (!a || !b) {
      yield { key, why: a ? 'the fresh page has no such conversation' : 'the conversation is missing' };
      continue;
    }
    for (const what of /** @type {const} */ (['rev', 'ended', 'name', 'unread', 'read_seq']))
      if (a[what] !== b[what]) yield { key, why: `${what} is ${a[what]}, not ${b[what]}` };
    if (a.last?.seq !== b.last?.seq) yield { key, why: `the last entry is ${a.last?.seq}, not ${b.last?.seq}` };
    for (const seq of new Set([...a.messages.keys(), ...b.messages.keys()])) {
      const [mine, theirs] = [a.messages.get(seq), b.messages.get(seq)];
      if (seq < a.from ? mine : !mine || !theirs || face(mine) !== face(theirs)) yield { key, seq, why: mine ? 'another entry' : 'no entry' };
    }
  }
}

/** @param {import('./world.js').World} world @param {import('./tab.js').Tab[]} tabs
 * @returns {Promise<import('./verdict.js').Offence[]>} */
export async function compare(world, tabs) {
  /** @type {import('./verdict.js').Offence[]} */
  const offences = [];
  await each(world.users, async (user) => {
    const fresh = await load(user);
    for (const { page } of tabs.filter((tab) => tab.user === user)) {
      for (const { key, seq, why } of differences(page.store, fresh)) {
        const [type, id] = key.split(':');
        const conv = key ? nameOf(user.id, type, Number(id)) : undefined;
        offences.push({ column: 'differs', conv, seq, page: page.view.page, why: `${page.view.page}: ${why}` });
      }
    }
  });
  return offences;
}

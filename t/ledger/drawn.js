// drawn.js: the lines of a conversation as the page draws them: each message once, in the order of its number. Pure.

import { rowsOf } from '../../www/js/rows.js';

/** @typedef {{ column: 'doubled' | 'disordered', seq?: number, id: string | null, why: string }} Flaw */

/** @param {import('../../www/js/types.js').Message[]} messages  as the conversation hands them out
 * @param {import('../../www/js/unsent.js').Entry[]} entries  what is not yet sent
 * @param {number} me @returns {Generator<Flaw>} */
export function* flaws(messages, entries, me) {
  const keys = new Set();
  const seqs = new Set();
  const ids = new Set();
  let last = 0;
  for (const { key, kind, message, entry } of rowsOf(messages, entries, { me, unreadAfter: null })) {
    if (kind !== 'message' && kind !== 'notice') continue;
    const id = message?.client_id ?? entry?.client_id ?? null;
    const told = { seq: message?.seq, id };
    const whose = `${message?.from ?? me} ${id}`;
    if (keys.has(key) || (message && seqs.has(message.seq)) || (id !== null && ids.has(whose)))
      yield { column: 'doubled', ...told, why: 'draws it twice' };
    else if (message && message.seq < last) yield { column: 'disordered', ...told, why: `draws it below ${last}` };
    keys.add(key);
    if (id !== null) ids.add(whose);
    if (!message) continue;
    seqs.add(message.seq);
    last = Math.max(last, message.seq);
  }
}

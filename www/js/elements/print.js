// print.js: a conversation on paper: a copy of all its messages that are here, with a head, in place of the page. The page itself
// shows only a part of them, and stays as it is.

import { h } from '../html.js';
import { currentLanguage } from '../i18n.js';
import { rowsOf } from '../rows.js';
import { keyOf } from '../route.js';
import { classOf, contentOf } from './row-nodes.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('../conversation.js').Conversation} Conversation */

/** @param {Session} session @param {import('../places.js').Places} places @param {AbortSignal} signal */
export function printWhole(session, places, signal) {
  /** @type {HTMLElement | undefined} */
  let copy;
  window.addEventListener('beforeprint', () => {
    copy?.remove();
    const { type, id } = places.here;
    const c = type && id && document.querySelector('magpie-log') ? session.store.get(keyOf(type, id)) : undefined;
    copy = c?.loaded ? whole(session, c) : undefined;
    if (copy) document.body.append(copy);
  }, { signal });
  window.addEventListener('afterprint', () => copy?.remove(), { signal });
}

/** @param {Session} session @param {Conversation} c */
function whole({ store, unsent, groups }, c) {
  const me = store.me?.id ?? 0;
  /** @type {import('../notice.js').NameOf} */
  const nameOf = (user, given) => (c.type === 'group' ? groups.nameOf(c.id, user, given) : store.nameOf(user, given));
  // A group's look, so that each name stands there; and no pictures, for which paper would not wait.
  const look = { me, isGroup: true, face: () => null, nameOf };
  const rows = rowsOf(c.entries(), unsent.of(c.key), { me, unreadAfter: null });
  return h('section', { class: 'printed', hidden: true },
    h('header', {}, h('h1', { dir: 'auto', text: c.name }), h('p', { text: times(rows) })),
    h('div', { class: 'rows' }, c.more && h('p', { text: '…' }), ...rows.map((row) =>
      h('div', { class: classOf(row) }, ...contentOf(row, row.kind === 'message' ? look : { ...look, nameOf: store.nameOf })))));
}

/** From when until when. @param {import('../rows.js').Row[]} rows */
function times(rows) {
  const [from, to] = [rows[0], rows[rows.length - 1]];
  return from ? new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'long' }).formatRange(from.at, to.at) : '';
}

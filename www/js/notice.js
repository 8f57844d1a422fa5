// notice.js: an entry that nobody wrote, and a line of the list, in words. Pure.

import { currentLanguage, has, t } from './i18n.js';
import { shownName } from './name.js';
import { peopleOf } from './rows.js';
import { oneLine } from './text.js';
import { localeOf, moment } from './time.js';

/** @typedef {(id: number | undefined, given: string | undefined) => string} NameOf */

/** @type {NameOf} */
const asGiven = (_, given) => shownName(given);

/** @param {import('./types.js').Message} message @param {number} me @param {NameOf} [nameOf]
 * @param {string} [people]  whom it is about, of a run of them */
export function noticeText(message, me, nameOf = asGiven, people) {
  const notice = message.notice ?? { what: 'unknown' };
  const isOwn = notice.by?.id === notice.user?.id;
  const by = (isOwn && people) || nameOf(notice.by?.id, notice.by?.name);
  const user = people ?? nameOf(notice.user?.id, notice.user?.name);
  const what = notice.nickname === '' ? `${notice.what}-none` : notice.what;
  const rest = {
    name: notice.name ?? '', text: oneLine(notice.text ?? ''), nickname: notice.nickname ?? '',
    until: notice.until ? moment(currentLanguage(), new Date(notice.until)) : '',
  };
  for (const side of sides(notice, me)) {
    const key = `notice.${what}.${side}`;
    if (has(key)) return t(key, { by, user, ...rest });
  }
  return t('notice.unknown');
}

const NAMED = 3;                         // of more people two are named

/** A run of them in one line. @param {import('./types.js').Message[]} run @param {number} me @param {NameOf} [nameOf] */
export function runText(run, me, nameOf = asGiven) {
  const newest = run[run.length - 1];
  const names = peopleOf(run)?.map((one) => nameOf(one?.id, one?.name));
  if (!names) return `${noticeText(newest, me, nameOf)} ×${run.length}`;
  const some = names.length > NAMED ? [...names.slice(0, 2), t('chat.others', { count: names.length - 2 })] : names;
  return noticeText(newest, me, nameOf, listed(some));
}

const SEAM = /^(\w\p{Script=Han}|\p{Script=Han}\w)/u;

/** Where Chinese puts its "and" beside other letters, there is a space between. @param {string[]} names */
function listed(names) {
  const parts = new Intl.ListFormat(localeOf(currentLanguage())).formatToParts(names);
  return parts.reduce((text, { value }) => text + (SEAM.test(text.slice(-1) + value[0]) ? ' ' : '') + value, '');
}

/** From whose side it may be told, the best first. @param {import('./types.js').Notice} notice @param {number} me */
function sides(notice, me) {
  const byMe = notice.by?.id === me;
  const ofMe = notice.user?.id === me;
  if (byMe && ofMe) return ['self', 'by-you', 'others'];
  return byMe ? ['by-you', 'others'] : ofMe ? ['you', 'others'] : ['others'];
}

/** What the list shows below a name. @param {import('./conversation.js').Conversation} c @param {number} me @param {NameOf} [nameOf] */
export function preview(c, me, nameOf = asGiven) {
  const last = c.last;
  if (!last) return t(c.type === 'group' ? 'list.no-message-group' : 'list.no-message');
  if (last.kind === 'notice') return noticeText(last, me, nameOf);
  const text = last.kind === 'recalled' ? t('chat.recalled') : oneLine(last.msg);
  if (last.from === me) return t('list.you', { text });
  return c.type === 'group' ? t('list.from', { name: nameOf(last.from, last.from_name), text }) : text;
}

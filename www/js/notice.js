// notice.js: an entry that nobody wrote, and a line of the list, in words. Pure.

import { has, t } from './i18n.js';
import { shownName } from './name.js';
import { oneLine } from './text.js';

/** @param {import('./types.js').Message} message @param {number} me */
export function noticeText(message, me) {
  const notice = message.notice ?? { what: 'unknown' };
  const by = shownName(notice.by?.name);
  const user = shownName(notice.user?.name);
  const who = notice.by?.id === me ? 'by-you' : notice.user?.id === me ? 'you' : 'others';
  for (const key of [`notice.${notice.what}.${who}`, `notice.${notice.what}.others`])
    if (has(key)) return t(key, { by, user, name: notice.name ?? '' });
  return t('notice.unknown');
}

/** What the list shows below a name. @param {import('./conversation.js').Conversation} c @param {number} me */
export function preview(c, me) {
  const last = c.last;
  if (!last) return t(c.type === 'group' ? 'list.no-message-group' : 'list.no-message');
  if (last.kind === 'notice') return noticeText(last, me);
  const text = last.kind === 'recalled' ? t('chat.recalled') : oneLine(last.msg);
  if (last.from === me) return t('list.you', { text });
  return c.type === 'group' ? t('list.from', { name: shownName(last.from_name), text }) : text;
}

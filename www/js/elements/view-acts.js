// view-acts.js: how I view a conversation: pinned, muted, hidden, marked as unread, cleared. All but the last can be undone.

import { t } from '../i18n.js';
import { confirmed } from './confirm.js';
import { openMenu } from './menu.js';
import { block, removeFriend } from './person-acts.js';
import { complain, toast } from './toast.js';

/** @typedef {import('./part.js').App} App */
/** @typedef {import('../conversation.js').Conversation} Conversation */
/** @typedef {Partial<Record<'pinned' | 'muted' | 'mentions' | 'hidden' | 'marked_unread', boolean>>} Change */

/**
 * @param {App} app @param {Conversation} c @param {Element | import('./menu.js').Point} at
 * @param {{ isOpen?: boolean, ends?: boolean, back?: () => HTMLElement | null }} [more]  whether it is the one that is shown, and
 *   whether one can end it with a friend here
 */
export function openViewMenu(app, c, at, { isOpen = false, ends = false, back } = {}) {
  const isUnread = c.unread > 0 || c.marked_unread;
  const leave = () => { if (isOpen) toBody('go', { route: { page: 'list' } }); };
  openMenu(c.name, t('view.menu', { name: c.name }), at, [
    { label: t(c.pinned ? 'view.unpin' : 'view.pin'), icon: 'pin', act: () => turn(app, c, { pinned: !c.pinned }, c.pinned ? 'unpinned' : 'pinned') },
    isUnread ? { label: t('view.mark-read'), icon: 'check', act: () => markRead(app, c) }
      : { label: t('view.mark-unread'), icon: 'unread', act: () => turn(app, c, { marked_unread: true }, 'marked').then(leave) },
    c.muted ? { label: t('view.unmute'), icon: 'bell', act: () => turn(app, c, { muted: false }, 'unmuted') }
      : { label: t('view.mute'), icon: 'bell-off', act: () => turn(app, c, { muted: true }, 'muted') },
    c.muted && c.type === 'group' && {
      label: t('view.mentions'), icon: 'mention', checked: c.mentions,
      act: () => turn(app, c, { mentions: !c.mentions }, c.mentions ? 'no-mentions' : 'mentions-on'),
    },
    c.hidden ? { label: t('view.unhide'), icon: 'eye', act: () => turn(app, c, { hidden: false }, 'shown') }
      : { label: t('view.hide'), icon: 'eye-off', act: () => turn(app, c, { hidden: true }, 'hidden').then(leave) },
    c.last !== null && { label: t('view.clear'), icon: 'trash', isDanger: true, act: () => clear(app, c) },
    ...ends && c.type === 'single' && !c.ended ? friendItems(app, c) : [],
  ], back);
}

/** @param {App} app @param {Conversation} c @returns {import('./menu.js').Item[]} */
const friendItems = (app, c) => [
  { label: t('friend.remove'), icon: 'remove', isDanger: true, act: () => removeFriend(app, c) },
  {
    label: t('profile.block'), icon: 'block', isDanger: true,
    act: () => block(app, { id: c.id, username: c.username, name: c.givenName, avatar: c.avatar }, c.name),
  },
];

/** @param {App} app @param {Conversation} c @param {Change} what @param {string} done */
async function turn(app, c, what, done) {
  const before = Object.fromEntries(Object.entries(what).map(([key, value]) => [key, !value]));
  try {
    await change(app, c, what);
    toast(t(`view.done-${done}`, { name: c.name }), () => change(app, c, before));
  } catch (problem) {
    complain(problem);
  }
}

/** @param {App} app @param {Conversation} c @param {Change} what */
const change = (app, c, what) => app.api.patch(`/api/conversations/${c.type}/${c.id}`, what);

/** @param {App} app @param {Conversation} c */
async function markRead(app, c) {
  if (c.last) toBody('read', { key: c.key, seq: c.last.seq });
  if (app.store.unmark(c.key)) await change(app, c, { marked_unread: false }).catch(complain);
}

/** @param {App} app @param {Conversation} c */
async function clear(app, c) {
  if (!c.last || !await confirmed(t(`view.clear-sure-${c.type}`, { name: c.name }), t('view.clear-yes'))) return;
  try {
    await app.api.post(`/api/conversations/${c.type}/${c.id}/clear`, { seq: Math.max(c.last.seq, c.rev) });
    toast(t('view.done-cleared', { name: c.name }));
  } catch (problem) {
    complain(problem);
  }
}

/** @param {string} type @param {object} detail */
const toBody = (type, detail) => document.body.dispatchEvent(new CustomEvent(type, { detail }));

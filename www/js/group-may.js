// group-may.js: what one may do in a group, as far as the page has to know it. (The server decides.) Pure.

/** @typedef {import('./types.js').Group} Group */
/** @typedef {import('./types.js').Member} Member */
/** @typedef {'promote' | 'demote' | 'mute' | 'unmute' | 'nickname' | 'remove' | 'ban' | 'pass'} Act */

/** Settings, announcement, members, requests, bans. @param {{ role: string | null }} group */
export const mayManage = (group) => group.role === 'owner' || group.role === 'admin';

/** @param {Group} group */
export const mayInvite = (group) => mayManage(group) || group.who_invites === 'members';

/** What one may do with a member. @param {Group} group @param {number} me @param {Member} member @param {number} now
 * @returns {Act[]} */
export function actsOn(group, me, member, now) {
  if (member.id === me) return ['nickname'];
  const isAbove = group.role === 'owner' || (group.role === 'admin' && member.role === 'member');
  if (!isAbove) return [];
  /** @type {Act[]} */
  const acts = [isMuted(member.muted_until, now) ? 'unmute' : 'mute', 'nickname', 'remove', 'ban'];
  if (group.role !== 'owner') return acts;
  return [member.role === 'admin' ? 'demote' : 'promote', ...acts, 'pass'];
}

/** @param {string | null | undefined} until @param {number} now */
export const isMuted = (until, now) => !!until && Date.parse(until) > now;

/** What keeps one from writing: until a time, or until the admins let everybody write again; null for nothing.
 * @param {Group | undefined} group @param {number} now @returns {{ until: number | null } | null} */
export function silence(group, now) {
  if (!group) return null;
  if (isMuted(group.muted_until, now)) return { until: Date.parse(group.muted_until ?? '') };
  return group.muted && !mayManage(group) ? { until: null } : null;
}

/** Seconds between two messages of one's own; 0 for none. @param {Group | undefined} group */
export const pause = (group) => (group && !mayManage(group) ? group.slow_mode : 0);

const RANKS = ['owner', 'admin', 'member'];

/** Members by role, each by name; those whose names hold all the words.
 * @param {Member[]} members @param {(m: Member) => string} nameOf @param {string} text */
export function membersByRole(members, nameOf, text) {
  const words = text.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const names = (/** @type {Member} */ m) => `${nameOf(m)}\n${m.name}\n${m.username}`.toLocaleLowerCase();
  return members.filter((m) => words.every((word) => names(m).includes(word))).sort(
    (a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role) || nameOf(a).localeCompare(nameOf(b)) || a.id - b.id);
}

/** Why there is nothing to write any longer: by the notice that ended it. @param {import('./types.js').Message | null} last @param {number} me
 * @returns {'left' | 'removed' | 'banned' | 'dissolved' | 'group'} */
export function endOf(last, me) {
  const notice = last?.notice;
  if (notice?.what === 'group-dissolved') return 'dissolved';
  if (notice?.what === 'member-left' && notice.by?.id === me) return 'left';
  if (notice?.user?.id !== me) return 'group';
  if (notice.what === 'member-banned') return 'banned';
  return notice.what === 'member-removed' ? 'removed' : 'group';
}

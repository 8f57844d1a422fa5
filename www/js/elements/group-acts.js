// group-acts.js: what one can do in a group and with its members. What can be taken back offers that afterwards, what
// can't asks before.

import { t } from '../i18n.js';
import { actsOn } from '../group-may.js';
import { confirmed } from './confirm.js';
import { openForm } from './dialog.js';
import { openMenu } from './menu.js';
import { complain, toast } from './toast.js';

/** @typedef {import('./part.js').App} App */
/** @typedef {import('../types.js').Group} Group */
/** @typedef {import('../types.js').Member} Member */

const MINUTE = 60;
/** For how long one may be muted. @type {[string, number][]} */
const MUTES = [['10m', 10 * MINUTE], ['1h', 60 * MINUTE], ['1d', 24 * 60 * MINUTE]];
const NICKNAME_MAX = 32;

/** @param {App} app @param {Group} group @param {Member} member @param {Element} at @param {() => HTMLElement | null} back */
export function openMemberMenu(app, group, member, at, back) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  const me = app.store.me?.id ?? 0;
  const items = actsOn(group, me, member, Date.now()).flatMap((act) => {
    if (act === 'mute') return MUTES.map(([label, seconds]) => /** @type {import('./menu.js').Item} */ ({
      label: t(`group.mute-${label}`), icon: 'silence', act: () => mute(app, group, member, seconds),
    }));
    const { icon, does, isDanger } = ACTS[act];
    const label = t(act === 'nickname' && member.id === me ? 'group.nickname-own' : `group.act-${act}`);
    return [{ label, icon, isDanger, act: () => does(app, group, member) }];
  });
  openMenu(name, t('group.member-menu', { name }), at, items, back);
}

/** @type {Record<Exclude<import('../group-may.js').Act, 'mute'>, { icon: string, isDanger?: boolean, does: (app: App, group: Group, member: Member) => void }>} */
const ACTS = {
  promote: { icon: 'up', does: (app, group, member) => setRole(app, group, member, 'admin') },
  demote: { icon: 'down', does: (app, group, member) => setRole(app, group, member, 'member') },
  unmute: { icon: 'message', does: (app, group, member) => mute(app, group, member, 0) },
  nickname: { icon: 'edit', does: editNickname },
  remove: { icon: 'remove', isDanger: true, does: remove },
  ban: { icon: 'block', isDanger: true, does: ban },
  pass: { icon: 'crown', isDanger: true, does: pass },
};

/** @param {App} app @param {Group} group @param {Member} member @param {'admin' | 'member'} role */
async function setRole(app, group, member, role) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  await attempt(async () => {
    await change(app, group, member, { role });
    toast(t(`group.done-${role}`, { name }), () => change(app, group, member, { role: role === 'admin' ? 'member' : 'admin' }));
  });
}

/** @param {App} app @param {Group} group @param {Member} member @param {number} mute_for  seconds; 0: no longer */
async function mute(app, group, member, mute_for) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  const left = member.muted_until ? Math.ceil((Date.parse(member.muted_until) - Date.now()) / 1000) : 0;
  await attempt(async () => {
    await change(app, group, member, { mute_for });
    toast(t(mute_for > 0 ? 'group.done-muted' : 'group.done-unmuted', { name }), () => change(app, group, member, { mute_for: mute_for > 0 ? 0 : left }));
  });
}

/** @param {App} app @param {Group} group @param {Member} member */
export function editNickname(app, group, member) {
  const isMine = member.id === app.store.me?.id;
  openForm(isMine ? t('group.nickname-own') : t('group.nickname-title', { name: app.store.nameOf(member.id, member.name) }), {
    fields: [{
      name: 'nickname', label: t('group.nickname'), hint: t('group.nickname-hint'), placeholder: member.name, value: member.nickname,
      optional: true, max: NICKNAME_MAX,
    }],
    submit: t('action.save'),
    act: async ({ nickname }) => {
      const before = member.nickname;
      if (nickname === before) return;
      await change(app, group, member, { nickname });
      toast(t('group.done-nickname'), () => change(app, group, member, { nickname: before }));
    },
  });
}

/** @param {App} app @param {Group} group @param {Member} member @param {object} what */
async function change(app, group, member, what) {
  await app.api.patch(`/api/groups/${group.id}/members/${member.id}`, what);
  await app.groups.refresh(group.id);
}

/** @param {App} app @param {Group} group @param {Member} member */
async function remove(app, group, member) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  if (!await confirmed(t('group.remove-sure', { name }), t('group.remove-yes'))) return;
  await attempt(async () => {
    await app.api.delete(`/api/groups/${group.id}/members/${member.id}`);
    await app.groups.refresh(group.id);
  });
}

/** @param {App} app @param {Group} group @param {Member} member */
async function ban(app, group, member) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  if (!await confirmed(t('group.ban-sure', { name }), t('group.ban-yes'))) return;
  await attempt(async () => {
    await app.api.post(`/api/groups/${group.id}/bans`, { user_id: member.id });
    await app.groups.refresh(group.id);
    toast(t('group.done-banned', { name }));
  });
}

/** @param {App} app @param {Group} group @param {Member} member */
async function pass(app, group, member) {
  const name = app.groups.nameOf(group.id, member.id, member.name);
  if (!await confirmed(t('group.pass-sure', { name }), t('group.pass-yes'))) return;
  await attempt(async () => {
    await app.api.post(`/api/groups/${group.id}/owner`, { user_id: member.id });
    await app.groups.refresh(group.id);
    toast(t('group.done-passed', { name }));
  });
}

/** @param {App} app @param {Group} group @param {import('../conversation.js').Conversation} friend */
export const addFriend = (app, group, friend) => attempt(async () => {
  await app.api.post(`/api/groups/${group.id}/members`, { user_id: friend.id });
  await app.groups.refresh(group.id);
});

/** @param {App} app @param {{ id: number, name: string }} group */
export async function leave(app, group) {
  if (!await confirmed(t('group.leave-sure', { name: group.name }), t('group.leave-yes'))) return;
  await attempt(() => app.api.delete(`/api/groups/${group.id}/members/${app.store.me?.id}`));
}

/** @param {App} app @param {Group} group @param {() => void} then */
export async function dissolve(app, group, then) {
  if (!await confirmed(t('group.dissolve-sure', { name: group.name }), t('group.dissolve-yes'))) return;
  await attempt(async () => {
    await app.api.delete(`/api/groups/${group.id}`);
    then();
  });
}

/** @param {() => Promise<any>} act */
export const attempt = (act) => act().catch(complain);

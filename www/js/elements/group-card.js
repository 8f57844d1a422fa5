// group-card.js: a group in short, and the way into it for those who are not.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { avatar } from './avatar.js';
import { openForm } from './dialog.js';
import { complain, toast } from './toast.js';

/** @typedef {import('../types.js').GroupCard} GroupCard */
/** @typedef {import('./part.js').App} App */

const NOTE_MAX = 200;

/** How many are in it, and who may find it. @param {{ visibility: string, member_count: number, max_members: number }} group */
export const aboutGroup = (group) => `${t(`group.is-${group.visibility}`)} · ${t('group.places', { count: group.member_count, max: group.max_members })}`;

/** @param {{ id: number, description: string, visibility: string, member_count: number, max_members: number, avatar?: string | null } | null} group
 * @param {string} name @param {{ id?: number, size?: 'large', picture?: string | null }} [options]  picture: where it is known better */
export function groupCard(group, name, options = {}) {
  const { size, picture = group?.avatar } = options;
  return h('div', { class: 'card-head' }, avatar('group', group?.id ?? options.id ?? 0, name, { size, picture }),
    h('p', { class: 'card-name', dir: 'auto', text: name }), group && h('p', { class: 'card-text about', text: aboutGroup(group) }),
    group?.description && h('p', { class: 'card-text', dir: 'auto', text: group.description }));
}

/** The button that fits how one stands to a group. @param {App} app @param {GroupCard} group @param {() => void} changed
 * @param {{ token?: string, look?: string }} [options]  with an invitation's link one needn't ask */
export function joinButton(app, group, changed, { token, look = 'primary' } = {}) {
  const { id, name } = group;
  const make = (/** @type {string} */ label, /** @type {string} */ style, /** @type {() => any} */ act) =>
    button({ label: t(`group.${label}`), class: `button ${style}`, title: t(`group.${label}-of`, { name }) }, act);
  if (group.standing === 'member') return make('open', look, () => toGroup(id));
  if (token) return make('join', look, () => joinByLink(app, token, id));
  if (group.standing === 'asked') return make('withdraw', '', () => withdraw(app, group, changed));
  if (group.joining === 'open' || group.standing === 'invited') return make('join', look, () => join(app, group, '', changed).catch(complain));
  return make('ask', look, () => openForm(t('group.ask-title', { name }), {
    fields: [{ name: 'note', label: t('people.note'), hint: t('people.note-hint'), optional: true, max: NOTE_MAX, rows: 3 }],
    submit: t('group.ask'),
    act: ({ note }) => join(app, group, note, changed),
  }));
}

/** @param {App} app @param {GroupCard} group @param {string} note @param {() => void} changed */
async function join(app, group, note, changed) {
  const { hash } = location;
  const { joined } = await app.api.post(`/api/groups/${group.id}/join`, note ? { note } : {});
  if (joined) return arrived(app, group.id, hash);
  toast(t('group.asked', { name: group.name }), () => withdrawNow(app, group, changed));
  changed();
}

/** @param {App} app @param {GroupCard} group @param {() => void} changed */
async function withdraw(app, group, changed) {
  try {
    await withdrawNow(app, group, changed);
    toast(t('group.withdrawn', { name: group.name }));
  } catch (problem) {
    complain(problem);
  }
}

/** @param {App} app @param {GroupCard} group @param {() => void} changed */
async function withdrawNow(app, group, changed) {
  await app.api.delete(`/api/groups/${group.id}/join`);
  changed();
}

/** @param {App} app @param {string} token @param {number} id */
async function joinByLink(app, token, id) {
  const { hash } = location;
  try {
    await app.api.post('/api/group-links/join', { token });
    await arrived(app, id, hash);
  } catch (problem) {
    complain(problem);
  }
}

/** One is in it now, and there, unless one has gone elsewhere meanwhile. @param {App} app @param {number} id @param {string} hash  where one came in */
export async function arrived(app, id, hash) {
  await app.receiver.resync();
  if (location.hash === hash) toGroup(id);
}

/** @param {number} id */
const toGroup = (id) => document.body.dispatchEvent(new CustomEvent('go', { detail: { route: { page: 'chat', type: 'group', id } } }));

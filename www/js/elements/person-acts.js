// person-acts.js: what one can do with somebody: ask, answer, call by another name, put into a list, end it, block.
// What can be taken back offers that afterwards, what can't asks before.

import { t } from '../i18n.js';
import { confirmed } from './confirm.js';
import { openForm } from './dialog.js';
import { complain, toast } from './toast.js';

/** @typedef {import('./part.js').App} App */
/** @typedef {import('../types.js').User} User */
/** @typedef {import('../types.js').FriendRequest} FriendRequest */
/** @typedef {import('../conversation.js').Conversation} Conversation */

const NOTE_MAX = 200;
const NAME_MAX = 32;

/** Asks somebody to be a friend, with a note. @param {App} app @param {{ username: string, name: string }} user */
export function ask(app, user) {
  openForm(t('people.ask-title', { name: user.name }), {
    fields: [{ name: 'note', label: t('people.note'), hint: t('people.note-hint'), optional: true, max: NOTE_MAX, rows: 3 }],
    submit: t('people.ask'),
    act: (values) => askNow(app, user, values.note),
  });
}

/** @param {App} app @param {{ username: string, name: string }} user @param {string} note */
async function askNow(app, user, note) {
  const { username, name } = user;
  const answer = await app.api.post('/api/friend-requests', note ? { username, note } : { username });
  toast(t(answer.accepted ? 'people.accepted' : 'people.asked', { name }));
  await app.receiver.resync();
}

/** @param {App} app @param {FriendRequest} request @param {() => void} [then] */
export async function accept(app, request, then) {
  await app.people.want('lists').catch(() => {});           // without them the friend comes into the one of all others
  const { user } = request;
  const { lists } = app.store.friends;
  openForm(t('people.accept-title', { name: user.name }), {
    fields: [remarkField(user.name, ''), ...(lists?.length ? [listField(app, 0)] : [])],
    submit: t('people.accept'),
    act: async ({ remark, list = '0' }) => {
      await app.api.post(`/api/friend-requests/${request.id}/accept`, { remark, list_id: Number(list) });
      await app.receiver.resync();
      then?.();
    },
  });
}

/** @param {App} app @param {FriendRequest} request */
export async function reject(app, request) {
  if (!await confirmed(t('people.reject-sure', { name: request.user.name }), t('people.reject'))) return;
  await app.api.post(`/api/friend-requests/${request.id}/reject`).then(() => app.receiver.resync()).catch(complain);
}

/** @param {App} app @param {FriendRequest} request */
export async function withdraw(app, request) {
  const { user, note } = request;
  await attempt(async () => {
    await app.api.delete(`/api/friend-requests/${request.id}`);
    await app.receiver.resync();
    toast(t('people.withdrawn', { name: user.name }), () => askNow(app, user, note));
  });
}

/** @param {App} app @param {Conversation} c  with a friend */
export function editRemark(app, c) {
  openForm(t('profile.remark-title', { name: c.givenName }), {
    fields: [{ ...remarkField(c.givenName, c.remark), hint: t('profile.remark-hint') }],
    submit: t('action.save'),
    act: async ({ remark }) => {
      const before = c.remark;
      if (remark === before) return;
      await change(app, c, { remark });
      toast(t('profile.remark-done', { name: c.name }), () => change(app, c, { remark: before }));
    },
  });
}

/** @param {App} app @param {Conversation} c @param {number} list_id */
export async function moveTo(app, c, list_id) {
  const before = c.list_id;
  await attempt(async () => {
    await change(app, c, { list_id });
    toast(t('profile.moved', { name: c.name, list: listName(app, list_id) }), () => change(app, c, { list_id: before }));
  });
}

/** @param {App} app @param {Conversation} c @param {{ remark?: string, list_id?: number }} what */
async function change(app, c, what) {
  await app.api.patch(`/api/friends/${c.id}`, what);
  app.store.learn({ type: 'friend', ended: c.ended, friend: { ...cardOf(app, c), ...what } });
}

/** @param {App} app @param {Conversation} c */
export async function removeFriend(app, c) {
  if (!await confirmed(t('friend.remove-sure', { name: c.name }), t('friend.remove-yes'))) return;
  await attempt(async () => {
    await app.api.delete(`/api/friends/${c.id}`);
    app.store.learn({ type: 'friend', ended: true, friend: cardOf(app, c) });
  });
}

/** @param {App} app @param {User} user @param {string} name  as one calls them */
export async function block(app, user, name) {
  if (!await confirmed(t('profile.block-sure', { name }), t('profile.block'))) return;
  await attempt(async () => {
    await blockNow(app, user);
    toast(t('profile.block-done', { name }));
  });
}

/** @param {App} app @param {User} user */
async function blockNow(app, user) {
  await app.api.post('/api/blocks', { user_id: user.id });
  app.store.learn({ type: 'block', blocked: true, user });
}

/** @param {App} app @param {User} user */
export async function unblock(app, user) {
  await attempt(async () => {
    await app.api.delete(`/api/blocks/${user.id}`);
    app.store.learn({ type: 'block', blocked: false, user });
    toast(t('blocked.done', { name: user.name }), () => blockNow(app, user));
  });
}

/** @param {App} app @param {number} id */
export const listName = (app, id) => app.store.friends.lists?.find((list) => list.id === id)?.name ?? t('lists.rest');

/** @param {App} app @param {number} chosen @returns {import('./form.js').Field} */
const listField = (app, chosen) => ({ name: 'list', label: t('profile.list'), value: String(chosen), options: listOptions(app) });

/** All lists there are, for a choice. @param {App} app */
export const listOptions = (app) => [...app.store.friends.lists ?? [], { id: 0, name: t('lists.rest') }]
  .map((list) => ({ value: String(list.id), label: list.name }));

/** @param {string} name @param {string} value @returns {import('./form.js').Field} */
const remarkField = (name, value) => ({
  name: 'remark', label: t('profile.remark'), hint: t('profile.remark-hint'), placeholder: name, value, optional: true, max: NAME_MAX,
});

/** @param {App} app @param {Conversation} c */
const cardOf = (app, c) => ({
  id: c.id, username: c.username, name: c.givenName, remark: c.remark, list_id: c.list_id,
  status: app.store.friends.about?.get(c.id)?.status ?? '',
});

/** @param {() => Promise<any>} act */
const attempt = (act) => act().catch(complain);

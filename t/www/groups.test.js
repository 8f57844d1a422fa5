// What a tab knows of groups: settings, members, invitations, requests; and what one may do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actsOn, endOf, mayInvite, membersByRole, pause, silence } from '../../www/js/group-may.js';
import { Groups } from '../../www/js/groups.js';
import { formatRoute, behind, parseRoute } from '../../www/js/route.js';
import { Store } from '../../www/js/store.js';
import { contact, ME, message, settle, state, TestApi, TestClock } from './tools.js';

const member = (id, name, role = 'member', more = {}) => ({ id, username: name.toLowerCase(), name, role, nickname: '', muted_until: null, ...more });
const group = (more = {}) => ({
  id: 5, name: 'Climbers', description: '', max_members: 200, role: 'owner', nickname: '', visibility: 'private', joining: 'request', who_invites: 'admins',
  history: 'joined', slow_mode: 0, muted: false, muted_until: null, announcement: null, member_count: 2,
  members: [member(ME.id, 'Alex', 'owner'), member(7, 'Kim')], ...more,
});
const conversation = (more = {}) => contact({ contact_type: 'group', contact_id: 5, name: 'Climbers', rev: 4, ...more });
const notice = (seq, what, more = {}) => message(seq, { contact_type: 'group', contact_id: 5, kind: 'notice', msg: '', notice: { what, ...more } });

/** A tab that has heard of no invitation. */
async function started(more) {
  const [api, store, clock] = [new TestApi(), new Store(), new TestClock()];
  const groups = new Groups(api, store, clock);
  store.takeState(state([conversation(more)]));
  groups.loadInvitations();
  await api.calls[0].answer({ invitations: [] });
  const told = [];
  for (const type of ['change', 'invitations', 'requests', 'asked']) groups.addEventListener(type, (event) => told.push(`${type} ${event.detail.id ?? ''}`.trim()));
  return { api, store, clock, groups, told };
}

/** The same, with a group that was asked for. */
async function looking(more) {
  const tab = await started();
  const wanted = tab.groups.want(5);
  await tab.api.calls[0].answer({ group: group(more) });
  await wanted;
  return tab;
}

test('a group is asked for once, and anew when a notice tells of it', async () => {
  const { api, store, groups, told } = await looking();
  await groups.want(5);
  assert.deepEqual([api.calls.length, groups.get(5).members.length, told], [0, 2, ['change 5']]);
  assert.equal(store.friends.met.get(7).username, 'kim');
  store.take(message(5, { contact_type: 'group', contact_id: 5 }));
  assert.equal(api.calls.length, 0, 'a message changes nothing');
  store.take(notice(6, 'member-promoted'));
  assert.equal(api.calls[0].path, '/api/groups/5');
  store.take(notice(7, 'group-settings'));
  await api.calls[0].answer({ group: group({ description: 'old' }) });
  assert.equal(api.calls.length, 1, 'what came while it was under way: once more');
  await api.calls[0].answer({ group: group({ description: 'new' }) });
  assert.deepEqual([groups.get(5).description, api.calls.length], ['new', 0]);
});

test('what a notice tells while the group is first asked for isn’t missed', async () => {
  const { api, store, groups } = await started();
  const wanted = groups.want(5);
  store.take(notice(5, 'announcement'));
  await api.calls[0].answer({ group: group() });
  await wanted;
  assert.equal(api.calls.length, 1);
  await api.calls[0].answer({ group: group({ description: 'new' }) });
  assert.deepEqual([groups.get(5).description, api.calls.length], ['new', 0]);
});

test('what cannot be had just now is asked for again', async () => {
  const { api, store, clock, groups } = await looking();
  store.take(notice(5, 'group-settings'));
  await api.calls[0].fail(503, 'busy');
  assert.equal(api.calls.length, 0);
  await clock.pass(5000);
  await api.calls[0].answer({ group: group({ description: 'new' }) });
  assert.deepEqual([groups.get(5).description, api.calls.length], ['new', 0]);
});

test('one’s own event is taken at once; an end forgets the group', async () => {
  const { store, groups } = await looking();
  assert.equal(store.takeOwn({ type: 'group', me_rev: 6, ended: false, group: { ...group({ role: 'admin', nickname: 'Lex' }), members: undefined } }), 'applied');
  assert.deepEqual([groups.get(5).role, groups.get(5).members?.[0].nickname, groups.get(5).members?.[0].role], ['admin', 'Lex', 'admin']);
  assert.equal(groups.nameOf(5, ME.id, 'Alex'), 'Lex');
  assert.equal(store.takeOwn({ type: 'group', me_rev: 7, ended: true, group: group() }), 'unknown', 'the contacts are asked for');
  assert.equal(groups.get(5), undefined);
});

test('a group that one is not in isn’t kept', async () => {
  const { api, groups } = await started();
  const wanted = groups.want(5);
  await api.calls[0].answer({ group: { id: 5, name: 'Climbers', role: null, standing: 'stranger' } });
  await wanted;
  assert.equal(groups.get(5), undefined);
});

test('invitations come and go by events, and joining ends them', async () => {
  const { store, groups, told } = await started();
  const invitation = { id: 11, group: { id: 9, name: 'Chess' }, from: { id: 7, name: 'Kim' }, user: { id: ME.id }, created_at: '2026-11-25T17:00:00.000Z' };
  store.takeOwn({ type: 'group-invitation', me_rev: 6, invitation, state: 'open' });
  assert.deepEqual([groups.invitations.size, told], [1, ['invitations']]);
  store.takeOwn({ type: 'group-invitation', me_rev: 7, invitation, state: 'withdrawn' });
  assert.equal(groups.invitations.size, 0);
  store.takeOwn({ type: 'group-invitation', me_rev: 8, invitation, state: 'open' });
  store.takeOwn({ type: 'group', me_rev: 9, ended: false, group: { ...group(), id: 9 } });
  assert.equal(groups.invitations.size, 0, 'one is in it');
  store.takeOwn({ type: 'group-invitation', me_rev: 10, invitation: { ...invitation, user: { id: 7 }, group: { id: 5 } }, state: 'accepted' });
  assert.deepEqual([groups.invitations.size, told.at(-1)], [0, 'change 5'], 'of those that one made oneself, the group is looked at');
});

test('invitations that an event overtook are asked for again', async () => {
  const [api, store] = [new TestApi(), new Store()];
  const groups = new Groups(api, store, new TestClock());
  store.takeState(state([]));
  groups.loadInvitations();
  store.takeOwn({ type: 'group-invitation', me_rev: 6, invitation: { id: 11, group: { id: 9 }, user: { id: ME.id } }, state: 'open' });
  await api.calls[0].answer({ invitations: [] });
  assert.equal(groups.invitations.size, 1);
  await api.calls[0].answer({ invitations: [{ id: 11 }, { id: 12 }] });
  assert.equal(groups.invitations.size, 2);
});

test('who asks to be let in is followed where somebody looks', async () => {
  const { api, store, groups, told } = await looking();
  const request = (id, state, me_rev) => ({ type: 'group-join-request', me_rev, group_id: 5, user: { id, name: 'Sam' }, note: '', created_at: '', state });
  store.takeOwn(request(8, 'open', 6));
  assert.deepEqual([groups.requests(5).length, told.at(-1)], [0, 'change 5'], 'nobody looks');
  const wanted = groups.wantRequests(5);
  await api.calls[0].answer({ requests: [{ user: { id: 8, name: 'Sam' }, note: '', created_at: '' }], next: 8 });
  await api.calls[0].answer({ requests: [], next: null });
  await wanted;
  store.takeOwn(request(9, 'open', 7));
  assert.deepEqual(groups.requests(5).map((r) => r.user.id), [8, 9]);
  store.takeOwn(request(8, 'withdrawn', 8));
  groups.requestAnswered(5, 9);
  assert.deepEqual(groups.requests(5), []);
  store.takeOwn(request(ME.id, 'rejected', 9));
  assert.equal(told.at(-1), 'asked 5');
});

test('after a resync what moved is asked for again', async () => {
  const { api, store, groups } = await looking();
  store.takeState(state([conversation()], [], { ...ME, me_rev: 6 }));
  assert.deepEqual(api.calls, [], 'nothing moved');
  store.takeState(state([conversation({ rev: 9 })], [{ contact_type: 'group', contact_id: 5, messages: [], rev: 9, reset: true }], { ...ME, me_rev: 7 }));
  assert.ok(api.calls.some((c) => c.path === '/api/groups/5'));
  store.takeState(state([conversation({ rev: 9, ended: true })], [], { ...ME, me_rev: 8 }));
  assert.equal(groups.get(5), undefined);
  await settle();
});

test('a group that was renamed is called so in the list', async () => {
  const { store } = await started();
  store.take(notice(5, 'group-renamed', { name: 'Walkers' }));
  assert.equal(store.get('group:5').name, 'Walkers');
});

test('what is unread counts without those muted and hidden, which the list leaves out', () => {
  const store = new Store();
  const three = [{ unread: 2 }, { contact_id: 8, unread: 3, muted: true }, { contact_id: 9, unread: 4, hidden: true, hidden_seq: 9 }];
  store.takeState(state(three.map((c) => contact({ rev: 9, ...c }))));
  assert.equal(store.unread, 2);
  assert.deepEqual([store.shown().length, store.sorted().length], [2, 3]);
});

test('one’s role says what one may do with whom', () => {
  const [alex, kim, sam] = [member(3, 'Alex', 'owner'), member(7, 'Kim', 'admin'), member(8, 'Sam', 'member', { muted_until: '2026-11-25T17:00:00.000Z' })];
  const now = Date.parse('2026-11-25T16:00:00.000Z');
  const acts = (role, me, whom) => actsOn(group({ role }), me, whom, now).join(' ');
  assert.equal(acts('owner', 3, kim), 'demote mute nickname remove ban pass');
  assert.equal(acts('owner', 3, sam), 'promote unmute nickname remove ban pass');
  assert.equal(acts('owner', 3, alex), 'nickname');
  assert.equal(acts('admin', 7, sam), 'unmute nickname remove ban');
  assert.equal(acts('admin', 7, member(9, 'Tom', 'admin')), '');
  assert.equal(acts('admin', 7, alex), '');
  assert.equal(acts('member', 8, kim), '');
  assert.equal(actsOn(group(), 3, sam, now + 7_200_000)[1], 'mute', 'once that is over');
  const inviting = [{ role: 'member' }, { role: 'member', who_invites: 'members' }, { role: 'admin' }].map((more) => mayInvite(group(more)));
  assert.deepEqual(inviting, [false, true, true]);
});

test('what keeps one from writing', () => {
  const now = Date.parse('2026-11-25T16:00:00.000Z');
  const until = '2026-11-25T17:00:00.000Z';
  assert.equal(silence(undefined, now), null);
  assert.deepEqual(silence(group({ role: 'member', muted_until: until }), now), { until: Date.parse(until) });
  assert.equal(silence(group({ role: 'member', muted_until: until }), Date.parse(until)), null);
  assert.deepEqual(silence(group({ role: 'member', muted: true }), now), { until: null });
  assert.equal(silence(group({ role: 'admin', muted: true }), now), null);
  assert.deepEqual([pause(group({ role: 'member', slow_mode: 30 })), pause(group({ slow_mode: 30 })), pause(undefined)], [30, 0, 0]);
});

test('the notice that ended it says why', () => {
  const end = (what, by, user) => endOf(notice(9, what, { by: { id: by }, user: user && { id: user } }), 3);
  assert.deepEqual([end('member-left', 3), end('member-removed', 7, 3), end('member-banned', 7, 3), end('group-dissolved', 7)],
    ['left', 'removed', 'banned', 'dissolved']);
  assert.deepEqual([end('member-removed', 7, 8), end('member-left', 7), endOf(null, 3), endOf(message(9), 3)], ['group', 'group', 'group', 'group']);
});

test('members are sorted by role and found by any of their names', () => {
  const all = [member(8, 'Sam'), member(3, 'Alex', 'owner'), member(7, 'Kim', 'admin'), member(9, 'Bo', 'member', { nickname: 'Belayer' })];
  const nameOf = (m) => m.nickname || m.name;
  const found = (text) => membersByRole(all, nameOf, text).map((m) => m.name).join();
  assert.deepEqual([found(''), found('BEL'), found('bo'), found('nobody')], ['Alex,Kim,Bo,Sam', 'Bo', 'Bo', '']);
});

test('the places of groups have addresses', () => {
  for (const hash of ['#/c/group/5/settings', '#/c/group/5/access', '#/join/0123abcd', '#/groups']) assert.equal(formatRoute(parseRoute(hash)), hash);
  for (const hash of ['#/c/single/5/settings', '#/join/', '#/join/a b', '#/c/group/0/access']) assert.equal(parseRoute(hash).page, 'list', hash);
  assert.equal(formatRoute(behind(parseRoute('#/c/group/5/access'))), '#/c/group/5/info');
  assert.equal(formatRoute(behind(parseRoute('#/groups'))), '#/contacts');
});

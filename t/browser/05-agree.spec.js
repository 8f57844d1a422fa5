// The client's own modules without a page: after each kind of change this tab and the server have the same numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../www/js/store.js';
import { Receiver } from '../../www/js/receive.js';
import { name, Quick, until } from './people.js';

/** A tab without a page. */
async function tabOf(quick) {
  const store = new Store();
  const abort = new AbortController();
  const heard = { behind: 0 };
  const get = async (path) => {
    const answer = await quick.call('GET', path, undefined, abort.signal).catch((error) => { throw Object.assign(error, { status: 0 }); });
    if (answer.behind) heard.behind++;
    return answer;
  };
  const api = Object.assign(new EventTarget(), { get, post: (path, body) => quick.call('POST', path, body, abort.signal), sessionName: '' });
  const clock = { now: Date.now, setTimeout: (act, ms) => setTimeout(act, ms), clearTimeout: (timer) => clearTimeout(timer) };
  const receiver = new Receiver({ api, store, clock, random: () => 0.1 });
  receiver.start();
  await until('the first state', () => store.ready);
  return { store, receiver, heard, close: () => { receiver.stop(); abort.abort(); } };
}

/** Once nothing more comes, the sums are equal. */
async function agree(quick, tab, what) {
  await until(`${quick.name} to agree after ${what}`, async () => {
    const { queue } = await quick.call('POST', '/api/queues', {});
    const answer = await quick.call('GET', `/api/receive?queue=${queue}&after=0&timeout=0&revs=${tab.store.revs()}`);
    return answer.events.length === 0 && !answer.behind;
  });
  const { me, contacts } = await quick.call('POST', '/api/changes', {});
  assert.equal(tab.store.meRev, me.me_rev, what);
  for (const contact of contacts) {
    const c = tab.store.get(`${contact.contact_type}:${contact.contact_id}`);
    assert.deepEqual([c?.rev, c?.unread, c?.ended, c?.read_seq, c?.last?.seq],
      [contact.rev, contact.unread, contact.ended === true, contact.read_seq, contact.last_message?.seq], `${what}: ${contact.name}`);
  }
  assert.equal([...tab.store.conversations].length, contacts.length, what);
}

test('22: after each change the tabs and the server agree', async (context) => {
  const alex = await Quick.make(name('alex'), 'Alex');
  const kim = await Quick.make(name('kim'), 'Kim');
  const tabs = [[alex, await tabOf(alex)], [kim, await tabOf(kim)]];
  context.after(() => { for (const [, tab] of tabs) tab.close(); });
  const requests = (incoming, outgoing) => until(`${incoming} request for Alex, ${outgoing} of Kim`,
    () => tabs[0][1].store.incoming.size === incoming && tabs[1][1].store.outgoing.size === outgoing);
  const step = async (what, act) => {
    const result = await act();
    for (const [quick, tab] of tabs) await agree(quick, tab, what);
    return result;
  };
  await step('a request', () => kim.call('POST', '/api/friend-requests', { username: alex.username, note: 'hi' }));
  const { incoming } = await alex.call('GET', '/api/friend-requests');
  await requests(1, 1);
  await step('accepting it', () => alex.call('POST', `/api/friend-requests/${incoming[0].id}/accept`, {}));
  await requests(0, 0);
  await step('a message', () => kim.say('single', alex.id, 'one'));
  await step('an answer', () => alex.say('single', kim.id, 'two'));
  await step('a mark', () => alex.call('POST', '/api/read', { contact_type: 'single', contact_id: kim.id, seq: 1 }));
  const { group } = await step('a group', () => alex.call('POST', '/api/groups', { name: name('Group') }));
  await step('a member', () => alex.call('POST', `/api/groups/${group.id}/members`, { user_id: kim.id }));
  await step('a message to all', () => kim.say('group', group.id, 'hello'));
  await step('leaving', () => kim.call('DELETE', `/api/groups/${group.id}/members/${kim.id}`));
  await step('a message of the time outside', () => alex.say('group', group.id, 'secret'));
  await step('coming back', () => alex.call('POST', `/api/groups/${group.id}/members`, { user_id: kim.id }));
  await step('a message inside', () => alex.say('group', group.id, 'welcome'));
  await step('being removed', () => alex.call('DELETE', `/api/groups/${group.id}/members/${kim.id}`));
  await step('no friends any more', () => kim.call('DELETE', `/api/friends/${alex.id}`));
  await step('a second request', () => kim.call('POST', '/api/friend-requests', { username: alex.username }));
  const again = await alex.call('GET', '/api/friend-requests');
  await step('declining it', () => alex.call('POST', `/api/friend-requests/${again.incoming[0].id}/reject`, {}));
  await step('many at once', () => Promise.all(Array.from({ length: 60 }, (_, i) => alex.say('group', group.id, `${i}`))));
  for (const [, tab] of tabs) assert.equal(tab.heard.behind, 0, 'no poll had to tell that something was missing');
});

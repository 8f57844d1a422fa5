// Each column becomes other than 0 by what it is to count, and stays 0 without it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flaws } from './drawn.js';
import { COLUMNS, judge, tally } from './verdict.js';

const GROUP = 'group:1';
const text = (seq, from = 3) => ({ conv: GROUP, seq, rev: seq, kind: 'text', from, id: `k${seq}`, msg: `m${seq}`, notice: null });
const send = ({ id, conv, from, msg, seq }, more = {}) => ({
  id, conv, user: from, msg, tries: [{ begun: seq * 10, ended: seq * 10 + 5, status: 201, seq, ...more }],
});
const sight = ({ seq, id, kind, from, msg, notice }, more = {}) => ({ at: seq * 10 + 6, seq, id, kind, from, msg, notice, live: true, ...more });

/** A group of 3 and 4, three messages, a tab of each of the two that shows all. `spoil` changes it. */
function columns(spoil = () => {}) {
  const rows = [1, 2, 3].map((seq) => text(seq));
  const view = (user) => ({
    page: `tab of ${user}`, user, open: true, opened: -9000, ready: -8000, shares: null, away: [], drops: [],
    convs: new Map([[GROUP, { start: 1, rev: 3, sights: rows.map((row) => sight(row)) }]]),
  });
  const world = {
    sends: rows.map((row) => send(row)), written: [], views: [view(3), view(4)],
    heard: new Map([3, 4].map((user) => [`${user} ${GROUP}`, new Map([[1, 16], [2, 26], [3, 36]])])),
    refusals: [], others: [], strikes: [], stalls: [],
    database: { convs: [{ name: GROUP, rev: 3 }], rows, spans: [3, 4].map((user) => ({ conv: GROUP, user, first: 1, last: null })) },
  };
  spoil(world, world.views[1].convs.get(GROUP));
  return Object.fromEntries(Object.entries(tally(judge(world))).filter(([, count]) => count > 0));
}

test('all is well', () => assert.deepEqual(columns(), {}));

test('lost: not shown', () => {
  assert.deepEqual(columns((_, mine) => mine.sights.splice(1, 1)), { lost: 1 });
  assert.deepEqual(columns((_, mine) => mine.sights.pop()), { lost: 1 });
});

test('lost: the page doesn’t list the conversation', () => {
  assert.deepEqual(columns(({ views }) => views[1].convs.clear()), { lost: 1 });
});

test('lost: acknowledged and not stored', () => {
  const { lost, phantom } = columns(({ database }) => {
    database.rows.pop();
    database.convs[0].rev = 2;
  });
  assert.deepEqual([lost, phantom], [1, 2]);
});

test('lost: committed, though the sender never learnt it', () => {
  assert.deepEqual(columns(({ sends }, mine) => {
    sends[2].tries = [{ begun: 30, ended: 35, lost: 'chaos' }];
    mine.sights.pop();
  }), { lost: 1 });
});

test('lost: written, and never sent, or never settled', () => {
  const write = (more) => ({ at: 40, page: 'tab of 4', user: 4, conv: GROUP, msg: 'unsent', ...more });
  const outcome = (one) => columns(({ written, sends }) => {
    written.push(write());
    if (one) sends.push({ id: 'k4', conv: GROUP, user: 4, msg: 'unsent', tries: [{ begun: 41, ended: 42, ...one }] });
  });
  assert.deepEqual(outcome(null), { lost: 1 });
  assert.deepEqual(outcome({ lost: 'offline' }), { lost: 1 });
  assert.deepEqual(outcome({ status: 503, problem: 'x' }), { lost: 1 });
  assert.deepEqual(outcome({ status: 403, problem: 'not-a-member', excused: 'was out' }), {});
  assert.deepEqual(outcome({ status: 403, problem: 'not-a-member' }), { lost: 1, refused_wrongly: 1 });
  assert.deepEqual(columns(({ written }) => written.push(write({ user: 3, msg: 'm2' }))), {}, 'it is stored');
});

test('not lost: before the page began, after it was closed, while not a member', () => {
  assert.deepEqual(columns((_, mine) => {
    mine.sights.shift();
    mine.start = 2;
  }), {});
  assert.deepEqual(columns(({ views }, mine) => {
    mine.sights.pop();
    mine.rev = 2;
    Object.assign(views[1], { open: false, closed: 32 });
  }), {});
  assert.deepEqual(columns(({ database, heard }, mine) => {
    database.spans[1].last = 2;
    heard.get(`4 ${GROUP}`).delete(3);
    mine.sights.pop();
  }), {});
});

test('phantom: shown and never sent', () => {
  assert.deepEqual(columns((_, mine) => { mine.sights[1] = { ...mine.sights[1], msg: 'other words' }; }), { phantom: 1 });
});

test('phantom: shown with nothing stored there, or not as it is stored', () => {
  const ghost = { at: 40, seq: 4, id: null, kind: 'notice', from: 3, msg: '', notice: { what: 'member-left' }, live: true };
  assert.deepEqual(columns((_, mine) => mine.sights.push(ghost)), { phantom: 1 });
  const notice = (more) => columns(({ database, sends, views }, mine) => {
    const row = { ...text(2), id: null, kind: 'notice', msg: '', notice: { what: 'member-added', by: { id: 3, name: 'a' } } };
    database.rows[1] = row;
    sends.splice(1, 1);
    for (const { convs } of views) convs.get(GROUP).sights[1] = sight(row);
    mine.sights[1] = { ...mine.sights[1], ...more };
  });
  assert.deepEqual(notice({}), {});
  assert.deepEqual(notice({ notice: { by: { name: 'a', id: 3 }, what: 'member-added' } }), {}, 'in another order');
  assert.deepEqual(notice({ notice: { what: 'member-left', by: { id: 3, name: 'a' } } }), { phantom: 1 });
  assert.deepEqual(notice({ notice: { what: 'member-added', by: { id: 3, name: 'b' } } }), { phantom: 1 });
  assert.deepEqual(notice({ from: 4 }), { phantom: 1 });
  assert.deepEqual(notice({ kind: 'text' }), { phantom: 1 });
  assert.deepEqual(notice({ msg: 'x' }), { phantom: 1 });
});

test('doubled, disordered: as a page draws it', () => {
  const of = (seqs, entries = []) => [...flaws(
    seqs.map((seq) => ({ ...text(seq), client_id: `k${seq}`, timestamp: '2026-01-01T00:00:00Z' })),
    entries.map((id) => ({ client_id: id, msg: 'm', at: 0, state: 'sent' })), 3)].map(({ column, seq, id }) => `${column} ${seq ?? id}`);
  assert.deepEqual(of([1, 2, 3]), []);
  assert.deepEqual(of([1, 2, 2, 3]), ['doubled 2']);
  assert.deepEqual(of([1, 3, 2]), ['disordered 2']);
  assert.deepEqual(of([1, 2], ['k2', 'k4']), [], 'what was sent is drawn as the message that it has become');
  assert.deepEqual(of([1, 2], ['k4', 'k4']), ['doubled k4']);
  const again = { ...text(3), id: 'k2' };
  assert.equal([...flaws([text(2), again].map((m) => ({ ...m, client_id: m.id, timestamp: '2026-01-01T00:00:00Z' })), [], 4)].length, 1, 'one key at two places');
});

test('phantom: stored and never sent', () => {
  const { phantom } = columns(({ sends }) => { sends.pop(); });
  assert.equal(phantom, 3);
});

test('refused, and stored', () => {
  const refused = { status: 403, problem: 'not-a-member', seq: undefined, excused: 'was out' };
  assert.deepEqual(columns(({ sends, database }) => { sends[1] = send(database.rows[1], refused); }), { refused_but_stored: 1 });
  assert.deepEqual(columns(({ sends, database }) => {
    sends[1] = send(database.rows[1], refused);
    sends[1].tries.unshift({ begun: 19, ended: 20, lost: 'chaos' });
  }), {}, 'but not where an earlier try may have stored it');
});

test('refused for a fault of ours', () => {
  assert.deepEqual(columns(({ sends }) => sends[1].tries.unshift({ begun: 19, ended: 20, status: 401, problem: 'no-session' })), { refused_wrongly: 1 });
  assert.deepEqual(columns(({ refusals }) => refusals.push({ at: 1, user: 3, what: 'GET /api/receive: 404' })), { refused_wrongly: 1 });
});

test('doubled: stored twice, under one key or two', () => {
  for (const id of ['k3', 'k4']) {
    const { doubled } = columns(({ sends, database, views, heard }) => {
      const again = { ...text(4), id, msg: 'm3' };
      database.rows.push(again);
      database.convs[0].rev = 4;
      if (id === 'k4') sends.push(send(again));
      for (const { user, convs } of views) {
        convs.get(GROUP).sights.push(sight(again));
        heard.get(`${user} ${GROUP}`).set(4, 46);
      }
    });
    assert.equal(doubled, id === 'k3' ? 3 : 1);
  }
});

test('doubled: shown twice', () => {
  const { doubled } = columns((_, mine) => mine.sights.push(mine.sights[2]));
  assert.equal(doubled, 1);
});

test('disordered: below what was shown before, or at another’s place', () => {
  assert.deepEqual(columns((_, mine) => mine.sights.reverse()), { disordered: 2 });
  assert.deepEqual(columns((_, mine) => {
    const [a, b] = mine.sights;
    mine.sights.splice(0, 2, { ...a, seq: 2 }, { ...b, seq: 1 });
  }).disordered, 2);
  assert.deepEqual(columns((_, mine) => { mine.sights = mine.sights.reverse().map((s) => ({ ...s, live: false })); }), {},
    'a page of history may come later');
});

test('holes: an entry missing, or beyond the counter', () => {
  const without = columns(({ sends, database, views, heard }) => {
    database.rows.splice(1, 1);
    sends.splice(1, 1);
    for (const { user, convs } of views) {
      convs.get(GROUP).sights.splice(1, 1);
      heard.get(`${user} ${GROUP}`).delete(2);
    }
  });
  assert.deepEqual(without, { holes: 1 });
  assert.deepEqual(columns(({ database }) => { database.convs[0].rev = 2; }), { holes: 1 });
});

test('leaked: reached, or was shown to, somebody outside; or somebody outside wrote', () => {
  const removed = ({ database }) => { database.spans[1].last = 2; };
  assert.deepEqual(columns((world, mine) => {
    removed(world);
    mine.sights.pop();
  }), { leaked: 1 }, 'in an answer');
  assert.deepEqual(columns(removed), { leaked: 2 }, 'in an answer, and shown');
  assert.deepEqual(columns(({ database, sends, views }) => {
    database.rows[1] = text(2, 9);
    sends[1] = send(database.rows[1]);
    for (const { convs } of views) convs.get(GROUP).sights[1] = sight(database.rows[1]);
  }), { leaked: 1 }, 'written');
});

test('overtaken: begun after the answer to another, and numbered before it', () => {
  assert.deepEqual(columns(({ sends }) => { Object.assign(sends[0].tries[0], { begun: 100, ended: 105 }); }), { overtaken: 1 });
  assert.deepEqual(columns(({ sends }) => { Object.assign(sends[0].tries[0], { begun: 34, ended: 105 }); }).overtaken, 1);
  assert.deepEqual(columns(({ sends }) => { Object.assign(sends[0].tries[0], { begun: 24, ended: 105 }); }), {}, 'both under way at once');
});

test('failed: no answer, or a slow one, while that may not be', () => {
  const strike = { fault: 'deploy', from: 0, to: 100, healed: 100, over: 100, bound_ms: 5000, mustNotFail: true, p99: null, except: {} };
  const failed = (one) => columns(({ sends, strikes }) => {
    strikes.push(strike);
    sends[1].tries.unshift({ begun: 19, ended: 20, ...one });
  });
  assert.deepEqual(failed({ status: 503, problem: 'x' }), { failed: 1 });
  assert.deepEqual(failed({ lost: 'ECONNRESET' }), { failed: 1 });
  assert.deepEqual(failed({ lost: 'given up' }), { failed: 1 }, 'the client waited to its own deadline');
  assert.deepEqual(failed({ lost: 'chaos' }), {}, 'the client left');
  assert.deepEqual(failed({ lost: 'left' }), {}, 'its page went');
  const slow = (except) => columns(({ sends, strikes }) => {
    strikes.push({ ...strike, mustNotFail: false, p99: 1000, except });
    sends[1].tries[0].ended = 1900;
  });
  assert.deepEqual(slow({}), { failed: 1 });
  const bad = (one) => columns(({ sends, strikes }) => {
    strikes.push({ ...strike, mustNotFail: false, p99: 1000 });
    sends[1].tries.unshift({ begun: 19, ended: 20, ...one });
  });
  assert.deepEqual(bad({ status: 503, problem: 'x' }), { failed: 1 }, 'answered at once, by no good answer');
  assert.deepEqual(bad({ lost: 'given up' }), { failed: 1 });
  assert.deepEqual(bad({ ended: undefined }), { failed: 1 }, 'not answered to the end');
  assert.deepEqual(bad({ lost: 'chaos' }), {});
  assert.deepEqual(bad({ status: 403, problem: 'not-a-member', excused: 'was out' }), {});
  assert.deepEqual(slow({ conv: GROUP }), {});
  assert.deepEqual(slow({ user: 3 }), {});
});

test('late: shown more than a second after it was acknowledged', () => {
  // The third is acknowledged at 35 and shown so much later.
  const shown = (ms, spoil = () => {}) => columns((world, mine) => {
    mine.sights[2].at = 35 + ms;
    spoil(world, world.views[1]);
  });
  assert.deepEqual(shown(990), {});
  assert.deepEqual(shown(1010), { late: 1 });
  assert.deepEqual(shown(1010, ({ stalls }) => stalls.push({ at: 500, ms: 20 })), {}, 'the ledger had no turn');
  assert.deepEqual(shown(1010, ({ stalls }) => stalls.push({ at: 34, ms: 20 }, { at: 2000, ms: 20 })), { late: 1 }, 'at another time');
  const strike = (more) => ({ strikes }) =>
    strikes.push({ fault: 'x', from: 30, healed: 100, over: 100, to: 200, bound_ms: 5000, mustNotFail: false, p99: null, except: {}, ...more });
  assert.deepEqual(shown(5060, strike()), {}, 'it is over at 100, and has 5 s');
  assert.deepEqual(shown(5070, strike()), { late: 1 });
  assert.deepEqual(shown(1010, strike({ from: 1000, over: 1000 })), {}, 'it struck before it was due');
  assert.deepEqual(shown(1010, strike({ from: 1040, over: 1040 })), { late: 1 }, 'or after');
  assert.deepEqual(shown(1010, strike({ bound_ms: null })), { late: 1 }, 'calm excuses nothing');
  assert.deepEqual(shown(3900, (_, view) => view.away.push({ from: 20, to: 1000 })), {}, 'it slept');
  assert.deepEqual(shown(4000, (_, view) => view.away.push({ from: 20, to: 1000 })), { late: 1 });
  assert.deepEqual(shown(1900, (_, view) => view.drops.push({ from: 900, to: 1000 })), {}, 'it dropped its poll, and asked again at 1000');
  assert.deepEqual(shown(2000, (_, view) => view.drops.push({ from: 900, to: 1000 })), { late: 1 });
  const mate = ({ views }, view) => Object.assign(view, { shares: 'b' }) && views.push(
    { ...view, page: 'mate', convs: new Map(), open: false, closed: 3000, drops: [{ from: 900, to: 1000 }] });
  assert.deepEqual(shown(1900, mate), {}, 'who polls for it dropped it');
  assert.deepEqual(shown(1900, (_, view) => { view.opened = view.ready = 34; }), {}, 'it was just loaded');
  assert.deepEqual(shown(2000, (_, view) => { view.opened = view.ready = 34; }), { late: 1 });
  assert.deepEqual(shown(9000, (_, view) => { view.ready = 36; }), {}, 'it was acknowledged before there was a state');
});

test('late: not shown by a page that was open for more than a second', () => {
  const until = (closed) => columns(({ views }, mine) => {
    mine.sights.pop();
    mine.rev = 2;
    Object.assign(views[1], { open: false, closed });
  });
  assert.deepEqual(until(1030), {});
  assert.deepEqual(until(1040), { late: 1 });
});

test('what was found while it ran: differs, late, swollen', () => {
  for (const column of ['differs', 'late', 'swollen'])
    assert.deepEqual(columns(({ others }) => others.push({ column, why: 'x' })), { [column]: 1 });
});

test('there is no column that these tests don’t know', () => {
  assert.deepEqual(Object.keys(COLUMNS).sort(), ['differs', 'disordered', 'doubled', 'failed', 'holes', 'late', 'leaked', 'lost',
    'overtaken', 'phantom', 'refused_but_stored', 'refused_wrongly', 'swollen']);
});

// What is left of a run says all that was found, also by way of JSON.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone, lines, table, tooLittle } from './results.js';

const fault = (more) => ({ name: 'x', strikes: 1, cant: null, facts: { level: 5 }, ...more });
const strike = { fault: 'x', from: 100, to: 200, level_ms: 1000 };
const run = (more) => JSON.parse(JSON.stringify(lines({ strikes: [strike], faults: [fault({})], sends: [], offences: [], ...more })));
const cells = (all, name) => table(all).split('\n').find((row) => row.startsWith(`| ${name}`)).split(' | ');

test('never level', () => {
  const all = run({ strikes: [{ ...strike, level_ms: Infinity }] });
  assert.equal(cells(all, 'x').at(-2), 'never');
  assert.equal(cells(run({}), 'x').at(-2), '1.0 s');
  assert.equal(cells(run({ strikes: [] }), 'x').at(-2), '–');
});

test('a fault that could not strike again keeps what was found', () => {
  const offences = [{ column: 'lost', at: 150, why: '' }];
  const row = cells(run({ faults: [fault({ cant: 'no tool' })], offences }), 'x');
  assert.deepEqual([row[0], row[1], row[3]], ['| x (in part: no tool)', '1', '1']);
  assert.deepEqual(cells(run({ strikes: [], faults: [fault({ strikes: 0, cant: 'no tool' })] }), 'x').slice(1, 3), ['not run', 'no tool']);
});

test('a fault alone: with what came before its first strike', () => {
  const all = run({ offences: [{ column: 'lost', at: 50, why: '' }, { column: 'lost', at: 150, why: '' }] });
  assert.equal(all.find((line) => line.fault === 'x').columns.lost, 1);
  assert.equal(alone(all, 'x').columns.lost, 2);
  assert.equal(alone(all, 'y'), undefined);
});

test('a run that saw too little', () => {
  assert.match(tooLittle(0, 1), /nothing was acknowledged/);
  assert.match(tooLittle(0, 0), /nothing was acknowledged/);
  assert.match(tooLittle(19, 20), /LEAST is 20/);
  assert.equal(tooLittle(20, 20), null);
});

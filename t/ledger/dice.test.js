// A message is known by its UUID: no two dice throw the same one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Dice } from './dice.js';

test('uuids are those of their dice alone', () => {
  const seen = new Set();
  // As many as two long runs need: with the 2^32 places of the circle alone, some would be the same.
  for (let name = 0; name < 200; name++) {
    const dice = new Dice(7, `tab ${name}`);
    for (let i = 0; i < 500; i++) seen.add(dice.uuid());
  }
  assert.equal(seen.size, 100_000);
  for (const uuid of seen) assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Dice(7, 'x').uuid(), new Dice(7, 'x').uuid());
});

// The sum that is compared with the server's, against the formula in 32-bit arithmetic written out in big integers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revsSum } from '../../www/js/revs.js';

const MASK = 0xffffffffn;
const imul = (a, b) => ((a & MASK) * (b & MASK)) & MASK;
function plainly(all, meRev) {
  let sum = 0n;
  for (const c of [{ contact_type: 'single', contact_id: 0, rev: meRev }, ...all]) {
    const place = 2n * BigInt(c.contact_id) + (c.contact_type === 'group' ? 1n : 0n);
    sum += imul(imul(BigInt(c.rev) + 1n, 1640531527n) ^ (place & MASK), 2135587861n);
  }
  return Number(sum & MASK);
}

test('nothing but oneself', () => assert.equal(revsSum([], 0), plainly([], 0)));

test('conversations of both kinds, small and huge ids', () => {
  const all = [1, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 2 ** 52 + 12345, 2 ** 53 - 1].flatMap((contact_id, i) => [
    { contact_type: 'single', contact_id, rev: i * 977 }, { contact_type: 'group', contact_id, rev: 2 ** 32 + i }]);
  for (let n = 0; n <= all.length; n++) assert.equal(revsSum(all.slice(0, n), n), plainly(all.slice(0, n), n));
});

test('gaps do not cancel out, and order does not matter', () => {
  const at = (a, b) => [{ contact_type: 'single', contact_id: 1, rev: a }, { contact_type: 'single', contact_id: 2, rev: b }];
  assert.notEqual(revsSum(at(3, 4), 1), revsSum(at(4, 3), 1));
  assert.equal(revsSum(at(3, 4), 1), revsSum(at(3, 4).reverse(), 1));
});

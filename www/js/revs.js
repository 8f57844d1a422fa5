// revs.js: one number for everything that this tab has, which the server compares with its own. Pure.

/** @param {number} rev @param {number} id @param {boolean} isGroup */
function term(rev, id, isGroup) {
  const place = ((2 * id) | 0) | (isGroup ? 1 : 0);
  return Math.imul(Math.imul((rev + 1) | 0, 1640531527) ^ place, 2135587861);
}

/**
 * The 32-bit sum over all conversations and the user's own counter.
 * @param {Iterable<import('./types.js').Have>} conversations
 * @param {number} meRev
 */
export function revsSum(conversations, meRev) {
  let sum = term(meRev, 0, false);
  for (const c of conversations) sum = (sum + term(c.rev, c.contact_id, c.contact_type === 'group')) | 0;
  return sum >>> 0;
}

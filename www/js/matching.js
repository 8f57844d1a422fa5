// matching.js: finds conversations by their names. Pure.

/** Those whose names (a remark, the name given, the user name) hold all the words, in whatever case.
 * @template {{ name: string, givenName?: string, username?: string }} C @param {C[]} list @param {string} text */
export function matching(list, text) {
  const words = text.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const names = (/** @type {C} */ c) => `${c.name}\n${c.givenName ?? ''}\n${c.username ?? ''}`.toLocaleLowerCase();
  return list.filter((c) => words.every((word) => names(c).includes(word)));
}

// matching.js: finds conversations by their names. Pure.

import { readsAs } from './pinyin.js';

/** Those whose names (a remark, the name given, the user name) hold all the words, in whatever case; a Chinese name also by the
 * letters that its characters are read with.
 * @template {{ name: string, givenName?: string, username?: string }} C @param {C[]} list @param {string} text */
export function matching(list, text) {
  const words = text.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return list.filter((c) => {
    const names = [c.name, c.givenName ?? '', c.username ?? ''];
    const all = names.join('\n').toLocaleLowerCase();
    return words.every((word) => all.includes(word) || names.some((name) => readsAs(name, word)));
  });
}

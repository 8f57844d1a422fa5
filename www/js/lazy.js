// lazy.js: fetches a part of the program that is seldom needed, with the texts, drawings and looks of all such parts.

import { addIcons } from './html.js';
import { speakMore } from './i18n.js';

/** What tells whether a part can't be had because the server has a newer client, and what may help where it can't be had
 * for another reason (after.js). */
export const upgraded = { check: async () => false, mend: async () => {} };

/** What could not be had. @type {Set<string>} */
const missed = new Set();

/** Throws a problem named 'upgraded' or whatever it was. @template M @param {() => Promise<M>} fetch @returns {Promise<M>} */
export async function later(fetch) {
  try {
    const [module] = await Promise.all([fetch(), speakMore(), import('./icons.js').then(({ ICONS }) => addIcons(ICONS)),
      import('./styles.js').then(({ lookMore }) => lookMore())]);
    return module;
  } catch (problem) {
    if (await upgraded.check()) throw Object.assign(new Error('upgraded'), { name: 'upgraded' });
    const part = String(fetch);
    if (missed.has(part)) await upgraded.mend();
    missed.add(part);
    throw problem;
  }
}

/** Null where it can't be had just now. @template M @param {() => Promise<M>} fetch @returns {Promise<M | null>} */
export const lazy = (fetch) => later(fetch).catch((problem) => {
  console.error(problem);
  return null;
});

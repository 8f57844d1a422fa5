// lazy.js: fetches a part of the program that is seldom needed, with the texts and drawings of all such parts.

import { addIcons } from './html.js';
import { speakMore } from './i18n.js';

/** @template M @param {() => Promise<M>} fetch @returns {Promise<M>} */
export async function later(fetch) {
  const [module] = await Promise.all([fetch(), speakMore(), import('./icons.js').then(({ ICONS }) => addIcons(ICONS))]);
  return module;
}

/** Null where it can't be had just now. @template M @param {() => Promise<M>} fetch @returns {Promise<M | null>} */
export const lazy = (fetch) => later(fetch).catch((problem) => {
  console.error(problem);
  return null;
});

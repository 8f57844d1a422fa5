// i18n.js: texts in the reader's language. Plurals and numbers by Intl. The texts that are needed at first are here in each
// language: they are small, and asking for the chosen one would cost a whole trip to the server before anything shows.

import en from './lang/en.js';
import zhCN from './lang/zh-CN.js';

/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Text */

export const CODES = ['en', 'zh-CN'];
/** @type {Record<string, Record<string, Text>>} */
export const LANGUAGES = { en: { ...en }, 'zh-CN': { ...zhCN } };

let language = 'en';
let rules = new Intl.PluralRules('en');

/** The language for a choice ('auto' or one of LANGUAGES) and what the browser asks for.
 * @param {string} choice @param {readonly string[]} preferred */
export function choose(choice, preferred) {
  if (CODES.includes(choice)) return choice;
  for (const wanted of preferred) {
    if (/^zh\b/i.test(wanted)) return 'zh-CN';
    if (/^en\b/i.test(wanted)) return 'en';
  }
  return 'en';
}

/** @type {Set<string>} */
const whole = new Set();

/** Fetches the texts of what isn't fetched at first, too. */
export async function speakMore() {
  const chosen = language;
  if (whole.has(chosen)) return;
  Object.assign(LANGUAGES[chosen], (await import(`./lang/${chosen}.later.js`)).default);
  whole.add(chosen);
}

/** @param {string} chosen  one that is here */
export function setLanguage(chosen) {
  language = chosen;
  rules = new Intl.PluralRules(chosen);
}

export const currentLanguage = () => language;

/** @param {string} key */
export const has = (key) => key in LANGUAGES[language];

/**
 * The text of a key, with {names} filled in; `count` chooses the plural.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = LANGUAGES[language][key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  const form = typeof text === 'string' ? text : text[rules.select(Number(values.count))] ?? text.other ?? '';
  return form.replace(/(?:(\p{Script=Han})( ))?\{(\w+)\}( (?=\p{Script=Han}))?/gu, (as, character = '', before = '', name, after = '') => {
    if (!(name in values)) return as;
    const value = shown(values[name]);
    return character + seam(before, value.slice(0, 1)) + value + seam(after, value.slice(-1));
  });
}

const HAN = /\p{Script=Han}/u;

/** Chinese has a space between its characters and others, but none between two of its own. @param {string} space  at such a character @param {string} end */
const seam = (space, end) => (HAN.test(end) ? '' : space);

/** @param {string | number} value */
const shown = (value) => (typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value);

/** What went wrong, in words. @param {any} problem */
export function problemText(problem) {
  const key = `problem.${problem?.name}`;
  if (has(key)) return t(key);
  if (problem?.status === 429) return t('problem.too-many');
  if (problem?.status >= 500) return t('problem.server');
  return t('problem.unknown');
}

// when.js: when something was, in short; all of it on hover.

import { h } from '../html.js';
import { currentLanguage } from '../i18n.js';
import { exact, short } from '../time.js';

/** @param {string} at */
export function when(at) {
  const time = new Date(at);
  return h('time', { datetime: at, title: exact(currentLanguage(), time), text: short(currentLanguage(), time, new Date()) });
}

// styles.js: how that looks which isn't fetched at first.

import { fileAt } from './site.js';

/** @type {Promise<Event> | null} */
let asked = null;

/** Fetches later.css, once. */
export function lookMore() {
  asked ??= new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: fileAt('later.css') });
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      link.remove();
      asked = null;
      reject(new Error('later.css'));
    });
    document.head.append(link);
  });
  return asked;
}

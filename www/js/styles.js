// styles.js: how that looks which isn't fetched at first.

import { fileAt } from './site.js';

/** @type {Map<string, Promise<Event>>} */
const asked = new Map();

/** Fetches a style sheet, once; after a failure again. @param {string} file @param {string} [media] */
export function addStyle(file, media = 'all') {
  const style = asked.get(file) ?? new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', media, href: fileAt(file) });
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      link.remove();
      asked.delete(file);
      reject(new Error(file));
    });
    document.head.append(link);
  });
  asked.set(file, style);
  return style;
}

export const lookMore = () => addStyle('later.css');

// failed.js: what stands in the place of a part that has failed.

import { button, h } from '../html.js';
import { t } from '../i18n.js';

/** @param {() => void} again */
export const failed = (again) => h('div', { class: 'blank failed', role: 'alert' }, h('p', { text: t('part.failed') }),
  button({ label: t('part.again'), class: 'button' }, again));

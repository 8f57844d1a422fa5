// switched.js: what a page shows whose browser is somebody else's by now.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { mark } from './mark.js';

/** @param {{ name: string }} user @param {() => void} go */
export const switched = ({ name }, go) => h('main', { class: 'blank whole' }, mark(), h('h1', { text: t('auth.switched-title') }),
  h('p', { text: t('auth.switched', { name }) }), button({ label: t('auth.switched-go', { name }), class: 'button primary' }, go));

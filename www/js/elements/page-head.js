// page-head.js: the head of a page that is no conversation: the way back and what it is.

import { h, icon } from '../html.js';
import { t } from '../i18n.js';

/** @param {string} title */
export const pageHead = (title) => h('header', { class: 'head' },
  h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
  h('h1', { text: title }));

/** A link that looks like a button. @param {string} href @param {string} name  of its icon @param {string} label */
export const iconLink = (href, name, label) =>
  h('a', { class: 'icon-button', href, 'aria-label': label, title: label }, icon(name));

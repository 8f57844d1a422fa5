// own-link.js: what one hands on so that others find one: the user name and a link, each with "Copy".

import { copied } from '../copy.js';
import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { toast } from './toast.js';

/** @param {string} username */
export function ownLink(username) {
  const link = new URL(`#/add/${username}`, location.href).href;
  return [given('auth.username', 'own-username', username, 'first.copied-name'), given('first.link', 'own-link', link, 'first.copied'),
    h('p', { class: 'hint', text: t('first.you-hint') }), share(username, link)];
}

/** @param {string} label @param {string} id @param {string} value @param {string} done */
function given(label, id, value, done) {
  const box = h('input', { id, type: 'text', readonly: true, dir: 'ltr', value });
  box.addEventListener('focus', () => box.select());
  const copy = button({ label: t('access.copy'), icon: 'copy', class: 'button', title: t('first.copy-of', { what: t(label) }) },
    async () => toast(t(await copied(box) ? done : 'first.copy-yourself')));
  return h('div', { class: 'field' }, h('label', { for: id, text: t(label) }), h('div', { class: 'copied' }, box, copy));
}

/** By whatever else the device has for it. @param {string} username @param {string} url */
function share(username, url) {
  if (!navigator.share) return null;
  const what = { title: 'Magpie', text: t('first.share-text', { username }), url };
  return button({ label: t('first.share'), icon: 'share', class: 'button primary' }, () => navigator.share(what).catch(() => {}));
}

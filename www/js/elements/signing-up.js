// signing-up.js: the card in which one makes an account.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { checkPassword } from '../password.js';
import { makeForm } from './form.js';

const USERNAME = /^[a-z0-9_.-]{3,32}$/;

/** @param {{ send: (values: Record<string, string>) => Promise<void>, back: () => void, written: Record<string, string> }} what
 *   `written` in the fields of the same names, before */
export function signUp({ send, back, written }) {
  const username = {
    name: 'username', label: t('auth.username'), hint: t('auth.username-hint'), autocomplete: 'username', value: written.username,
    check: (/** @type {string} */ text) => (USERNAME.test(text) ? null : t('field.username')),
  };
  const name = { name: 'name', label: t('auth.name'), hint: t('auth.name-hint'), autocomplete: 'name', max: 32, value: written.name };
  const password = {
    name: 'password', label: t('auth.password'), hint: t('auth.password-hint'), type: 'password', autocomplete: 'new-password',
    value: written.password, check: checkPassword,
  };
  return h('section', { class: 'card' }, h('h1', { text: t('auth.signup-title') }),
    makeForm({ fields: [username, name, password], submit: t('auth.signup'), act: send }),
    h('p', { class: 'other' }, t('auth.to-login'), ' ', button({ label: t('auth.login'), class: 'link' }, back)));
}

// password.js: what a password must be, as the server asks it. Pure.

import { t } from './i18n.js';

/** What is wrong with a new password, in words. @param {string} value */
export function checkPassword(value) {
  const bytes = new TextEncoder().encode(value).length;
  if (bytes < 8) return t('field.password-short');
  return bytes > 256 ? t('field.password-long') : null;
}

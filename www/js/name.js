// name.js: how somebody is called. Pure.

import { t } from './i18n.js';

/** A deleted account has no name: that is said in the reader's language. @param {string | undefined} name */
export const shownName = (name) => name || t('name.deleted');

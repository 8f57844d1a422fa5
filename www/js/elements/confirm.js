// confirm.js: asks before something is done that cannot be undone at once.

import { button, h } from '../html.js';
import { t } from '../i18n.js';

/** @param {string} question @param {string} yes @returns {Promise<boolean>} */
export function confirmed(question, yes) {
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ value) => () => { dialog.close(); resolve(value); };
    const dialog = h('dialog', { class: 'confirm', 'aria-label': question }, h('p', { text: question }),
      h('div', { class: 'actions' }, button({ label: t('action.cancel'), class: 'button' }, answer(false)),
        button({ label: yes, class: 'button primary danger' }, answer(true))));
    dialog.addEventListener('cancel', answer(false));
    dialog.addEventListener('close', () => { dialog.remove(); resolve(false); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// dialog.js: a form over the page, for what is asked in passing.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { makeForm } from './form.js';

let made = 0;

/**
 * @param {string} title @param {Parameters<typeof makeForm>[0]} what  closes when `act` went well
 * @param {...Node} before  what is to be read first
 */
export function openForm(title, what, ...before) {
  if (document.querySelector('dialog[open]')) return;
  const id = `dialog-${++made}`;
  const form = makeForm({ ...what, act: async (values) => { await what.act(values); dialog.close(); } });
  const submit = /** @type {Node} */ (form.querySelector('[type=submit]'));
  form.append(h('div', { class: 'actions' }, button({ label: t('action.cancel'), class: 'button' }, () => dialog.close()), submit));
  const dialog = h('dialog', { class: 'confirm asks', 'aria-labelledby': id }, h('h2', { id, dir: 'auto', text: title }), ...before, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement | null} */ (form.querySelector('input, textarea, select'))?.focus();
}

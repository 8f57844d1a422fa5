// finder.js: goes to a conversation by its name (Ctrl+K), and tells the keys (?).

import { h } from '../html.js';
import { t } from '../i18n.js';
import { matching } from '../matching.js';
import { avatar } from './avatar.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

const SHOWN = 8;
const KEYS = [
  ['find', 'Ctrl', 'K'], ['previous', 'Alt', '↑'], ['next', 'Alt', '↓'], ['previous-unread', 'Alt', 'Shift', '↑'],
  ['next-unread', 'Alt', 'Shift', '↓'], ['newline', 'Shift', 'Enter'], ['emoji', ':'], ['close', 'Esc'], ['help', '?'],
];

/** @param {string} label @param {...Node} content */
function openDialog(label, ...content) {
  if (document.querySelector('dialog[open]')) return null;
  const dialog = h('dialog', { class: 'finder', 'aria-label': label }, ...content);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** @param {Conversation[]} all @param {(c: Conversation) => void} go */
export function openFinder(all, go) {
  const input = h('input', {
    type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'found', 'aria-autocomplete': 'list',
    'aria-label': t('keys.find'), placeholder: t('keys.find'), autocomplete: 'off', dir: 'auto', spellcheck: 'false',
  });
  const list = h('ul', { id: 'found', role: 'listbox', 'aria-label': t('list.title'), class: 'found' });
  const nobody = h('p', { class: 'hint', role: 'status' });
  const dialog = openDialog(t('keys.find'), input, list, nobody);
  if (!dialog) return;
  let found = all;
  let at = 0;
  const choose = (/** @type {Conversation | undefined} */ c) => {
    if (!c) return;
    dialog.close();
    go(c);
  };
  const draw = () => {
    found = matching(all, input.value).slice(0, SHOWN);
    at = Math.max(0, Math.min(at, found.length - 1));
    list.replaceChildren(...found.map((c, i) => option(c, i === at, () => choose(c))));
    nobody.textContent = found.length === 0 ? t(all.length > 0 ? 'keys.nobody' : 'list.empty') : '';
    if (found.length > 0) input.setAttribute('aria-activedescendant', `found-${found[at].key}`);
    else input.removeAttribute('aria-activedescendant');
  };
  input.addEventListener('input', () => { at = 0; draw(); });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter') choose(found[at]);
    else if (event.key === 'ArrowDown') at = (at + 1) % Math.max(1, found.length);
    else if (event.key === 'ArrowUp') at = (at + found.length - 1) % Math.max(1, found.length);
    else return;
    event.preventDefault();
    draw();
  });
  draw();
}

/** @param {Conversation} c @param {boolean} isChosen @param {() => void} act */
function option(c, isChosen, act) {
  const node = h('li', { role: 'option', id: `found-${c.key}`, 'aria-selected': String(isChosen) },
    avatar(c.type, c.id, c.name, { size: 'small', picture: c.avatar }), h('span', { class: 'name', dir: 'auto', text: c.name }), under(c));
  node.addEventListener('click', act);
  return node;
}

/** What else one may have found somebody by. @param {Conversation} c */
function under(c) {
  const text = [c.remark && c.remark !== c.givenName ? c.givenName : '', c.username && `@${c.username}`].filter(Boolean).join(' · ');
  return text && h('span', { class: 'username', dir: 'auto', text });
}

/** @param {import('../prefs.js').Prefs} prefs  which say what Enter does */
export function openKeys(prefs) {
  const keysOf = (/** @type {string[]} */ [what, ...keys]) => (what === 'newline' && prefs.get('send') !== 'enter' ? ['Enter'] : keys);
  openDialog(t('keys.title'), h('h2', { text: t('keys.title') }), h('dl', { class: 'keys' }, ...KEYS.flatMap((row) => [
    h('dt', { text: t(`keys.${row[0]}`) }), h('dd', {}, ...keysOf(row).map((key) => h('kbd', { text: key })))])));
}

// toast.js: says at the page's foot what was done, and takes it back if one wishes so: by its button or, outside of boxes,
// by Ctrl+Z. What went wrong is said there, too.

import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';

const STAYS = 10_000;

/** @type {AbortController | null} */
let shown = null;

/** @param {string} text @param {() => Promise<any>} [undo] */
export function toast(text, undo) {
  shown?.abort();
  const ended = shown = new AbortController();
  const { signal } = ended;
  const takeBack = () => { ended.abort(); undo?.().catch(complain); };
  const node = h('div', { class: 'toast', role: 'status' }, h('span', { dir: 'auto', text }),
    undo && button({ label: t('action.undo'), class: 'link' }, takeBack));
  signal.addEventListener('abort', () => node.remove());
  document.addEventListener('keydown', (event) => {
    if (!undo || !isUndo(event)) return;
    event.preventDefault();
    takeBack();
  }, { signal });
  stay(node, ended);
  document.body.append(node);
}

/** @param {any} problem */
export function complain(problem) {
  toast(problemText(problem));
}

/** It goes after a while, but not from under the pointer or the focus. @param {HTMLElement} node @param {AbortController} ended */
function stay(node, ended) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => (node.matches(':hover, :focus-within') ? wait() : ended.abort()), STAYS);
  };
  wait();
  ended.signal.addEventListener('abort', () => clearTimeout(timer));
}

/** @param {KeyboardEvent} event */
function isUndo(event) {
  const isWriting = event.target instanceof Element && event.target.matches('input, textarea, select');
  return !isWriting && !event.isComposing && (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
}

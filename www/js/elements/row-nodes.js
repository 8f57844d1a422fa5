// row-nodes.js: the nodes of a conversation's lines.

import { isMentioned } from '../conversation.js';
import { button, h, icon } from '../html.js';
import { currentLanguage, has, t } from '../i18n.js';
import { noticeText, runText } from '../notice.js';
import { isEmojiOnly, parts, pieces } from '../text.js';
import { clock, dayLine, exact } from '../time.js';
import { avatar } from './avatar.js';

/** @typedef {import('../rows.js').Row} Row */
/** @typedef {import('../types.js').Look} Look */

/** Whose face stands before a row. @param {Row} row @param {Look} view */
const shownFace = (row, view) => (row.first && !row.mine && view.isGroup && row.message ? row.message.from : null);

/** What a row looks like depends on nothing but this. @param {Row} row @param {Look} view */
export function signOf(row, view) {
  const today = row.kind === 'day' ? new Date().toDateString() : '';
  const from = shownFace(row, view);
  return [from === null ? '' : view.face(from), row.kind, row.message?.rev, row.run?.length, row.entry?.state, row.entry?.problem, row.first, row.last, today].join();
}

/** @param {Row} row @param {Look} view @param {boolean} [isOpen]  a run: unfolded @returns {HTMLElement[]} */
export function contentOf(row, view, isOpen = false) {
  const language = currentLanguage();
  if (row.kind === 'day') return [h('span', { text: dayLine(language, row.at, new Date()) })];
  if (row.kind === 'unread') return [h('span', { text: t('chat.unread-line') })];
  if (row.kind === 'notice' && row.message)
    return [h('span', { dir: 'auto', title: exact(language, row.at), text: noticeText(row.message, view.me, view.nameOf) })];
  return row.run ? [runNode(row.run, view, isOpen)] : messageContent(row, view);
}

/** A run in one line, which unfolds into its notices; they are made when somebody asks.
 * @param {import('../types.js').Message[]} run @param {Look} view @param {boolean} isOpen */
function runNode(run, view, isOpen) {
  const lines = h('ul');
  const summary = h('summary', {}, h('span', { dir: 'auto' }, runText(run, view.me, view.nameOf), icon('down')));
  const fill = () => lines.replaceChildren(...run.map((message) => h('li', {
    dir: 'auto', title: exact(currentLanguage(), new Date(message.timestamp)), text: noticeText(message, view.me, view.nameOf),
  })));
  if (isOpen) fill();
  else summary.addEventListener('click', fill, { once: true });
  return h('details', { open: isOpen }, summary, lines);
}

/** @param {Row} row */
export function classOf(row) {
  if (row.kind === 'run') return 'row notice run';
  if (row.kind !== 'message') return `row ${row.kind}`;
  const text = row.message?.msg ?? row.entry?.msg ?? '';
  return ['row message', row.mine ? 'mine' : 'theirs', row.first && 'first', row.last && 'last',
    isEmojiOnly(text) && 'emoji', row.message?.kind === 'recalled' && 'recalled', row.entry?.state].filter(Boolean).join(' ');
}

/** @param {Row} row @param {Look} view */
function messageContent(row, view) {
  const text = row.message?.msg ?? row.entry?.msg ?? '';
  const isToMe = !row.mine && row.message && isMentioned(row.message, view.me);
  const bubble = h('div', { class: isToMe ? 'bubble to-me' : 'bubble' },
    textNode(row.message?.kind === 'recalled' ? t('chat.recalled') : text, clock(currentLanguage(), row.at)),
    isToMe && h('span', { class: 'unseen', text: t('list.mentioned') }), meta(row));
  /** @type {HTMLElement[]} */
  const nodes = [bubble];
  if (!row.mine && view.isGroup && row.message) {
    const { from } = row.message;
    const from_name = view.nameOf(from, row.message.from_name);
    if (row.first) bubble.prepend(h('span', { class: 'from', dir: 'auto', text: from_name }));
    else bubble.prepend(h('span', { class: 'unseen', text: `${from_name}: ` }));
    nodes.unshift(row.first ? avatar('single', from, from_name, { size: 'small', picture: view.face(from) }) : h('span', { class: 'no-avatar' }));
  } else {
    bubble.prepend(h('span', { class: 'unseen', text: `${row.mine ? t('chat.you') : view.nameOf(row.message?.from, row.message?.from_name)}: ` }));
  }
  if (row.entry?.state === 'failed') nodes.push(failure(row.entry));
  return nodes;
}

/** @param {string} text @param {string} time  beside it */
function textNode(text, time) {
  const all = parts(text.trimEnd());
  // Code is no prose: it begins at the left, and who has no mouse can scroll it.
  const code = (/** @type {import('../text.js').Part} */ { text: lines, language }) =>
    h('code', { class: all.length > 1 && 'among', dir: 'ltr', tabindex: '0', 'data-language': language || null }, ...textNodes(lines));
  return h('p', { class: 'text', dir: 'auto', 'data-time': time },
    ...all.flatMap((part) => (part.isCode ? [code(part)] : textNodes(part.text))));
}

/** @param {string} text @returns {(string | HTMLElement)[]} */
function textNodes(text) {
  return pieces(text).map((piece) => (piece.href
    ? h('a', { href: piece.href, target: '_blank', rel: 'noopener noreferrer', text: piece.text })
    : piece.text));
}

/** @param {Row} row */
function meta(row) {
  const language = currentLanguage();
  const time = h('time', { datetime: row.at.toISOString(), title: exact(language, row.at), text: clock(language, row.at) });
  return h('span', { class: 'meta' }, time, row.mine ? stateSign(row) : null);
}

/** @param {Row} row */
function stateSign(row) {
  const state = row.entry?.state ?? 'sent';
  if (state === 'failed') return null;
  const name = state === 'sent' ? 'check' : 'clock';
  const label = t(state === 'sent' ? 'chat.sent' : state === 'waiting' ? 'chat.waiting' : 'chat.sending');
  return h('span', { class: 'state', title: label }, icon(name), h('span', { class: 'unseen', text: label }));
}

/** @param {import('../unsent.js').Entry} entry */
function failure(entry) {
  const key = `problem.${entry.problem}`;
  const why = t(has(key) ? key : 'problem.unknown');
  const wish = (/** @type {string} */ type) => (/** @type {Event} */ event) => event.currentTarget?.dispatchEvent(
    new CustomEvent(type, { bubbles: true, detail: { clientId: entry.client_id } }));
  return h('div', { class: 'failure', role: 'alert' }, icon('alert'), h('span', { text: t('chat.not-sent', { why }) }),
    button({ label: t('action.retry'), class: 'link' }, wish('retry-message')),
    button({ label: t('action.delete'), class: 'link' }, wish('delete-message')));
}

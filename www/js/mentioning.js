// mentioning.js: who is offered for what is written after an @ in a group. Pure.

import { mayManage } from './group-may.js';
import { matching } from './matching.js';

const FOUND_MAX = 6;

// As the server has it: before the sign, also the wide one of Chinese input, there is nothing of what addresses are made of.
const ASKS = /(^|[^A-Za-z0-9_.@＠/-])[@＠]([\p{L}\p{N}_.-]*)$/u;

/** What is written after the sign, up to the caret. @param {string} text @param {number} caret @returns {{ start: number, words: string } | null} */
export function mentionAsked(text, caret) {
  const match = ASKS.exec(text.slice(0, caret));
  return match && { start: match.index + match[1].length, words: match[2] };
}

/** @typedef {{ id: number, name: string, givenName: string, username: string, avatar?: string | null }} Mentionable */

/** The best few: those whose names begin so come first; everybody, for those who may call all, comes last.
 * @param {import('./types.js').Group} group @param {string} words
 * @param {{ me: number, nameOf: (user: number, given: string) => string, everybody: string }} look @returns {Mentionable[]} */
export function mentionable(group, words, { me, nameOf, everybody }) {
  const members = group.members.filter((m) => m.id !== me && m.username)
    .map((m) => ({ ...m, name: nameOf(m.id, m.name), givenName: m.name, username: m.username ?? '' }));
  const lower = words.toLocaleLowerCase();
  const begins = (/** @type {Mentionable} */ m) => [m.username, m.name, m.givenName].some((name) => name.toLocaleLowerCase().startsWith(lower));
  members.sort((a, b) => Number(begins(b)) - Number(begins(a)) || a.name.localeCompare(b.name));
  const all = mayManage(group) ? [{ id: 0, name: everybody, givenName: '', username: 'all' }] : [];
  const found = matching(members, words).slice(0, FOUND_MAX);
  return [...found, ...matching(all, words)];
}

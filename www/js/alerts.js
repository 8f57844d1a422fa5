// alerts.js: whether a message is told outside of the page, by a notice on the desktop and a sound. Pure.

import { isMentioned } from './conversation.js';
import { addChoices } from './prefs.js';

/** @typedef {import('./types.js').Message} Message */

/** @typedef {{ from: string, to: string }} Span  'HH:MM', of any day; over midnight where it ends before it begins */

/**
 * @typedef {object} Where  the conversation
 * @property {number} me
 * @property {boolean} isFront  it is in front of somebody, in any tab of this browser
 * @property {boolean} muted
 * @property {boolean} mentions  a mention comes in spite of muted
 * @property {number} read_seq
 */

/**
 * @typedef {object} How  what this browser prefers, and now
 * @property {boolean} notices
 * @property {boolean} sound
 * @property {boolean} isBusy
 * @property {Span | null} quiet
 * @property {Date} at
 * @property {number} soundedAt  when there was a sound, in milliseconds
 */

/** @typedef {{ key: string, messages: Message[], where: Where }} News  the newest message first */
/** @typedef {{ key: string, message: Message }} Told */

const AT_ONCE = 3;                       // conversations; beyond, one notice tells of all
const SOUND_EVERY = 3000;

/** All half hours, the one that nobody chose first. @param {string} first */
function halfHours(first) {
  const all = Array.from({ length: 48 }, (_, i) => `${String(i >> 1).padStart(2, '0')}:${i % 2 ? '30' : '00'}`);
  return [first, ...all.filter((time) => time !== first)];
}

export const ALERT_CHOICES = {
  notices: ['off', 'on'], text: ['shown', 'hidden'], sound: ['on', 'off'], quiet: ['off', 'on'],
  'quiet-from': halfHours('22:00'), 'quiet-to': halfHours('07:00'),
};
addChoices(ALERT_CHOICES);

/** @param {Span | null} span @param {Date} at  a moment, by the clock of where one is */
export function isQuietAt(span, at) {
  if (!span) return false;
  const now = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  return span.from <= span.to ? span.from <= now && now < span.to : span.from <= now || now < span.to;
}

/** @param {Message} message @param {Where} where @param {How} how */
export function decide(message, where, how) {
  const isUnread = message.kind === 'text' && message.from !== where.me && message.seq > where.read_seq;
  const isWanted = !where.muted || (where.mentions && isMentioned(message, where.me));
  if (!isUnread || !isWanted || where.isFront || isQuietAt(how.quiet, how.at)) return { notice: false, sound: false };
  return { notice: how.notices, sound: how.sound && !how.isBusy };
}

/**
 * What is done about all that came at once: a notice for each conversation, or a single one for all.
 * @param {News[]} news @param {How} how @param {boolean} isCatchingUp  one has been away: whatever it is, one notice
 * @returns {{ notices: Told[], summary: Told[], sound: boolean }}
 */
export function plan(news, how, isCatchingUp) {
  const done = news.flatMap(({ key, messages, where }) => {
    const all = messages.map((message) => ({ key, message, ...decide(message, where, how) }));
    return all.find((one) => one.notice || one.sound) ?? [];
  });
  const told = done.filter((one) => one.notice).map(({ key, message }) => ({ key, message }));
  const isOne = told.length > (isCatchingUp ? 1 : AT_ONCE);
  return {
    notices: isOne ? [] : told,
    summary: isOne ? told : [],
    sound: done.some((one) => one.sound) && how.at.getTime() - how.soundedAt >= SOUND_EVERY,
  };
}

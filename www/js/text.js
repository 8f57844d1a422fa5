// text.js: what can be seen in a text. Pure.

const URL_START = /\bhttps?:\/\/[^\s<>"'\x60\u3000-\u303f\uff00-\uffef]+/gi;
const TRAILING = /[.,:;!?\u2026*_~]+$/;
// Blank as people see it: white space, and what has no width or shape of its own.
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0f\u20e3\s]|[\u{e0020}-\u{e007f}])+$/u;
const LETTER = /[\p{L}\p{N}]/u;
const HAN = /\p{Script=Han}/u;

/** @typedef {{ text: string, href?: string }} Piece */

/** Cuts a text into words and http(s) links; joined, the pieces' texts are the text. @param {string} text */
export function pieces(text) {
  /** @type {Piece[]} */
  const found = [];
  let end = 0;
  for (const match of text.matchAll(URL_START)) {
    const shown = withoutTail(match[0]);
    const href = safeHref(shown);
    if (!href) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** Leaves out the full stop after a link, and a bracket that was opened before it. @param {string} url */
function withoutTail(url) {
  for (;;) {
    const shorter = url.replace(TRAILING, '');
    const last = shorter.at(-1);
    const opened = last === ')' ? '(' : last === ']' ? '[' : null;
    const extra = opened && count(shorter, /** @type {string} */ (last)) > count(shorter, opened);
    if (!extra) return shorter;
    url = shorter.slice(0, -1);
  }
}

/** @param {string} text @param {string} character */
const count = (text, character) => text.split(character).length - 1;

/** @param {string} text @returns {string | null} the address to link to; null where there should be no link */
function safeHref(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username || url.password || !url.hostname) return null;
  return url.href;
}

/** @param {string} text */
export const isBlank = (text) => !VISIBLE.test(text);

/** Code points, as the server counts. @param {string} text */
export function length(text) {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** @param {string} text */
export function isEmojiOnly(text) {
  return text.length <= 40 && EMOJI_ONLY.test(text) && /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text);
}

// A list that is set in is no code, and neither is a paragraph.
const INDENTED = /^(?:\t| {2,})(?![-*+>\u2022\u00b7\u2013]|\d+[.)])/;
const CODE_SIGN = /[;{}]$|\w\(.*\)$|=>$|^\s*(?:#include|#!|\/\/|<\/?[a-z]|(?:def|return|import|const|function)\b)/;

const OPENS = /^\x60{3}([\w+#.-]*)\s*$/;
const CLOSES = /\x60{3}\s*$/;

/** @typedef {{ text: string, isCode: boolean, language?: string }} Part */

/** Cuts a text into prose and code, which is what stands between a line of three backticks, with a language behind them or
 * not, and the next three at a line's end; without any, all of it is the one or the other. @param {string} text @returns {Part[]} */
export function parts(text) {
  const lines = text.split('\n');
  /** @type {Part[]} */
  const found = [];
  let done = 0;                          // so many lines
  for (let at = 0; at < lines.length; at++) {
    const opens = OPENS.exec(lines[at]);
    const last = opens ? lines.findIndex((line, i) => i > at && CLOSES.test(line)) : -1;
    if (opens && last < 0) break;
    if (!opens) continue;
    const code = [...lines.slice(at + 1, last), lines[last].replace(CLOSES, '')].join('\n').replace(/\n$/, '');
    if (code.trim() !== '') {
      found.push(...proseOf(lines.slice(done, at)), { text: code, isCode: true, language: opens[1] });
      done = last + 1;
    }
    at = last;
  }
  return found.length === 0 ? [{ text, isCode: looksLikeCode(text) }] : [...found, ...proseOf(lines.slice(done))];
}

/** Beside code, without the empty lines towards it. @param {string[]} lines @returns {Part[]} */
function proseOf(lines) {
  const first = lines.findIndex((line) => line !== '');
  let end = lines.length;
  while (lines[end - 1] === '') end--;
  return first < 0 ? [] : [{ text: lines.slice(first, end).join('\n'), isCode: false }];
}

/** Several lines that are set in as programs are, with their signs at the ends. @param {string} text */
export function looksLikeCode(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return false;
  const indented = lines.filter((line) => INDENTED.test(line)).length;
  const signs = lines.filter((line) => CODE_SIGN.test(line.trimEnd())).length;
  const blocks = lines.filter((line, i) => line.trimEnd().endsWith(':') && INDENTED.test(lines[i + 1] ?? '')).length;
  return indented > 0 ? signs + blocks > 1 || (indented > 1 && blocks > 0) : signs > 2 && signs > lines.length / 2;
}

/** What stands in an avatar: for a Chinese name its last two characters, else initials. @param {string} name */
export function initials(name) {
  const isShown = (/** @type {string} */ c) => (LETTER.test(name) ? LETTER : VISIBLE).test(c);
  const characters = [...name.trim()].filter(isShown);
  const han = characters.filter((c) => HAN.test(c));
  if (han.length > 0 && HAN.test(characters[0])) return han.slice(-2).join('');
  const words = name.trim().split(/[\s._-]+/u).filter(isShown);
  const firsts = words.map((w) => [...w].find(isShown) ?? '');
  const chosen = firsts.length > 1 ? [firsts[0], firsts[firsts.length - 1]] : firsts;
  return chosen.join('').toLocaleUpperCase() || '?';
}

const HUES = 12;

/** One of twelve colours, the same one each time. @param {string} type @param {number} id */
export function tint(type, id) {
  return (Math.imul(id % 2147483647 + (type === 'group' ? 7 : 0), 2654435761) >>> 0) % HUES;
}

/** @param {string} text one line of it, for the list: its words, and not what sets code apart */
export const oneLine = (text) => parts(text).map((part) => part.text).join(' ').replace(/\s+/gu, ' ').trim();

// time.js: dates and times as people read them. Pure, but for Intl's time zone.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
export const GROUPED_WITHIN = 5 * MINUTE;

/** @param {Date} a @param {Date} b */
export function sameDay(a, b) {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** Whole days of the calendar from `then` to `now`. @param {Date} then @param {Date} now */
export function daysBetween(then, now) {
  const midnight = (/** @type {Date} */ d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

/** Days and months in the order of the reader's country: 'en-GB' where the page speaks 'en'.
 * @param {string} language @param {readonly string[]} [preferred] */
export const localeOf = (language, preferred = globalThis.navigator?.languages ?? []) =>
  preferred.find((locale) => locale === language || locale.startsWith(`${language}-`)) ?? language;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} language @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(language, name, options) {
  const key = `${language} ${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), options);
  formats.set(key, known);
  return known;
}

/** "14:05" @param {string} language @param {Date} date */
export const clock = (language, date) =>
  format(language, 'clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);

/** Day and time, in few words. @param {string} language @param {Date} date */
export const moment = (language, date) =>
  format(language, 'moment', { dateStyle: 'medium', timeStyle: 'short' }).format(date);
/** @param {string} language @param {Date} date */
export const day = (language, date) => format(language, 'day', { dateStyle: 'long' }).format(date);

/** Everything, for a tooltip. @param {string} language @param {Date} date */
export const exact = (language, date) =>
  format(language, 'exact', { dateStyle: 'full', timeStyle: 'medium' }).format(date);

/** When something will be: the time, and the day if that isn't today. @param {string} language @param {Date} date @param {Date} now */
export const comingTime = (language, date, now) => (sameDay(date, now) ? clock(language, date)
  : format(language, 'coming', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date));

/** "today", "yesterday", in the language. @param {string} language @param {number} daysAgo */
function relativeDay(language, daysAgo) {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-daysAgo, 'day');
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
}

/** The line between two days of a conversation. @param {string} language @param {Date} date @param {Date} now */
export function dayLine(language, date, now) {
  const days = daysBetween(date, now);
  if (days === 0 || days === 1) return relativeDay(language, days);
  if (days > 1 && days < 7) return format(language, 'weekday', { weekday: 'long' }).format(date);
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return format(language, `day ${year}`, { weekday: 'long', day: 'numeric', month: 'long', year }).format(date);
}

/** The short time in the list. @param {string} language @param {Date} date @param {Date} now */
export function short(language, date, now) {
  const days = daysBetween(date, now);
  if (days <= 0) return clock(language, date);
  if (days === 1) return relativeDay(language, 1);
  if (days < 7) return format(language, 'short weekday', { weekday: 'short' }).format(date);
  if (date.getFullYear() === now.getFullYear())
    return format(language, 'short day', { day: 'numeric', month: 'short' }).format(date);
  return format(language, 'short year', { dateStyle: 'short' }).format(date);
}

/** When somebody was there last: today's time, or the day with its time. @param {string} language @param {Date} date @param {Date} now */
export function seenAt(language, date, now) {
  if (daysBetween(date, now) <= 0) return { time: clock(language, date), day: null };
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  const options = /** @type {const} */ ({ day: 'numeric', month: 'long', year, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return { time: clock(language, date), day: format(language, `seen ${year}`, options).format(date) };
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [['year', 365 * DAY], ['month', 30 * DAY], ['day', DAY], ['hour', 60 * MINUTE]];

/** "3 hours ago", in whole units; null for less than an hour. @param {string} language @param {Date} date @param {Date} now */
export function ago(language, date, now) {
  const passed = now.getTime() - date.getTime();
  const unit = UNITS.find(([, ms]) => passed >= ms);
  return unit ? new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(-Math.floor(passed / unit[1]), unit[0]) : null;
}

/** Milliseconds until the next local midnight, when "today" becomes "yesterday". @param {Date} now */
export function untilMidnight(now) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
}

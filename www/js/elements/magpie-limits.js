// magpie-limits.js: what keeps one from writing in a group, and until when: its end, being muted, slow mode.

import { h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { endOf, pause, silence } from '../group-may.js';
import { comingTime } from '../time.js';
import { Part } from './part.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

export class MagpieLimits extends Part {
  #why = h('div', { class: 'ended', hidden: true });
  #slow = h('p', { class: 'slow', hidden: true });
  #timer = 0;
  /** @type {Conversation | null} */
  #of = null;
  /** Tells whether one may write. @type {(may: boolean) => void} */
  told = () => {};

  build() {
    this.append(this.#why, this.#slow);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** @param {Conversation | null} c  a group's; null hides all of it */
  show(c) {
    this.#of = c;
    this.#draw();
  }

  #draw() {
    clearTimeout(this.#timer);
    const c = this.#of;
    if (!c) return;
    const group = c.ended ? undefined : this.app.groups.get(c.id);
    const now = Date.now();
    const silent = silence(group, now);
    this.#why.hidden = !c.ended && silent === null;
    if (c.ended) this.#why.textContent = t(`chat.ended-${endOf(c.last, this.app.store.me?.id ?? 0)}`);
    else if (silent) this.#why.textContent = silenceText(silent.until, now);
    const seconds = silent ? 0 : pause(group);
    const left = seconds > 0 ? this.#pauseEnds(c, seconds) - now : 0;
    this.#slow.hidden = seconds === 0;
    if (seconds > 0) this.#slow.textContent = this.#slowText(c, seconds, Math.ceil(left / 1000));
    const next = silent?.until ? silent.until - now : left > 0 ? left % 1000 || 1000 : 0;
    if (next > 0) this.#timer = window.setTimeout(() => this.#draw(), Math.min(next + 20, 0x7fffffff));
    this.told(this.#why.hidden);
  }

  /** When the next message can go, in milliseconds. @param {Conversation} c @param {number} seconds */
  #pauseEnds(c, seconds) {
    const me = this.app.store.me?.id ?? 0;
    let last = 0;
    for (const m of c.messages.values()) if (m.from === me && m.kind !== 'notice') last = Math.max(last, Date.parse(m.timestamp));
    return Math.max(this.app.unsent.slowUntil(c.key), last > 0 ? last + seconds * 1000 : 0);
  }

  /** @param {Conversation} c @param {number} seconds @param {number} count  of seconds that are left */
  #slowText(c, seconds, count) {
    if (count <= 0) return t('chat.slow', { count: seconds });
    const waits = this.app.unsent.of(c.key).some((e) => e.state === 'waiting' || e.state === 'sending');
    return t(waits ? 'chat.slow-sent-in' : 'chat.slow-next-in', { count });
  }
}

/** @param {number | null} until @param {number} now */
function silenceText(until, now) {
  if (until === null) return t('chat.muted-all');
  return t('chat.muted-until', { time: comingTime(currentLanguage(), new Date(until), new Date(now)) });
}

customElements.define('magpie-limits', MagpieLimits);

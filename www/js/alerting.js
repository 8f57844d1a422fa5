// alerting.js: tells of messages outside of the page. Every tab of a browser knows what is new and what is in front; the one
// that polls shows the notices and makes the sounds.

import { plan } from './alerts.js';
import { desktopState, showOnDesktop } from './desktop.js';
import { Front } from './front.js';
import { currentLanguage, t } from './i18n.js';
import { News } from './news.js';
import { keyOf } from './route.js';
import { oneLine } from './text.js';
import { allowTone, playTone } from './tone.js';

/** @typedef {import('./alerts.js').Told} Told */

const TEXT_MAX = 160;                    // characters
const NAMES_MAX = 4;
const ALL = 'magpie';                    // the tag of a notice about several conversations

export class Alerting {
  #ended = new AbortController();
  #soundedAt = -Infinity;
  #wide = window.matchMedia('(min-width: 900px)');
  /** @type {Map<string, { notice: Notification, waits: Map<string, number> }>} by tag; waits: the messages it tells of */
  #shown = new Map();

  /** @param {import('./session.js').Session} session @param {import('./places.js').Places} places */
  constructor(session, places) {
    this.session = session;
    this.places = places;
    this.front = new Front(session.tabs, () => this.#look());
    this.news = new News(session.store, (news, isCatchingUp) => this.#take(news, isCatchingUp));
  }

  /** @param {AbortSignal} ended  when it ends, unless the session does before */
  start(ended) {
    const { store, receiver } = this.session;
    const { signal } = this.#ended;
    const on = (/** @type {EventTarget} */ target, /** @type {string[]} */ types, /** @type {(event: any) => void} */ act) => {
      for (const type of types) target.addEventListener(type, act, { signal });
    };
    on(window, ['focus', 'blur', 'pageshow'], () => this.front.moved());
    on(document, ['visibilitychange'], () => this.front.moved());
    on(this.places, ['change'], () => this.front.moved());
    on(window, ['pagehide'], () => { this.front.moved(null); this.#closeAll(); });
    on(document, ['click', 'keydown'], () => this.#prefers('sound', 'on') && allowTone());
    on(store, ['change'], (event) => this.#settle(event.detail.key));
    on(store, ['state'], () => this.#settle());
    on(receiver, ['status'], () => receiver.status.kind === 'stopped' && this.#end());
    ended.addEventListener('abort', () => this.#end(), { once: true });
    this.news.start(signal);
    this.front.start(signal);
  }

  #end() {
    this.#ended.abort();
    this.#closeAll();
  }

  /** The conversation that somebody looks at here; see Front. */
  #look() {
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return null;
    const { page, type, id } = this.places.here;
    const isShown = page === 'chat' || (page === 'info' && this.#wide.matches);
    return isShown && type && id ? keyOf(type, id) : '';
  }

  /** @param {string} name @param {string} value */
  #prefers(name, value) {
    return this.session.prefs.get(name) === value;
  }

  /** @returns {import('./alerts.js').How} */
  #how() {
    const { prefs, own } = this.session;
    return {
      notices: this.#prefers('notices', 'on') && desktopState() === 'granted',
      sound: this.#prefers('sound', 'on'), isBusy: own.isQuiet,
      quiet: this.#prefers('quiet', 'on') ? { from: prefs.get('quiet-from'), to: prefs.get('quiet-to') } : null,
      at: new Date(), soundedAt: this.#soundedAt,
    };
  }

  /** @param {import('./news.js').New[]} news @param {boolean} isCatchingUp */
  #take(news, isCatchingUp) {
    if (!this.session.tabs.leads) return;
    const me = this.session.store.me?.id ?? 0;
    const how = this.#how();
    const { notices, summary, sound } = plan(news.map(({ c, messages }) => {
      const { key, muted, mentions, read_seq } = c;
      return { key, messages, where: { me, isFront: this.front.has(key), muted, mentions, read_seq } };
    }), how, isCatchingUp || this.session.receiver.status.kind !== 'online');
    for (const one of notices) this.#showOne(one);
    if (summary.length > 0) this.#showAll(summary);
    if (sound && playTone()) this.#soundedAt = how.at.getTime();
  }

  /** @param {Told} told */
  #showOne(told) {
    const { message } = told;
    const c = this.session.store.get(told.key);
    if (!c) return;
    const from = this.session.groups.nameOf(c.id, message.from, message.from_name);
    const text = [...oneLine(message.msg)];
    const body = this.#prefers('text', 'hidden') ? t('list.unread', { count: c.unread })
      : text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1).join('')}…` : text.join('');
    this.#show(c.key, [told], c.type === 'group' ? `${from} · ${c.name}` : c.name, body, { page: 'chat', type: c.type, id: c.id });
  }

  /** @param {Told[]} all */
  #showAll(all) {
    const found = all.flatMap(({ key }) => this.session.store.get(key) ?? []);
    const names = found.slice(0, NAMES_MAX).map((c) => c.name);
    const list = new Intl.ListFormat(currentLanguage(), { type: 'unit', style: 'short' }).format(names);
    const count = found.reduce((sum, c) => sum + c.unread, 0);
    this.#show(ALL, all, 'Magpie', `${t('list.unread', { count })}\n${list}${found.length > NAMES_MAX ? '…' : ''}`, { page: 'list' });
  }

  /** @param {string} tag @param {Told[]} told @param {string} title @param {string} body @param {import('./route.js').Route} route */
  #show(tag, told, title, body, route) {
    const options = { body, tag, renotify: true, lang: currentLanguage() };
    const notice = showOnDesktop(title, options);
    if (!notice) return;
    const waits = new Map(told.map(({ key, message }) => [key, message.seq]));
    this.#shown.set(tag, { notice, waits });
    notice.onclick = () => {
      window.focus();
      this.places.go(route);
      this.#close(tag);
    };
    notice.onclose = () => {
      if (this.#shown.get(tag)?.notice === notice) this.#shown.delete(tag);
    };
  }

  /** What was read, here or elsewhere, recalled or cleared needs no notice any longer. @param {string} [key]  else all */
  #settle(key) {
    for (const [tag, { waits }] of [...this.#shown]) {
      for (const [of, seq] of waits) if ((!key || key === of) && this.#isSettled(of, seq)) waits.delete(of);
      if (waits.size === 0) this.#close(tag);
    }
  }

  /** @param {string} key @param {number} seq */
  #isSettled(key, seq) {
    const c = this.session.store.get(key);
    return !c || seq <= Math.max(c.read_seq, c.cleared_seq) || c.messages.get(seq)?.kind === 'recalled';
  }

  /** @param {string} tag */
  #close(tag) {
    this.#shown.get(tag)?.notice.close();
    this.#shown.delete(tag);
  }

  #closeAll() {
    for (const tag of [...this.#shown.keys()]) this.#close(tag);
  }
}

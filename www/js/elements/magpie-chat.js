// magpie-chat.js: one conversation: its head, its messages, its box.

import { button, h, icon } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { formatRoute } from '../route.js';
import { exact, seenAt } from '../time.js';
import { avatar } from './avatar.js';
import { MagpieComposer } from './magpie-composer.js';
import { MagpieLog } from './magpie-log.js';
import { Part } from './part.js';

export class MagpieChat extends Part {
  #key = '';
  #head = h('header', { class: 'head' });
  #log = new MagpieLog();
  #composer = new MagpieComposer();
  #endedText = h('p');
  #again = button({ label: t('chat.ask-again'), class: 'button small' }, () => this.#askAgain());
  #ended = h('div', { class: 'ended', hidden: true }, this.#endedText, this.#again);
  #missing = h('div', { class: 'blank', hidden: true });
  #headSign = '';

  build() {
    this.#log.app = this.app;
    this.#composer.app = this.app;
    this.#missing.append(h('h1', { text: t('chat.missing-title') }), h('p', { text: t('chat.missing') }));
    this.append(this.#head, this.#missing, this.#log, this.#ended, this.#composer);
  }

  start() {
    this.listen(this.app.store, 'change', (event) => event.detail.key === this.#key && this.#draw());
    for (const type of ['state', 'requests']) this.listen(this.app.store, type, () => this.#draw());
    this.listen(this, 'send', (event) => this.#send(event.detail.text));
    this.listen(this, 'retry-message', (event) => this.app.unsent.retry(event.detail.clientId));
    this.listen(this, 'delete-message', (event) => this.app.unsent.drop(event.detail.clientId));
    this.listen(this, 'scroll-pages', (event) => this.#log.scrollPages(event.detail.pages));
  }

  /** @param {string} key @param {boolean} focus  whether to go to the box */
  show(key, focus) {
    this.#key = key;
    this.#draw();
    this.#log.show(key);
    if (focus) this.#composer.focus();
  }

  #draw() {
    const c = this.app.store.get(this.#key);
    this.#missing.hidden = !!c;
    this.#log.hidden = !c;
    this.#composer.hidden = !c || c.ended;
    this.#ended.hidden = !c?.ended;
    if (!c) return this.#drawHead(null);
    const isAsked = c.type === 'single' && [...this.app.store.outgoing.values()].some((r) => r.user.id === c.id);
    this.#again.hidden = c.type === 'group' || c.username === '' || isAsked;
    const why = c.type === 'group' ? 'chat.ended-group' : c.givenName === '' ? 'chat.ended-deleted' : 'chat.ended-single';
    this.#endedText.textContent = t(isAsked ? 'profile.asked' : why);
    this.#composer.show(c.key, c.name);
    this.#drawHead(c);
  }

  /** @param {import('../conversation.js').Conversation | null} c */
  #drawHead(c) {
    const sign = JSON.stringify([c?.key, c?.name, c?.shown, c?.lastSeen, c?.ended]);
    if (sign === this.#headSign) return;
    this.#headSign = sign;
    const back = h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back'));
    if (!c) return this.#head.replaceChildren(back);
    this.#head.replaceChildren(back, avatar(c.type, c.id, c.name, { state: c.shown }),
      h('div', { class: 'who' }, h('h1', { dir: 'auto', text: c.name }),
        this.#presence(c)),
      h('a', {
        class: 'icon-button to-info', href: formatRoute({ page: 'info', type: c.type, id: c.id }),
        'aria-label': t('chat.details'), title: t('chat.details'),
      }, icon('info')));
  }

  async #askAgain() {
    const c = this.app.store.get(this.#key);
    const acts = await lazy(() => import('./person-acts.js'));
    if (c && acts) acts.ask(this.app, { username: c.username, name: c.name });
  }

  /** @param {import('../conversation.js').Conversation} c */
  #presence(c) {
    if (c.type === 'group') return h('p', { class: 'presence', text: t('chat.group') });
    if (c.shown !== 'offline') return h('p', { class: `presence is-${c.shown}`, text: t(`state.${c.shown}`) });
    if (c.ended || !c.lastSeen) return h('p', { class: 'presence', text: t('state.offline') });
    const [language, at] = [currentLanguage(), new Date(c.lastSeen)];
    const { time, day } = seenAt(language, at, new Date());
    return h('p', { class: 'presence', title: exact(language, at), text: day ? t('chat.seen-day', { day }) : t('chat.seen-today', { time }) });
  }

  /** @param {string} text */
  #send(text) {
    const c = this.app.store.get(this.#key);
    if (!c) return;
    this.app.unsent.add(c.type, c.id, text);
    this.#log.toNewest();
  }
}

customElements.define('magpie-chat', MagpieChat);

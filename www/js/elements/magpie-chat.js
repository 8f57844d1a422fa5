// magpie-chat.js: one conversation: its head, its messages, its box.

import { h, icon } from '../html.js';
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
  /** What is there instead. @type {import('./magpie-missing.js').MagpieMissing | null} */
  #missing = null;
  #opened = '';                          // the conversation that is in the log
  #seq = 0;                              // the message to open it at
  #headSign = '';
  /** What a group's admins want all to read. @type {import('./magpie-announcement.js').MagpieAnnouncement | null} */
  #announcement = null;
  #top = h('div', { class: 'chat-top' });
  /** Why one can't write, until what says that in full is there. */
  #why = h('p', { class: 'ended', hidden: true });
  /** Why one can't write to somebody, and what to do about it. @type {import('./magpie-ended.js').MagpieEnded | null} */
  #ended = null;
  /** What a group lets one write. @type {import('./magpie-limits.js').MagpieLimits | null} */
  #limits = null;
  #foot = h('div', { class: 'chat-foot' });

  build() {
    this.#log.app = this.app;
    this.#composer.app = this.app;
    this.append(this.#head, this.#top, this.#log, this.#why, this.#foot, this.#composer);
  }

  start() {
    this.listen(this.app.store, 'change', (event) => event.detail.key === this.#key && this.#draw());
    for (const type of ['state', 'requests']) this.listen(this.app.store, type, () => this.#draw());
    this.listen(this.app.groups, 'change', (event) => this.#key === `group:${event.detail.id}` && this.#draw());
    this.listen(this.app.unsent, 'change', (event) => event.detail.key === this.#key && this.#drawLimits());
    this.listen(document, 'day', () => this.#draw());
    this.listen(this, 'send', (event) => this.#send(event.detail.text));
    this.listen(this, 'retry-message', (event) => this.app.unsent.retry(event.detail.clientId));
    this.listen(this, 'delete-message', (event) => this.app.unsent.drop(event.detail.clientId));
    this.listen(this, 'scroll-pages', (event) => this.#log.scrollPages(event.detail.pages));
    if (this.#key) this.#draw();
  }

  /** @param {string} key @param {boolean} focus  whether to go to the box @param {number} [seq]  of a message to go to */
  show(key, focus, seq = 0) {
    if (key !== this.#key) this.#opened = '';
    this.#key = key;
    this.#seq = seq;
    this.again();
    this.guard(() => {
      if (this.#opened) this.#log.show(key, seq);
      this.#draw();
    });
    if (focus) this.#composer.focus();
  }

  #draw() {
    const c = this.app.store.get(this.#key);
    this.#log.hidden = !c;
    this.#drawLimits();
    this.#drawAnnouncement();
    this.#drawHead(c ?? null);
    if (!c || this.#missing) this.#drawMissing();
    if (c) this.#composer.show(c.key, c.name);
    if (this.#opened !== c?.key) this.#open(c);
  }

  /** What was marked as unread is so no longer, and of a group more has to be known.
   * @param {import('../conversation.js').Conversation | undefined} c */
  #open(c) {
    this.#opened = c?.key ?? '';
    this.#log.show(this.#opened, this.#seq);
    if (c && this.app.store.unmark(c.key)) this.app.api.patch(`/api/conversations/${c.type}/${c.id}`, { marked_unread: false }).catch(() => {});
    if (c?.type === 'group' && !c.ended) this.app.groups.want(c.id).catch(() => {});
  }

  async #drawMissing() {
    const module = this.#missing ? null : await lazy(() => import('./magpie-missing.js'));
    if (module && !this.#missing) {
      this.#missing = Object.assign(new module.MagpieMissing(), { app: this.app });
      this.#head.after(this.#missing);
    }
    this.#missing?.show(this.app.store.get(this.#key) ? '' : this.#key);
  }

  get #group() {
    const c = this.app.store.get(this.#key);
    return c?.type === 'group' && !c.ended ? this.app.groups.get(c.id) : undefined;
  }

  /** Whether one may write, and if not, why. */
  #drawLimits() {
    const c = this.app.store.get(this.#key);
    const isGroup = c?.type === 'group';
    this.#composer.hidden = !c || c.ended;
    this.#foot.hidden = !isGroup;
    this.#drawWhy();
    if (isGroup) this.#drawGroupLimits(c);
    else this.#limits?.show(null);
    if (this.#ended || (c?.ended && !isGroup)) this.#drawEnded();
  }

  #drawWhy() {
    const c = this.app.store.get(this.#key);
    const isGroup = c?.type === 'group';
    const isSaid = !!(isGroup ? this.#limits : this.#ended);
    this.#why.hidden = !c?.ended || isSaid;
    this.#why.textContent = c?.ended && !isSaid ? t(`chat.ended-${isGroup ? 'group' : c.givenName === '' ? 'deleted' : 'single'}`) : '';
  }

  async #drawEnded() {
    const module = this.#ended ? null : await lazy(() => import('./magpie-ended.js'));
    if (module && !this.#ended) {
      this.#ended = Object.assign(new module.MagpieEnded(), { app: this.app });
      this.#why.after(this.#ended);
    }
    const c = this.app.store.get(this.#key);
    this.#drawWhy();
    this.#ended?.show(c?.ended && c.type === 'single' ? c : null);
  }

  /** @param {import('../conversation.js').Conversation} c */
  async #drawGroupLimits(c) {
    const module = this.#limits ? null : await lazy(() => import('./magpie-limits.js'));
    if (module && !this.#limits) {
      this.#limits = Object.assign(new module.MagpieLimits(), { app: this.app });
      this.#limits.told = (may) => { this.#composer.hidden = !may; };
      this.#foot.append(this.#limits);
    }
    this.#drawWhy();
    if (c.key === this.#key) this.#limits?.show(c);
  }

  async #drawAnnouncement() {
    const group = this.#group;
    if (!group?.announcement && !this.#announcement) return;
    const module = this.#announcement ? null : await lazy(() => import('./magpie-announcement.js'));
    if (module && !this.#announcement) {
      this.#announcement = Object.assign(new module.MagpieAnnouncement(), { app: this.app });
      this.#top.append(this.#announcement);
    }
    const now = this.#group;
    if (this.#announcement) this.#announcement.hidden = !now?.announcement;
    if (now) this.#announcement?.show(now);
  }

  /** @param {import('../conversation.js').Conversation | null} c */
  #drawHead(c) {
    const sign = JSON.stringify([c?.key, c?.name, c?.avatar, c?.shown, c?.lastSeen, c?.ended, new Date().getDate()]);
    if (sign === this.#headSign) return;
    const back = h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back'));
    if (!c) this.#head.replaceChildren(back, h('p', { class: 'head-title', text: t('list.title') }));
    else this.#head.replaceChildren(back, avatar(c.type, c.id, c.name, { state: c.shown, picture: c.avatar }),
      h('div', { class: 'who' }, h('h1', { dir: 'auto', text: c.name }),
        this.#presence(c)),
      h('a', {
        class: 'icon-button to-info', href: formatRoute({ page: 'info', type: c.type, id: c.id }),
        'aria-label': t('chat.details'), title: t('chat.details'),
      }, icon('info')));
    this.#headSign = sign;
  }

  /** @param {import('../conversation.js').Conversation} c */
  #presence(c) {
    if (c.type === 'group') return h('p', { class: 'presence', text: t('chat.group') });
    if (c.ended) return null;              // it is nobody's to know any longer
    if (c.shown !== 'offline') return h('p', { class: `presence is-${c.shown}`, text: t(`state.${c.shown}`) });
    if (!c.lastSeen) return h('p', { class: 'presence', text: t('state.offline') });
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

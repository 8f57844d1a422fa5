// magpie-ended.js: in place of the box, why one can no longer write to somebody, and what one can do about it.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { Part } from './part.js';
import { ask, unblock } from './person-acts.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */

export class MagpieEnded extends Part {
  #why = h('p', { dir: 'auto', tabindex: '-1' });
  #again = button({ label: t('chat.ask-again'), class: 'button small' }, () => this.#ask());
  #unblock = button({ label: t('blocked.end'), class: 'button small' }, () => this.#unblockThem());
  /** @type {Conversation | null} */
  #of = null;

  build() {
    this.className = 'ended';
    this.append(this.#why, this.#again, this.#unblock);
  }

  start() {
    for (const type of ['people', 'requests']) this.listen(this.app.store, type, () => this.#draw());
    this.app.people.want('blocked').catch(() => {});            // it says what is known
    this.#draw();
  }

  /** @param {Conversation | null} c  with somebody; null hides it */
  show(c) {
    this.#of = c;
    this.hidden = !c;
    this.#draw();
  }

  #draw() {
    const c = this.#of;
    if (!c) return;
    const hadFocus = this.contains(document.activeElement);
    const { friends, outgoing } = this.app.store;
    const isBlocked = friends.isBlocked(c.id);
    const isAsked = [...outgoing.values()].some((r) => r.user.id === c.id);
    this.#unblock.hidden = !isBlocked;
    this.#again.hidden = isBlocked || isAsked || c.username === '';
    if (isBlocked) this.#why.textContent = t('profile.blocked', { name: c.name });
    else this.#why.textContent = t(isAsked ? 'profile.asked' : c.givenName === '' ? 'chat.ended-deleted' : 'chat.ended-single');
    if (hadFocus) this.focus();
  }

  /** To what one can do now: what was pressed may be gone. */
  focus() {
    const { hidden, parentElement } = this;
    const [first = this.#why] = [this.#unblock, this.#again].filter((each) => !each.hidden);
    (hidden ? parentElement?.querySelector('textarea') : first)?.focus();
  }

  #ask() {
    if (!this.#of) return;
    ask(this.app, { username: this.#of.username, name: this.#of.name });
    document.querySelector('dialog[open]')?.addEventListener('close', () => { if (document.activeElement === document.body) this.focus(); });
  }

  #unblockThem() {
    const user = this.app.store.friends.blocked?.get(this.#of?.id ?? 0);
    if (user) unblock(this.app, user);
  }
}

customElements.define('magpie-ended', MagpieEnded);

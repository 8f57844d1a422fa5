// magpie-announcement.js: what the admins want all to read, on top of the conversation: open until one has seen it, in a few lines
// and on demand whole, then a line.

import { button, h, icon } from '../html.js';
import { t } from '../i18n.js';
import { pieces } from '../text.js';
import { attempt } from './group-acts.js';
import { Part } from './part.js';
import { when } from './when.js';

/** @typedef {import('../types.js').Group} Group */

export class MagpieAnnouncement extends Part {
  #drawn = '';
  #cut = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#measure(target)));

  /** @param {Group} group */
  show(group) {
    const { announcement } = group;
    this.hidden = !announcement;
    if (!announcement) return;
    const by = this.app.groups.nameOf(group.id, announcement.by.id, announcement.by.name);
    const sign = JSON.stringify([group.id, announcement, by]);
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const hadFocus = this.contains(document.activeElement);
    this.#cut.disconnect();
    const text = h('p', { class: 'announcement-text', dir: 'auto' }, ...textNodes(announcement.text));
    this.replaceChildren(h('details', { class: announcement.seen ? 'announcement' : 'announcement is-new', open: !announcement.seen },
      h('summary', {}, icon('announce'), h('span', { class: 'announcement-title', text: t('announcement.title') }),
        !announcement.seen && h('span', { class: 'badge', text: t('announcement.new') }),
        h('span', { class: 'announcement-short', dir: 'auto', 'aria-hidden': 'true', text: announcement.text }), icon('down')),
      h('div', { class: 'announcement-body' }, text, h('div', { class: 'announcement-foot' },
        h('p', { class: 'hint' }, `${by} · `, when(announcement.at)), ...announcement.seen ? [] : this.#acts(group.id)))));
    text.addEventListener('focusin', () => this.#showWhole());            // a link may be in the lines that are cut off
    this.#cut.observe(text);
    if (hadFocus) this.querySelector('summary')?.focus();
  }

  /** @param {number} id */
  #acts(id) {
    return [Object.assign(button({ label: t('announcement.more'), class: 'link more' }, () => this.#unfold()), { hidden: true }),
      button({ label: t('announcement.seen'), icon: 'check', class: 'button small' }, () => this.#see(id))];
  }

  #showWhole() {
    this.querySelector('details')?.classList.add('is-whole');
  }

  #unfold() {
    this.#showWhole();
    this.querySelector('summary')?.focus();
  }

  /** Whether there is more of it than one sees. @param {Element} text */
  #measure(text) {
    const more = /** @type {HTMLElement | null} */ (this.querySelector('.more'));
    if (more) more.hidden = text.scrollHeight <= text.clientHeight + 1;
  }

  /** @param {number} id */
  #see(id) {
    return attempt(async () => {
      await this.app.api.post(`/api/groups/${id}/announcement/seen`);
      await this.app.groups.refresh(id);
    });
  }
}

/** @param {string} text */
const textNodes = (text) => pieces(text).map((piece) => (piece.href
  ? h('a', { href: piece.href, target: '_blank', rel: 'noopener noreferrer', text: piece.text }) : piece.text));

customElements.define('magpie-announcement', MagpieAnnouncement);

// magpie-details.js: whom one talks to, beside the conversation: a person, or a group. What it shows is fetched when it is.

import { button, h, icon } from '../html.js';
import { t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { Part } from './part.js';

/** @typedef {import('./magpie-profile.js').MagpieProfile | import('./magpie-group.js').MagpieGroup} Shown */

/** @type {Record<import('../types.js').ContactType, () => Promise<new () => Shown>>} */
const PARTS = {
  single: () => import('./magpie-profile.js').then((m) => m.MagpieProfile),
  group: () => import('./magpie-group.js').then((m) => m.MagpieGroup),
};

export class MagpieDetails extends Part {
  #key = '';
  #body = h('div', { class: 'details-body' });
  #more = button({ icon: 'more', class: 'icon-button', title: t('view.menu-here') }, () => this.#openMenu());
  #title = h('h2', { text: t('chat.details') });
  /** @type {Partial<Record<import('../types.js').ContactType, Shown>>} */
  #parts = {};

  build() {
    this.setAttribute('aria-label', t('chat.details'));
    this.#more.setAttribute('aria-haspopup', 'menu');
    this.append(h('div', { class: 'head' },
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
      this.#title, this.#more), this.#body);
  }

  start() {
    this.listen(this.app.store, 'state', () => this.#draw());        // it may be known only now
    this.#draw();
  }

  /** Whether it is all that there is room for: then it is the page, and its title the page's. @param {boolean} isAlone */
  set alone(isAlone) {
    this.setAttribute('role', isAlone ? 'main' : 'complementary');
    for (const [name, value] of [['role', 'heading'], ['aria-level', '1']])
      if (isAlone) this.#title.setAttribute(name, value);
      else this.#title.removeAttribute(name);
  }

  /** @param {string} key */
  show(key) {
    if (key === this.#key) return;
    this.#key = key;
    if (this.isConnected) this.#draw();
  }

  async #draw() {
    const c = this.app.store.get(this.#key);
    this.#more.hidden = !c;
    if (!c) return this.#body.replaceChildren();
    const Shown = this.#parts[c.type] ? null : await lazy(PARTS[c.type]);
    if (Shown) this.#parts[c.type] ??= Object.assign(new Shown(), { app: this.app, isBeside: true });
    const part = this.#parts[c.type];
    if (!part || c.key !== this.#key) return;
    part.show(c.id);
    if (!part.isConnected) this.#body.replaceChildren(part);
  }

  async #openMenu() {
    const acts = await lazy(() => import('./view-acts.js'));
    const c = this.app.store.get(this.#key);
    if (c && acts) acts.openViewMenu(this.app, c, this.#more, { isOpen: true, ends: true });
  }
}

customElements.define('magpie-details', MagpieDetails);

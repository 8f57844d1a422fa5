// magpie-person.js: the page of one person.

import { h } from '../html.js';
import { t } from '../i18n.js';
import { MagpieProfile } from './magpie-profile.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';

export class MagpiePerson extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  #profile = new MagpieProfile();

  build() {
    this.#profile.app = this.app;
    this.append(pageHead(t('profile.title')), h('div', { class: 'sheet' }, this.#profile));
  }

  start() {
    this.#profile.show(this.route?.id ?? 0);
  }
}

customElements.define('magpie-person', MagpiePerson);

// magpie-people.js: the page for becoming friends: finding somebody, and what is asked for.

import { blank, h, icon } from '../html.js';
import { t } from '../i18n.js';
import { MagpieFind } from './magpie-find.js';
import { MagpieRequests } from './magpie-requests.js';
import { ownLink } from './own-link.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';

export class MagpiePeople extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  #find = new MagpieFind();
  #requests = new MagpieRequests();

  build() {
    this.#find.app = this.#requests.app = this.app;
    const username = this.app.store.me?.username ?? '';
    this.#find.idle = blank({ sign: icon('add-friend'), title: t('people.idle-title'), text: t('people.idle'), within: true });
    this.append(pageHead(t('people.title')), h('div', { class: 'sheet' }, this.#find, this.#requests, this.#find.idle,
      h('section', { class: 'panel', 'aria-label': t('first.you') }, h('h2', { text: t('first.you') }), ...ownLink(username))));
  }

  start() {
    if (this.route?.token) this.#find.look(this.route.token);
  }

  focus() {
    this.#find.focus();
  }
}

customElements.define('magpie-people', MagpiePeople);

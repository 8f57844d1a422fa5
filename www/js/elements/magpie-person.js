// magpie-person.js: the page of one person.

import { h } from '../html.js';
import { t } from '../i18n.js';
import { keyOf } from '../route.js';
import { MagpieProfile } from './magpie-profile.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { complain } from './toast.js';

export class MagpiePerson extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  #profile = new MagpieProfile();

  build() {
    this.#profile.app = this.app;
    this.append(pageHead(t('profile.title')), h('div', { class: 'sheet' }, this.#profile));
  }

  start() {
    const { store } = this.app;
    this.listen(store, 'state', () => this.#meet());
    if (store.ready) this.#meet();
    else this.#profile.show(this.#id, true);
  }

  get #id() {
    return this.route?.id ?? 0;
  }

  /** Somebody may be known to the server alone: a member of a group that this page hasn't shown. */
  async #meet() {
    const [id, { store, api }] = [this.#id, this.app];
    const isKnown = id === store.me?.id || store.get(keyOf('single', id)) || store.friends.met.has(id);
    this.#profile.show(id, !isKnown);
    if (isKnown) return;
    try {
      const { users } = await api.get(`/api/users?id=${id}`);
      store.takeFaces(users);
    } catch (problem) {
      complain(problem);
    }
    this.#profile.show(id);
  }
}

customElements.define('magpie-person', MagpiePerson);

// magpie-blocked.js: whom one blocks, and doing so no longer.

import { blank, button, h, icon } from '../html.js';
import { currentLanguage, problemText, t } from '../i18n.js';
import { exact, short } from '../time.js';
import { avatar } from './avatar.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { unblock } from './person-acts.js';

export class MagpieBlocked extends Part {
  #list = h('ul', { class: 'people' });
  #said = h('p', { class: 'hint', role: 'status' });
  #what = h('p', { class: 'hint', text: t('blocked.what') });
  #nobody = blank({ sign: icon('block'), title: t('blocked.nobody'), text: t('blocked.what'), within: true });

  build() {
    this.#nobody.hidden = true;
    this.append(pageHead(t('blocked.title')), h('div', { class: 'sheet' }, this.#what, this.#list, this.#nobody, this.#said));
  }

  start() {
    this.listen(this.app.store, 'people', () => this.#draw());
    this.app.people.want('blocked').catch((problem) => { this.#said.textContent = problemText(problem); });
    this.#draw();
  }

  #draw() {
    const { blocked } = this.app.store.friends;
    if (!blocked) return;
    const all = [...blocked.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
    this.#said.textContent = '';
    this.#nobody.hidden = all.length > 0;
    this.#what.hidden = this.#list.hidden = all.length === 0;
    this.#list.replaceChildren(...all.map((user) => this.#row(user)));
  }

  /** @param {import('../types.js').Blocked} user */
  #row(user) {
    const { name } = user;
    const at = new Date(user.timestamp);
    return h('li', {}, avatar('single', user.id, name, { picture: user.avatar }),
      h('a', { class: 'person', href: `#/u/${user.id}` }, h('span', { class: 'name', dir: 'auto', text: name }),
        h('span', { class: 'username' }, `@${user.username} · `,
          h('time', { title: exact(currentLanguage(), at), text: short(currentLanguage(), at, new Date()) }))),
      button({ label: t('blocked.end'), class: 'button small', title: t('blocked.end-of', { name }) }, () => unblock(this.app, user)));
  }
}

customElements.define('magpie-blocked', MagpieBlocked);

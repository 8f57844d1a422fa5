// magpie-join.js: where an invitation's link leads: the group, and the way in.

import { h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { groupCard, joinButton } from './group-card.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';

export class MagpieJoin extends Part {
  /** @type {import('../route.js').Route | null} */
  route = null;
  #place = h('div', { class: 'profile' });

  build() {
    this.append(pageHead(t('join.title')), h('div', { class: 'sheet' }, this.#place));
  }

  start() {
    this.#look();
  }

  focus() {
    this.#place.querySelector('button')?.focus();
  }

  async #look() {
    const token = this.route?.token ?? '';
    try {
      const { group } = await this.app.api.post('/api/group-links/look', { token });
      this.#place.replaceChildren(groupCard(group, group.name, { size: 'large' }),
        h('div', { class: 'actions' }, joinButton(this.app, group, () => this.#look(), { token })));
      this.focus();
    } catch (/** @type {any} */ problem) {
      const isOver = problem.status === 404 || problem.status === 400;
      this.#place.replaceChildren(h('p', { class: 'note', role: 'alert', text: isOver ? t('join.over') : problemText(problem) }));
    }
  }
}

customElements.define('magpie-join', MagpieJoin);

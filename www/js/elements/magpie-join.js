// magpie-join.js: where an invitation's link leads: the group, and the way in.

import { blank, button, h, icon } from '../html.js';
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
      this.#place.replaceChildren(isOver ? blank({ sign: icon('search'), title: t('join.over'), text: t('join.over-why'), role: 'alert', within: true })
        : blank({ sign: icon('alert'), title: t('join.failed'), text: problemText(problem), role: 'alert', within: true },
          button({ label: t('action.retry'), icon: 'retry', class: 'button' }, () => this.#look())));
    }
  }
}

customElements.define('magpie-join', MagpieJoin);

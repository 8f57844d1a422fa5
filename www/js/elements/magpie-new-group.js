// magpie-new-group.js: making a group. Its members are added on its details afterwards.

import { h, icon } from '../html.js';
import { t } from '../i18n.js';
import { makeForm } from './form.js';
import { Part } from './part.js';

export class MagpieNewGroup extends Part {
  build() {
    const form = makeForm({
      fields: [
        { name: 'name', label: t('group.name'), max: 64 },
        { name: 'description', label: t('group.description'), optional: true, max: 255 },
      ],
      submit: t('group.create'),
      act: (values) => this.#create(values),
    });
    this.append(h('header', { class: 'head' },
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
      h('h1', { text: t('group.title') })),
    h('div', { class: 'sheet' }, form, h('p', { class: 'hint', text: t('group.hint') })));
  }

  focus() {
    this.querySelector('input')?.focus();
  }

  /** @param {Record<string, string>} values */
  async #create(values) {
    const body = values.description ? values : { name: values.name };
    const { group } = await this.app.api.post('/api/groups', body);
    await this.app.receiver.resync();
    this.wish('go', { route: { page: 'info', type: 'group', id: group.id }, replace: true });
  }
}

customElements.define('magpie-new-group', MagpieNewGroup);

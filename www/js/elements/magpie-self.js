// magpie-self.js: what others see of oneself: the name, and what one says of oneself.

import { h } from '../html.js';
import { t } from '../i18n.js';
import { makeForm } from './form.js';
import { Part } from './part.js';
import { complain, toast } from './toast.js';

const NAME_MAX = 32;
const STATUS_MAX = 80;

export class MagpieSelf extends Part {
  #place = h('div');
  #drawn = '';

  build() {
    this.append(h('section', { class: 'group', 'aria-label': t('self.title') }, h('h2', { text: t('self.title') }), this.#place));
  }

  start() {
    this.listen(this.app.store, 'people', () => this.#draw());
    this.app.people.want('me').catch(complain);
    this.#draw();
  }

  /** What somebody is writing stays, unless another tab has changed what it is about. */
  #draw() {
    const { me } = this.app.store;
    const sign = JSON.stringify([me?.name, me?.status]);
    if (!me || me.status === undefined || sign === this.#drawn) return;
    this.#drawn = sign;
    const focused = this.contains(document.activeElement) ? /** @type {HTMLInputElement} */ (document.activeElement).name : '';
    this.#place.replaceChildren(makeForm({
      fields: [
        { name: 'name', label: t('auth.name'), value: me.name, max: NAME_MAX, autocomplete: 'name' },
        { name: 'status', label: t('self.status'), value: me.status, hint: t('self.status-hint'), max: STATUS_MAX, optional: true },
      ],
      submit: t('action.save'),
      act: (values) => this.#save(values),
    }));
    if (focused) /** @type {HTMLElement | null} */ (this.querySelector(`[name="${focused}"]`))?.focus();
  }

  /** @param {Record<string, string>} values */
  async #save({ name, status }) {
    const { me } = this.app.store;
    const before = { name: me?.name ?? '', status: me?.status ?? '' };
    if (name === before.name && status === before.status) return;
    await this.#change({ name, status });
    toast(t('self.done'), () => this.#change(before));
  }

  /** @param {{ name: string, status: string }} what */
  async #change(what) {
    const { user } = await this.app.api.patch('/api/me', what);
    this.app.store.learn({ type: 'me', me: user });
  }
}

customElements.define('magpie-self', MagpieSelf);

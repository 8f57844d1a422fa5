// magpie-self.js: what others see of oneself: the name, and what one says of oneself.

import { t } from '../i18n.js';
import { makeForm } from './form.js';
import { Part } from './part.js';
import { complain, toast } from './toast.js';

const NAME_MAX = 32;
const STATUS_MAX = 80;

export class MagpieSelf extends Part {
  /** @type {HTMLFormElement | null} */
  #form = null;
  #drawn = { name: '', status: '' };

  start() {
    this.listen(this.app.store, 'people', () => this.#draw());
    this.app.people.want('me').catch(complain);
    this.#draw();
  }

  /** What somebody is writing stays, unless another tab has changed that very thing. The fields are there before it is
   * known what stands in them, so that nothing moves then. */
  #draw() {
    const { me } = this.app.store;
    if (!me) return;
    const now = { name: me.name, status: me.status ?? '' };
    if (!this.#form) this.append(this.#form = this.#make(now));
    for (const name of /** @type {const} */ (['name', 'status'])) {
      const input = /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
      input.disabled = me.status === undefined;
      if (now[name] !== this.#drawn[name]) input.value = now[name];
    }
    this.#drawn = now;
  }

  /** @param {{ name: string, status: string }} now */
  #make({ name, status }) {
    return makeForm({
      fields: [
        { name: 'name', label: t('auth.name'), value: name, max: NAME_MAX, autocomplete: 'name' },
        { name: 'status', label: t('self.status'), value: status, hint: t('self.status-hint'), max: STATUS_MAX, optional: true },
      ],
      act: (values) => this.#save(values),
    });
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

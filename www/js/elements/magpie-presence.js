// magpie-presence.js: what others see of oneself: a choice in the settings.

import { h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { OWN_CHOICES } from '../own.js';
import { Part } from './part.js';
import { toast } from './toast.js';

export class MagpiePresence extends Part {
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });

  build() {
    this.append(this.#choice('presence'), this.#choice('last_seen'), this.#problem);
  }

  start() {
    this.listen(this.app.own, 'change', () => this.#draw());
    this.#draw();
    if (!this.app.own.settings) this.app.own.load();
  }

  /** @param {'presence' | 'last_seen'} name */
  #choice(name) {
    const hint = h('p', { class: 'hint' });
    return h('fieldset', { class: 'choice', name }, h('legend', { text: t(`presence.${name}`) }),
      h('div', { class: 'segments' }, ...OWN_CHOICES[name].map((value) => {
        const input = h('input', { type: 'radio', name, value });
        input.addEventListener('change', () => this.#choose({ [name]: value }));
        return h('label', {}, input, h('span', { text: t(`presence.${name}-${value}`) }));
      })), hint);
  }

  /** Shows what holds; until that is known there is nothing to choose. */
  #draw() {
    const { settings } = this.app.own;
    for (const set of this.querySelectorAll('fieldset')) {
      const name = /** @type {'presence' | 'last_seen'} */ (set.name);
      set.disabled = !settings;
      for (const input of set.querySelectorAll('input')) input.checked = input.value === settings?.[name];
      /** @type {Element} */ (set.querySelector('.hint')).textContent = settings ? t(`presence.${name}-${settings[name]}-hint`) : '';
    }
  }

  /** @param {object} changes */
  async #choose(changes) {
    this.#problem.hidden = true;
    try {
      await this.app.own.change(changes);
      toast(t('settings.saved'));
    } catch (problem) {
      this.#problem.textContent = problemText(/** @type {any} */ (problem));
      this.#problem.hidden = false;
      this.#draw();
    }
  }
}

customElements.define('magpie-presence', MagpiePresence);

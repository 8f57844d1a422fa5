// magpie-presence.js: what others see of oneself: a choice in the settings.

import { h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { OWN_CHOICES } from '../own.js';
import { choice, chosen } from './choice.js';
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

  /** What is said of each choice has its room from the beginning: nothing moves when it is known or another one is chosen.
   * @param {'presence' | 'last_seen'} name */
  #choice(name) {
    const node = choice({ name, title: t(`presence.${name}`), values: OWN_CHOICES[name], label: (value) => t(`presence.${name}-${value}`) },
      (value) => this.#choose({ [name]: value }));
    node.append(h('div', { class: 'hints' }, ...OWN_CHOICES[name].map((value) =>
      h('p', { class: 'hint', 'data-of': value, text: t(`presence.${name}-${value}-hint`) }))));
    return node;
  }

  /** Shows what holds; until that is known there is nothing to choose. */
  #draw() {
    const { settings } = this.app.own;
    for (const set of this.querySelectorAll('fieldset')) {
      const name = /** @type {'presence' | 'last_seen'} */ (set.name);
      set.disabled = !settings;
      chosen(set, settings?.[name] ?? '');
      for (const hint of set.querySelectorAll('.hint')) hint.classList.toggle('unsaid', /** @type {HTMLElement} */ (hint).dataset.of !== settings?.[name]);
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
    }
  }
}

customElements.define('magpie-presence', MagpiePresence);

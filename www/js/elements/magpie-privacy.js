// magpie-privacy.js: who may find one, and who may ask one to be a friend.

import { h } from '../html.js';
import { t } from '../i18n.js';
import { Part } from './part.js';
import { complain, toast } from './toast.js';

/** @typedef {'find_me' | 'ask_me'} Name */

/** @type {Record<Name, string[]>} */
const CHOICES = { find_me: ['everybody', 'exact', 'nobody'], ask_me: ['everybody', 'nobody'] };

export class MagpiePrivacy extends Part {
  /** @type {Map<string, HTMLInputElement>} */
  #inputs = new Map();

  build() {
    this.append(h('section', { class: 'panel', 'aria-label': t('privacy.title') }, h('h2', { text: t('privacy.title') }),
      this.#choice('find_me'), this.#choice('ask_me'),
      h('p', {}, h('a', { href: '#/blocked', class: 'button', text: t('blocked.title') }))));
  }

  start() {
    this.listen(this.app.own, 'change', () => this.#draw());
    this.#draw();
    if (!this.app.own.settings) this.app.own.load();
  }

  #draw() {
    const { settings } = this.app.own;
    for (const [key, input] of this.#inputs) {
      input.disabled = !settings;
      input.checked = !!settings && key === `${input.name} ${settings[/** @type {Name} */ (input.name)]}`;
    }
  }

  /** @param {Name} name */
  #choice(name) {
    const text = name.replace('_', '-');
    return h('fieldset', { class: 'choice' }, h('legend', { text: t(`privacy.${text}`) }),
      h('div', { class: 'segments' }, ...CHOICES[name].map((value) => {
        const input = h('input', { type: 'radio', name, value });
        input.addEventListener('change', () => this.#set(name, value));
        this.#inputs.set(`${name} ${value}`, input);
        return h('label', {}, input, h('span', { text: t(`privacy.${value}`) }));
      })), h('p', { class: 'hint', text: t(`privacy.${text}-hint`) }));
  }

  /** @param {Name} name @param {string} value */
  async #set(name, value) {
    try {
      await this.app.own.change({ [name]: value });
      toast(t('settings.saved'));
    } catch (problem) {
      complain(problem);
    }
  }
}

customElements.define('magpie-privacy', MagpiePrivacy);

// magpie-settings.js: oneself, what others see of one, language, colours, the key that sends, who may find one, one's
// sessions and account, and the way out.
// Wishes: 'prefer' { name, value }, 'logged-out'.

import { button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { CHOICES } from '../prefs.js';
import { avatar } from './avatar.js';
import { MagpieAccount } from './magpie-account.js';
import { MagpiePresence } from './magpie-presence.js';
import { MagpiePrivacy } from './magpie-privacy.js';
import { MagpieSelf } from './magpie-self.js';
import { MagpieSessions } from './magpie-sessions.js';
import { Part } from './part.js';

export class MagpieSettings extends Part {
  #name = h('p', { class: 'card-name', dir: 'auto' });
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });

  build() {
    const me = this.app.store.me;
    this.append(h('header', { class: 'head' },
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('action.back'), 'data-back': true }, icon('back')),
      h('h1', { text: t('settings.title') })),
    h('div', { class: 'sheet' },
      h('div', { class: 'card-head row-wise' }, avatar('single', me?.id ?? 0, me?.name ?? ''),
        h('div', {}, this.#name, h('p', { class: 'card-text', text: `@${me?.username}` }))),
      this.#part(new MagpieSelf()), this.#part(new MagpiePresence()),
      this.#choice('language'), this.#choice('theme'), this.#choice('send'), this.#part(new MagpiePrivacy()),
      h('div', { class: 'actions' }, button({ label: t('settings.logout'), icon: 'leave', class: 'button' }, () => this.#logOut())), this.#problem,
      ...this.#account()));
  }

  /** @param {Part} part */
  #part(part) {
    part.app = this.app;
    return part;
  }

  start() {
    const draw = () => { this.#name.textContent = this.app.store.me?.name ?? ''; };
    this.listen(this.app.store, 'people', draw);
    draw();
  }

  #account() {
    const [sessions, account] = [new MagpieSessions(), new MagpieAccount()];
    sessions.app = account.app = this.app;
    account.addEventListener('sessions-ended', () => sessions.refresh());
    return [sessions, account];
  }

  async #logOut() {
    try {
      await this.app.api.post('/api/logout');
      this.wish('logged-out');
    } catch (problem) {
      this.#problem.textContent = problemText(problem);
      this.#problem.hidden = false;
    }
  }

  /** @param {'language' | 'theme' | 'send'} name */
  #choice(name) {
    const chosen = this.app.prefs.get(name);
    return h('fieldset', { class: 'choice' }, h('legend', { text: t(`settings.${name}`) }),
      h('div', { class: 'segments' }, ...CHOICES[name].map((value) => {
        const input = h('input', { type: 'radio', name, value, checked: value === chosen });
        input.addEventListener('change', () => this.wish('prefer', { name, value }));
        return h('label', {}, input, h('span', { text: t(`settings.${name}-${value}`) }));
      })));
  }
}

customElements.define('magpie-settings', MagpieSettings);

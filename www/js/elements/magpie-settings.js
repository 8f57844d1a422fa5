// magpie-settings.js: in parts with a title each: oneself, looks, writing, notices, who can reach one, devices, the account with the way out.
// Wishes: 'prefer' { name, value }, 'logged-out'.

import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { CHOICES } from '../prefs.js';
import { avatar } from './avatar.js';
import { choice, chosen } from './choice.js';
import { openKeys } from './finder.js';
import { MagpieAccount } from './magpie-account.js';
import { MagpieAlerts } from './magpie-alerts.js';
import { MagpiePresence } from './magpie-presence.js';
import { MagpiePrivacy } from './magpie-privacy.js';
import { MagpieSelf } from './magpie-self.js';
import { MagpieSessions } from './magpie-sessions.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { pictureField } from './picture-field.js';

/** How far down the choice of language stood when it was made: another page takes the place of this one then. @type {number | null} */
let chosenAt = null;

export class MagpieSettings extends Part {
  #card = h('div', { class: 'card-head row-wise' });
  #drawn = '';
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });

  build() {
    const [sessions, account] = [new MagpieSessions(), new MagpieAccount()];
    account.addEventListener('sessions-ended', () => sessions.refresh());
    const keys = button({ label: t('keys.title'), icon: 'keys', class: 'button' }, () => openKeys(this.app.prefs));
    const ways = h('div', { class: 'actions' }, button({ label: t('settings.logout'), icon: 'leave', class: 'button' }, () => this.#logOut()));
    this.append(pageHead(t('settings.title')), h('div', { class: 'sheet' }, h('div', { class: 'panels' },
      h('div', {},
        panel('self.title', this.#card, this.#part(new MagpieSelf()), this.#part(new MagpiePresence())),
        panel('settings.looks', this.#choice('language'), this.#choice('theme')),
        panel('settings.writing', this.#choice('send'), h('div', { class: 'actions' }, keys))),
      h('div', {},
        this.#part(new MagpieAlerts()), this.#part(new MagpiePrivacy()), this.#part(sessions),
        panel('settings.account', this.#part(account), ways, this.#problem)))));
  }

  /** @param {Part} part */
  #part(part) {
    part.app = this.app;
    return part;
  }

  start() {
    this.listen(this.app.store, 'people', () => this.#drawCard());
    this.#drawCard();
    this.#goOn();
  }

  /** Where the language has changed, the page is one of before to whoever chose it. */
  #goOn() {
    if (chosenAt === null) return;
    const [sheet, choices] = [/** @type {Element} */ (this.querySelector('.sheet')), /** @type {Element} */ (this.querySelector('[name="language"]'))];
    /** @type {HTMLElement | null} */ (choices.querySelector(':checked'))?.focus({ preventScroll: true });
    sheet.scrollTop += choices.getBoundingClientRect().top - chosenAt;
    chosenAt = null;
  }

  /** A picture that was chosen and isn't kept yet stays, unless it is about another one now. */
  #drawCard() {
    const { me } = this.app.store;
    const sign = JSON.stringify([me?.id, me?.name, me?.username, me?.avatar]);
    if (!me || sign === this.#drawn) return;
    this.#drawn = sign;
    const shown = avatar('single', me.id, me.name, { size: 'large', picture: me.avatar });
    this.#card.replaceChildren(shown, h('div', {}, h('p', { class: 'card-name', dir: 'auto', text: me.name }),
      h('p', { class: 'card-text', text: `@${me.username}` }),
      pictureField({ api: this.app.api, path: '/api/me/avatar', shown, has: !!me.avatar })));
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
    const node = choice({ name, title: t(`settings.${name}`), values: CHOICES[name], label: (value) => t(`settings.${name}-${value}`) },
      (value) => {
        if (name === 'language') chosenAt = node.getBoundingClientRect().top;
        this.wish('prefer', { name, value });
      });
    return chosen(node, this.app.prefs.get(name));
  }
}

/** @param {string} title @param {...Node} inside */
const panel = (title, ...inside) => h('section', { class: 'panel', 'aria-label': t(title) }, h('h2', { text: t(title) }), ...inside);

customElements.define('magpie-settings', MagpieSettings);

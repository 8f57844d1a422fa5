// magpie-auth.js: signing up and logging in. Wish: 'signed-in' { user }.

import { Problem } from '../api.js';
import { button, h } from '../html.js';
import { CODES, currentLanguage, t } from '../i18n.js';
import { checkPassword } from '../password.js';
import { makeForm } from './form.js';
import { mark } from './mark.js';
import { Part } from './part.js';

const USERNAME = /^[a-z0-9_.-]{3,32}$/;

export class MagpieAuth extends Part {
  /** Why one is here: the key of a text, or nothing. */
  notice = '';
  #how = /** @type {'login' | 'register'} */ ('login');

  start() {
    this.listen(document, 'language', () => this.#draw());
    this.#draw();
  }

  /** @param {'login' | 'register'} how */
  #turn(how) {
    this.#how = how;
    this.notice = '';
    this.#draw();
  }

  /** @param {Record<string, string>} values */
  async #send(values) {
    try {
      this.wish('signed-in', { user: await this.app.api.signIn(this.#how, values) });
    } catch (/** @type {any} */ problem) {
      // A name that nobody can have is a wrong one, too.
      throw this.#how === 'login' && problem.status === 400 ? new Problem('bad-credentials', 401) : problem;
    }
  }

  #draw() {
    const isNew = this.#how === 'register';
    const form = makeForm({
      fields: isNew ? [username(true), name(), password(true)] : [username(false), password(false)],
      submit: t(isNew ? 'auth.signup' : 'auth.login'),
      act: (values) => this.#send(values),
    });
    const other = h('p', { class: 'other' }, t(isNew ? 'auth.to-login' : 'auth.to-signup'), ' ',
      button({ label: t(isNew ? 'auth.login' : 'auth.signup'), class: 'link' }, () => this.#turn(isNew ? 'login' : 'register')));
    this.replaceChildren(h('main', { class: 'auth' },
      h('header', { class: 'brand' }, mark(), h('span', { class: 'word', text: 'Magpie' }), h('p', { text: t('app.tagline') })),
      h('section', { class: 'card' }, h('h1', { text: t(isNew ? 'auth.signup-title' : 'auth.login-title') }),
        this.notice ? h('p', { class: 'note', role: 'status', text: t(this.notice) }) : null, form, other),
      this.#languages()));
    this.querySelector('input')?.focus();
  }

  #languages() {
    return h('p', { class: 'languages' }, ...CODES.map((language) => {
      const choice = button({ label: t(`settings.language-${language}`), class: 'link' },
        () => this.wish('prefer', { name: 'language', value: language }));
      choice.lang = language;
      choice.setAttribute('aria-pressed', String(language === currentLanguage()));
      return choice;
    }));
  }
}

/** @param {boolean} isNew @returns {import('./form.js').Field} */
const username = (isNew) => ({
  name: 'username', label: t('auth.username'), hint: isNew ? t('auth.username-hint') : undefined,
  autocomplete: 'username', check: isNew ? (value) => (USERNAME.test(value) ? null : t('field.username')) : undefined,
});

/** @returns {import('./form.js').Field} */
const name = () => ({ name: 'name', label: t('auth.name'), hint: t('auth.name-hint'), autocomplete: 'name', max: 32 });

/** @param {boolean} isNew @returns {import('./form.js').Field} */
const password = (isNew) => ({
  name: 'password', label: t('auth.password'), type: 'password', hint: isNew ? t('auth.password-hint') : undefined,
  autocomplete: isNew ? 'new-password' : 'current-password', check: isNew ? checkPassword : undefined,
});

customElements.define('magpie-auth', MagpieAuth);

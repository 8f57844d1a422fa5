// magpie-auth.js: logging in, with the form that is in the page (index.html); it is taken over as it is, since somebody may be
// writing in it by now. And signing up. Wish: 'signed-in' { user }.

import { Problem } from '../api.js';
import { h } from '../html.js';
import { currentLanguage, problemText, t } from '../i18n.js';
import { lazy } from '../lazy.js';
import { takeForm } from './form.js';
import { Part } from './part.js';

export class MagpieAuth extends Part {
  #notice = '';
  #note = h('p', { class: 'note', role: 'status', hidden: true });
  #login = /** @type {HTMLElement} */ (this.querySelector('.card'));
  #form = /** @type {HTMLFormElement} */ (this.querySelector('form'));
  #card = this.#login;

  build() {
    takeForm(this.#form, { fields: [{ name: 'username' }, { name: 'password', type: 'password' }], act: (values) => this.#logIn(values) });
    this.#form.before(this.#note);
    this.#login.querySelector('.other button')?.addEventListener('click', () => this.guard(() => this.#signUp()));
    for (const choice of this.#languages) choice.addEventListener('click', () => this.wish('prefer', { name: 'language', value: choice.lang }));
  }

  start() {
    this.listen(document, 'language', () => {
      this.#speak();
      // What was wrong is said in the language of before.
      for (const error of this.#form.querySelectorAll('.error')) error.toggleAttribute('hidden', true);
      for (const wrong of this.#form.querySelectorAll('[aria-invalid]')) wrong.removeAttribute('aria-invalid');
      if (this.#card !== this.#login) return this.#signUp();
    });
  }

  stop() {
    this.#form.reset();
    if (this.#card !== this.#login) this.#turn(this.#login);
  }

  /** @param {{ api: import('../api.js').Api }} app @param {string} notice  why one is asked: the key of a text, or '' */
  ask(app, notice) {
    this.app = /** @type {any} */ (app);
    this.#notice = notice;
    this.#speak();
    if (!this.contains(document.activeElement)) this.querySelector('input')?.focus();
    delete this.dataset.early;
    /** @type {HTMLElement | null} */
    const wanted = this.querySelector('[aria-busy]');
    wanted?.removeAttribute('aria-busy');
    wanted?.click();
  }

  get #languages() {
    return /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('.languages button'));
  }

  #speak() {
    this.#note.textContent = this.#notice && t(this.#notice);
    this.#note.hidden = !this.#notice;
    for (const choice of this.#languages) choice.setAttribute('aria-pressed', String(choice.lang === currentLanguage()));
  }

  /** Whoever writes goes on where that is. @param {HTMLElement} card */
  #turn(card) {
    const { name } = /** @type {HTMLInputElement} */ (document.activeElement);
    this.#card.replaceWith(card);
    this.#card = card;
    /** @type {HTMLElement | null} */ (card.querySelector(`input[name="${name}"]`) ?? card.querySelector('input'))?.focus();
  }

  async #signUp() {
    const module = await lazy(() => import('./signing-up.js'));
    if (!module) return this.#cannot();
    const written = /** @type {any} */ (Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (this.#card.querySelector('form')))));
    this.#turn(module.signUp({ send: (values) => this.#send('register', values), back: () => this.#turn(this.#login), written }));
  }

  #cannot() {
    this.#note.textContent = problemText({ name: 'network' });
    this.#note.hidden = false;
  }

  /** @param {Record<string, string>} values */
  async #logIn(values) {
    // No user name has a capital, or a letter as wide as a Chinese one: a keyboard may begin with either by itself.
    const username = values.username.normalize('NFKC').toLowerCase();
    // A name that nobody can have is a wrong one, too.
    await this.#send('login', { ...values, username }).catch((problem) => {
      throw problem.status === 400 ? new Problem('bad-credentials', 401) : problem;
    });
  }

  /** @param {'login' | 'register'} how @param {Record<string, string>} values */
  async #send(how, values) {
    this.wish('signed-in', { user: await this.app.api.signIn(how, values) });
  }
}

customElements.define('magpie-auth', MagpieAuth);

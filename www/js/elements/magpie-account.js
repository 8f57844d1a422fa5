// magpie-account.js: a new password, and the end of the account. Wishes: 'sessions-ended'; at the page itself,
// since by then this element may be gone: 'logged-out' { notice }.

import { h, icon } from '../html.js';
import { t } from '../i18n.js';
import { checkPassword } from '../password.js';
import { makeForm } from './form.js';
import { Part } from './part.js';

export class MagpieAccount extends Part {
  #done = h('p', { class: 'note', role: 'status', hidden: true });
  /** @type {'keep' | 'delete'} */
  #messages = 'keep';

  build() {
    this.append(fold('password.title', this.#passwordForm(), this.#done), fold('account.title', ...this.#deletion()));
  }

  #passwordForm() {
    const form = makeForm({
      fields: [
        { name: 'old', label: t('password.old'), type: 'password', autocomplete: 'current-password' },
        { name: 'new', label: t('password.new'), type: 'password', autocomplete: 'new-password', hint: t('auth.password-hint'), check: checkPassword },
      ],
      submit: t('password.title'),
      act: async (values) => {
        this.#done.hidden = true;
        await this.app.api.post('/api/password', values);
        form.reset();
        this.#done.textContent = t('password.done');
        this.#done.hidden = false;
        this.wish('sessions-ended');
      },
    });
    form.prepend(h('p', { class: 'hint', text: t('password.what') }));
    return form;
  }

  #deletion() {
    const form = makeForm({
      fields: [{ name: 'password', label: t('account.password'), type: 'password', autocomplete: 'current-password' }],
      submit: t('account.delete'),
      act: async (values) => {
        await this.app.api.post('/api/me/delete', { ...values, messages: this.#messages });
        document.body.dispatchEvent(new CustomEvent('logged-out', { detail: { notice: 'account.deleted' } }));
      },
    });
    form.querySelector('[type=submit]')?.classList.add('danger');
    form.prepend(h('ul', { class: 'what' }, ...['sessions', 'friends', 'groups', 'name'].map((part) => h('li', { text: t(`account.what-${part}`) }))),
      this.#choice());
    return [form];
  }

  #choice() {
    return h('fieldset', { class: 'choice' }, h('legend', { text: t('account.messages') }),
      h('div', { class: 'segments' }, .../** @type {const} */ (['keep', 'delete']).map((value) => {
        const input = h('input', { type: 'radio', name: 'messages', value, checked: value === this.#messages });
        input.addEventListener('change', () => { this.#messages = value; });
        return h('label', {}, input, h('span', { text: t(`account.messages-${value}`) }));
      })));
  }
}

/** Something that is seldom needed, behind its title. @param {string} title @param {...Node} inside */
const fold = (title, ...inside) =>
  h('details', { class: 'fold' }, h('summary', {}, h('span', { text: t(title) }), icon('down')), ...inside);

customElements.define('magpie-account', MagpieAccount);

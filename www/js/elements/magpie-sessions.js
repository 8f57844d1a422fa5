// magpie-sessions.js: where one is logged in, and ending it there.

import { button, h } from '../html.js';
import { currentLanguage, problemText, t } from '../i18n.js';
import { deviceName } from '../device.js';
import { ago, exact } from '../time.js';
import { confirmed } from './confirm.js';
import { Part } from './part.js';

/** @typedef {import('../types.js').OwnSession} OwnSession */

const PAGE = 100;
const SHOWN = 3;                         // at first

export class MagpieSessions extends Part {
  #list = h('ul', { class: 'people sessions' });
  #rest = button({ class: 'link', label: '' }, () => this.#unfold());
  #isFolded = true;
  /** @type {OwnSession[]} */
  #sessions = [];
  #all = h('div', { class: 'actions', hidden: true });
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });

  build() {
    this.#rest.hidden = true;
    this.#all.append(button({ label: t('sessions.end-others'), icon: 'leave', class: 'button' }, () => this.#endOthers()));
    this.append(h('section', { class: 'panel', 'aria-label': t('sessions.title') },
      h('h2', { text: t('sessions.title') }), this.#list, this.#rest, this.#all, this.#problem));
  }

  /** This device is known without asking. */
  start() {
    this.#draw([{ id: 0, current: true, device: navigator.userAgent, address: '\u00a0', created_at: '', last_used_at: '' }]);
    this.refresh();
  }

  /** Asks for the list anew. */
  async refresh() {
    await this.#do(async () => this.#draw(await this.#fetch()));
  }

  /** All of them: an account may have more than a page. @returns {Promise<OwnSession[]>} */
  async #fetch() {
    /** @type {OwnSession[]} */
    const all = [];
    for (let more = true; more;) {
      const page = await this.app.api.get(`/api/sessions?limit=${PAGE}&after=${all.at(-1)?.id ?? 0}`);
      all.push(...page.sessions);
      more = page.more && page.sessions.length > 0;
    }
    return all;
  }

  /** This one first, then those lately used. @param {OwnSession[]} sessions */
  #draw(sessions) {
    this.#sessions = sessions.sort((a, b) => Number(b.current) - Number(a.current) || Date.parse(b.last_used_at) - Date.parse(a.last_used_at));
    const shown = this.#isFolded ? sessions.slice(0, SHOWN) : sessions;
    this.#list.replaceChildren(...shown.map((s) => this.#row(s)));
    this.#rest.textContent = t('sessions.show-all', { count: sessions.length });
    this.#rest.hidden = shown.length === sessions.length;
    this.#all.hidden = sessions.length < 2;
  }

  #unfold() {
    this.#isFolded = false;
    this.#draw(this.#sessions);
    /** @type {HTMLElement | null} */ (this.#list.children[SHOWN]?.querySelector('button'))?.focus();
  }

  /** @param {OwnSession} session */
  #row(session) {
    const name = deviceName(session.device);
    const used = new Date(session.last_used_at);
    const when = session.current ? null : h('time', {
      datetime: session.last_used_at, title: exact(currentLanguage(), used), text: ago(currentLanguage(), used, new Date()) ?? t('sessions.lately'),
    });
    return h('li', {},
      h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: name, title: session.device || undefined }),
        h('span', { class: 'username' }, session.address && h('bdi', { text: session.address }), session.address && when && ' · ', when)),
      session.current ? h('span', { class: 'role', text: t('sessions.this') })
        : button({ label: t('sessions.end'), class: 'button small', title: t('sessions.end-one', { device: name }) }, () => this.#end(session)));
  }

  /** @param {OwnSession} session */
  async #end(session) {
    await this.#do(async () => {
      await this.app.api.delete(`/api/sessions/${session.id}`).catch((problem) => {
        if (problem.status !== 404) throw problem;       // it had ended by itself
      });
      await this.refresh();
    });
    this.querySelector('button')?.focus();
  }

  async #endOthers() {
    if (!await confirmed(t('sessions.end-sure'), t('sessions.end-others'))) return;
    await this.#do(async () => {
      await this.app.api.delete('/api/sessions');
      await this.refresh();
    });
  }

  /** @param {() => Promise<any>} act */
  async #do(act) {
    try {
      await act();
      this.#problem.hidden = true;
    } catch (problem) {
      this.#problem.textContent = problemText(problem);
      this.#problem.hidden = false;
    }
  }
}

customElements.define('magpie-sessions', MagpieSessions);

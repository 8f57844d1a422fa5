// magpie-alerts.js: what this browser tells of messages outside of the page: notices, sounds, and when neither.
// Wish: 'prefer' { name, value }.

import { ALERT_CHOICES } from '../alerts.js';
import { askDesktop, desktopState, showOnDesktop } from '../desktop.js';
import { button, h } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { clock } from '../time.js';
import { allowTone, playTone } from '../tone.js';
import { choice, chosen } from './choice.js';
import { Part } from './part.js';

/** @typedef {keyof typeof ALERT_CHOICES} Name */

const SWITCHES = /** @type {const} */ (['notices', 'text', 'sound', 'quiet']);
const TIMES = /** @type {const} */ (['quiet-from', 'quiet-to']);

export class MagpieAlerts extends Part {
  #state = h('p', { class: 'hint', role: 'status' });
  #hours = h('div', { class: 'hours' });
  /** @type {Map<Name, HTMLFieldSetElement>} */
  #sets = new Map();
  /** @type {Map<Name, HTMLSelectElement>} */
  #times = new Map();

  build() {
    for (const name of SWITCHES)
      this.#sets.set(name, choice({
        name, title: t(`alerts.${name}`), values: [...ALERT_CHOICES[name]].sort(byYes), label: (value) => t(`alerts.is-${value}`),
      }, (value) => this.#choose(name, value)));
    this.#hours.append(...TIMES.map((name) => this.#time(name)));
    this.#sets.get('notices')?.append(this.#state);
    this.#sets.get('sound')?.append(h('p', { class: 'hint', text: t('alerts.busy') }),
      h('div', { class: 'actions' }, button({ label: t('alerts.try'), icon: 'bell', class: 'button small', title: t('alerts.try-sound') }, tryTone)));
    this.#sets.get('quiet')?.append(this.#hours, h('p', { class: 'hint', text: t('alerts.quiet-hint') }));
    this.append(h('section', { class: 'panel', 'aria-label': t('alerts.title') }, h('h2', { text: t('alerts.title') }), ...this.#sets.values()));
  }

  start() {
    this.listen(window, 'storage', () => this.#draw());
    this.listen(window, 'focus', () => this.#draw());      // somebody may have been in the browser's own settings
    this.#draw();
  }

  /** @param {'quiet-from' | 'quiet-to'} name */
  #time(name) {
    const id = `alerts-${name}`;
    const at = (/** @type {string} */ value) => clock(currentLanguage(), new Date(`2000-01-01T${value}`));
    const select = h('select', { id, name }, ...[...ALERT_CHOICES[name]].sort().map((value) => h('option', { value, text: at(value) })));
    select.addEventListener('change', () => this.wish('prefer', { name, value: select.value }));
    this.#times.set(name, select);
    return h('div', { class: 'field' }, h('label', { for: id, text: t(`alerts.${name}`) }), select);
  }

  /** Shows what holds: a notice needs the browser's leave as well. */
  #draw() {
    const { prefs } = this.app;
    const state = desktopState();
    const isOn = prefs.get('notices') === 'on' && state === 'granted';
    for (const [name, set] of this.#sets) chosen(set, name === 'notices' ? (isOn ? 'on' : 'off') : prefs.get(name));
    for (const [name, select] of this.#times) select.value = prefs.get(name);
    this.#hours.hidden = prefs.get('quiet') === 'off';
    /** @type {HTMLFieldSetElement} */ (this.#sets.get('notices')).disabled = state === 'none' || state === 'insecure';
    /** @type {HTMLFieldSetElement} */ (this.#sets.get('text')).disabled = !isOn;
    this.#say(isOn ? 'on' : state);
  }

  /** @param {string} what */
  #say(what) {
    const text = t(`alerts.state-${what}`);
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  /** @param {Name} name @param {string} value */
  async #choose(name, value) {
    const asks = name === 'notices' && value === 'on';
    const mayNot = asks && await askDesktop() !== 'granted';
    const cannot = asks && !mayNot && !showOnDesktop('Magpie', { body: t('alerts.sample'), tag: 'magpie' });
    if (!mayNot && !cannot) this.wish('prefer', { name, value });
    if (name === 'sound' && value === 'on') tryTone();
    this.#draw();
    if (cannot) this.#say('none');
  }
}

/** Within the click that asks for it. */
function tryTone() {
  allowTone();
  playTone();
}

/** What says yes stands first, whichever of the two nobody has to choose. @param {string} a @param {string} b */
const byYes = (a, b) => Number(NO.includes(a)) - Number(NO.includes(b));
const NO = ['off', 'hidden'];

customElements.define('magpie-alerts', MagpieAlerts);

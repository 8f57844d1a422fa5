// magpie-status.js: says that the poll fails, when it is tried again, and lets one try now.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { Part } from './part.js';

const PATIENCE = 1500;                   // ms; a shorter break is nobody's business

export class MagpieStatus extends Part {
  #text = h('span', { 'aria-hidden': 'true' });
  #spoken = h('span', { class: 'unseen', role: 'status' });
  #timer = 0;
  #since = 0;

  build() {
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('status.offline'));
    this.append(this.#text, this.#spoken, button({ label: t('status.now'), class: 'link' }, () => this.wish('try-now')));
  }

  start() {
    this.listen(this.app.receiver, 'status', () => this.#draw());
    this.#draw();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #draw() {
    clearTimeout(this.#timer);
    const { kind, retryAt } = this.app.receiver.status;
    if (kind !== 'offline') {
      this.#since = 0;
      this.hidden = true;
      this.#spoken.textContent = '';
      return;
    }
    this.#since ||= Date.now();
    const patience = this.#since + PATIENCE - Date.now();
    const seconds = Math.ceil(((retryAt ?? 0) - Date.now()) / 1000);
    this.hidden = patience > 0;
    this.#text.textContent = seconds > 0 ? t('status.offline-in', { count: seconds }) : t('status.trying');
    if (!this.hidden) this.#spoken.textContent = t('status.offline');
    if (patience > 0 || seconds > 0) this.#timer = window.setTimeout(() => this.guard(() => this.#draw()), patience > 0 ? patience : 250);
  }
}

customElements.define('magpie-status', MagpieStatus);

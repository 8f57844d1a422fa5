// magpie-composer.js: the box. Wishes: 'send' { text }; 'composes' once it is there: what can be put into it comes later (late.js).

import { button, h } from '../html.js';
import { EnterGuard } from '../guard.js';
import { t } from '../i18n.js';
import { isBlank, length } from '../text.js';
import { Part } from './part.js';

const MAX = 4000;
const COUNT_FROM = 3800;
const SAVE_AFTER = 300;

export class MagpieComposer extends Part {
  #key = '';
  #box = h('textarea', { rows: 1, dir: 'auto', enterkeyhint: 'send', 'aria-describedby': 'compose-count' });
  #count = h('p', { class: 'count', id: 'compose-count', role: 'status', hidden: true });
  #send = button({ icon: 'send', class: 'send', title: t('compose.send'), type: 'submit' });
  #guard = EnterGuard.of(this.#box);
  #refused = false;                      // the last Enter was the input method's
  #timer = 0;

  build() {
    this.#box.placeholder = t('compose.placeholder');
    this.append(this.#count, h('form', { class: 'composer' }, this.#box, this.#send));
  }

  start() {
    const box = this.#box;
    this.listen(this, 'submit', (event) => { event.preventDefault(); this.#submit(); });
    this.listen(box, 'input', () => this.#changed());
    this.listen(box, 'keydown', (event) => this.#keyDown(event));
    this.listen(box, 'beforeinput', (event) => this.#beforeInput(event));
    this.listen(window, 'pagehide', () => this.#save());
    this.listen(document, 'visibilitychange', () => this.#save());
    this.listen(window, 'resize', () => this.#grow());
    this.wish('composes');
  }

  stop() {
    this.#save();
  }

  /** @param {string} key @param {string} name */
  show(key, name) {
    this.#box.setAttribute('aria-label', t('compose.label', { name }));
    if (key === this.#key) return;
    this.again();
    this.guard(() => {
      this.#save();
      this.#key = key;
      this.#box.value = this.app.drafts.get(key);
      this.#refresh();
    });
  }

  focus() {
    this.#box.focus();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    const isOurs = !this.#guard.keyDown(event);
    if (event.key === 'PageUp' || event.key === 'PageDown') this.#page(event);
    if (event.key !== 'Enter') return;
    this.#refused = !isOurs;
    if (!isOurs || !this.#sends(event)) return;
    event.preventDefault();
    if (!event.repeat) this.#submit();
  }

  /** Where nothing was left to confirm, the refused Enter would break the line: it was meant to send.
   * @param {InputEvent} event */
  #beforeInput(event) {
    const breaks = event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph';
    if (!breaks || !this.#refused || event.isComposing || this.app.prefs.get('send') !== 'enter') return;
    this.#refused = false;
    event.preventDefault();
    this.#submit();
  }

  /** @param {KeyboardEvent} event */
  #sends(event) {
    if (event.ctrlKey || event.metaKey) return true;
    return this.app.prefs.get('send') === 'enter' && !event.shiftKey && !event.altKey;
  }

  /** @param {KeyboardEvent} event */
  #page(event) {
    if (event.isComposing || this.#box.scrollHeight > this.#box.clientHeight + 1) return;
    event.preventDefault();
    this.wish('scroll-pages', { pages: event.key === 'PageUp' ? -1 : 1 });
  }

  #submit() {
    const text = this.#box.value;
    if (isBlank(text) || length(text) > MAX) return this.focus();
    this.#box.value = '';
    this.app.drafts.set(this.#key, '');
    this.#refresh();
    this.wish('send', { text });
    this.focus();
  }

  #changed() {
    this.#refresh();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#save(), SAVE_AFTER);
  }

  #save() {
    clearTimeout(this.#timer);
    if (!this.#key) return;
    this.app.drafts.set(this.#key, this.#box.value);
  }

  #refresh() {
    this.#grow();
    const text = this.#box.value;
    const left = MAX - (text.length < COUNT_FROM ? 0 : length(text));
    const isOver = left < 0;
    this.#count.hidden = left > MAX - COUNT_FROM;
    this.#count.classList.toggle('over', isOver);
    this.#count.textContent = this.#count.hidden ? '' : t(isOver ? 'compose.over' : 'compose.left', { count: Math.abs(left) });
    this.#send.classList.toggle('ready', !isBlank(text) && !isOver);
  }

  #grow() {
    this.#box.style.height = 'auto';
    const { offsetHeight, clientHeight, scrollHeight } = this.#box;
    this.#box.style.height = `${scrollHeight + offsetHeight - clientHeight}px`;
  }
}

customElements.define('magpie-composer', MagpieComposer);

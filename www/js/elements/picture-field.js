// picture-field.js: to choose a picture of somebody or of a group, look at it, and keep it; or to take it away.

import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { prepared } from '../picture.js';
import { face } from './avatar.js';

const UNFIT = ['bad-picture', 'media-type', 'too-large'];

/** What is chosen, in a face. */
class Preview {
  #url = '';

  /** @param {HTMLElement} shown */
  constructor(shown) {
    this.shown = shown;
  }

  /** @param {Blob} blob */
  show(blob) {
    this.#url = URL.createObjectURL(blob);
    const img = face(this.#url);
    img.loading = 'eager';
    img.classList.add('chosen');
    this.shown.append(img);
  }

  end() {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.shown.querySelector('img.chosen')?.remove();
  }
}

/**
 * Buttons beside a face. What is chosen is shown in that face until it is kept or not.
 * @param {{ api: import('../api.js').Api, path: string, shown: HTMLElement, has: boolean, changed?: () => void }} what
 */
export function pictureField({ api, path, shown, has, changed }) {
  const problem = h('p', { class: 'error', role: 'alert', hidden: true });
  const input = h('input', { type: 'file', accept: 'image/*', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true' });
  /** @type {Blob | null} */
  let chosen = null;
  const preview = new Preview(shown);

  const choose = button({ label: t(has ? 'picture.change' : 'picture.choose'), class: 'button small' }, () => input.click());
  const remove = button({ label: t('picture.remove'), class: 'button small quiet' }, () => act(() => api.delete(path)));
  const keep = button({ label: t('picture.keep'), class: 'button small primary' }, () => act(() => api.put(path, /** @type {Blob} */ (chosen))));
  const cancel = button({ label: t('action.cancel'), class: 'button small quiet' }, () => {
    forget();
    choose.focus();
  });

  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (!file) return;
    forget();
    try {
      chosen = await prepared(file);
      preview.show(chosen);
      draw();
      keep.focus();
    } catch (error) {
      say(error);
    }
  });

  function forget() {
    preview.end();
    chosen = null;
    problem.hidden = true;
    draw();
  }

  function draw() {
    keep.hidden = cancel.hidden = chosen === null;
    choose.hidden = chosen !== null;
    remove.hidden = chosen !== null || !has;
  }

  /** @param {() => Promise<any>} ask */
  async function act(ask) {
    keep.disabled = remove.disabled = true;
    try {
      await ask();
      forget();
      changed?.();
    } catch (error) {
      say(error);
    } finally {
      keep.disabled = remove.disabled = false;
    }
  }

  /** @param {any} error */
  function say(error) {
    problem.textContent = UNFIT.includes(error?.name) ? t('problem.bad-picture') : problemText(error);
    problem.hidden = false;
  }

  draw();
  return h('div', { class: 'picture-field' }, h('div', { class: 'actions' }, input, choose, keep, cancel, remove), problem);
}

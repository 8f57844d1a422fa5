// late.js: what the page can do without until it is there: notices and sounds, Esc, printing, emoji and members by their names.

import { Alerting } from './alerting.js';
import { completeWords } from './elements/emoji-box.js';
import { closeByEscape } from './elements/escape.js';
import { printWhole } from './elements/print.js';
import { lazy } from './lazy.js';
import { addStyle } from './styles.js';

let ended = new AbortController();

/** For a session, once its first state is there. Begun again, it begins anew: the page may have to try more than once.
 * @param {import('./session.js').Session} session @param {import('./places.js').Places} places */
export function startLate(session, places) {
  ended.abort();
  ended = new AbortController();
  new Alerting(session, places).start(ended.signal);
  for (const start of [closeByEscape, printWhole, completeWords]) start(session, places, ended.signal);
  putPickers(ended.signal);
  for (const [file, media] of [['emoji.css', 'screen'], ['print.css', 'print']]) addStyle(file, media).catch(() => {});
}

const BARE = 'magpie-composer form:not(:has(.emoji-button)) textarea';

/** Emoji by a button, in each box; what they need may have to be asked for more than once. @param {AbortSignal} signal */
function putPickers(signal) {
  const put = async () => {
    if (!document.querySelector(BARE)) return;
    const module = await lazy(() => import('./elements/emoji-picker.js'));
    if (!module || signal.aborted) return;
    for (const box of document.querySelectorAll(BARE)) module.addPicker(/** @type {HTMLTextAreaElement} */ (box));
  };
  for (const type of ['composes', 'focusin']) document.addEventListener(type, put, { signal });
  put();
}

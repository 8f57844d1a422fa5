// escape.js: Esc closes the layer on top and no other: a dialog, a menu, the finder (the browser does that by itself), emoji that
// are offered, the details where they are a page, a page before the list. What somebody has begun to write stays. Back closes what lies above the page.

/** @type {WeakSet<EventTarget>} boxes that somebody has written in, and not sent since */
const written = new WeakSet();

/** @param {KeyboardEvent} event */
const isForUs = (event) => event.key === 'Escape' && !event.isComposing && event.keyCode !== 229 && !event.defaultPrevented;

/** @param {string} where */
const isWrittenIn = (where) => [...document.querySelectorAll(`${where} :is(input, textarea)`)]
  .some((box) => written.has(box) && /** @type {HTMLInputElement} */ (box).value !== '');

/** @param {object} _ @param {import('../places.js').Places} places @param {AbortSignal} signal */
export function closeByEscape(_, places, signal) {
  document.addEventListener('input', (event) => {
    if (event.target instanceof Element && event.target.matches('textarea, input:not([type=radio], [type=checkbox])')) written.add(event.target);
  }, { signal });
  document.addEventListener('submit', (event) => {
    for (const box of /** @type {HTMLFormElement} */ (event.target).elements) written.delete(box);
  }, { signal });
  // A question about the page of before would stand over another one.
  window.addEventListener('popstate', () => document.querySelectorAll('dialog').forEach((dialog) => dialog.close()), { signal });
  document.addEventListener('keydown', (event) => {
    if (!isForUs(event) || document.querySelector('dialog[open]') || !document.querySelector('magpie-shell')) return;
    const { page } = places.here;
    if (page === 'list' || page === 'chat' || isWrittenIn(page === 'info' ? 'magpie-details' : 'main')) return;
    close(places);
  }, { signal });
}

/** Goes back, and to the link that had led here. @param {import('../places.js').Places} places */
function close(places) {
  const here = location.hash;
  places.addEventListener('change', () => {
    if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (document.querySelector(`a[href=${JSON.stringify(here)}]`))?.focus();
  }, { once: true });
  places.back();
}

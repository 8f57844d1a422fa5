// keep-focus.js: for a part that is drawn anew: the button that says the same as the one that had the focus has it again.

/** To be called before; what it answers, afterwards: null where the focus wasn't in the part, and whether it is again.
 * @param {Element} part @returns {() => boolean | null} */
export function keepFocus(part) {
  const had = document.activeElement;
  if (!had || !part.contains(had)) return () => null;
  const label = had.getAttribute('aria-label');
  return () => {
    const same = [...part.querySelectorAll('button')].find((node) => node.getAttribute('aria-label') === label);
    same?.focus();
    return !!same;
  };
}

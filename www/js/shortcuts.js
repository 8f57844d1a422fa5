// shortcuts.js: keys that work everywhere in the page. Pure.

/** @typedef {'find' | 'help' | 'previous' | 'next' | 'previous-unread' | 'next-unread'} Shortcut */
/** @typedef {{ key: string, keyCode?: number, isComposing?: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean }} Key */

/** @param {Key} key @param {boolean} isWriting  whether the focus is in a box @returns {Shortcut | null} */
export function shortcutOf(key, isWriting) {
  if (key.isComposing || key.keyCode === 229) return null;
  const isControl = key.ctrlKey || key.metaKey;
  if (isControl && !key.altKey && !key.shiftKey && key.key.toLowerCase() === 'k') return 'find';
  if (key.key === '?' && !isWriting && !isControl && !key.altKey) return 'help';
  if (!key.altKey || isControl) return null;
  if (key.key === 'ArrowUp') return key.shiftKey ? 'previous-unread' : 'previous';
  if (key.key === 'ArrowDown') return key.shiftKey ? 'next-unread' : 'next';
  return null;
}

/**
 * The conversation beside the current one in the list, going round at its ends.
 * @template {{ key: string, unread: number }} C
 * @param {C[]} list @param {string} current @param {Shortcut} shortcut @returns {C | null}
 */
export function neighbour(list, current, shortcut) {
  const step = shortcut.startsWith('previous') ? -1 : 1;
  const start = list.findIndex((c) => c.key === current);
  const from = start === -1 && step === -1 ? 0 : start;
  for (let i = 1; i <= list.length; i++) {
    const c = list[(from + step * i + i * list.length) % list.length];
    if (c.key !== current && (c.unread > 0 || !shortcut.endsWith('unread'))) return c;
  }
  return null;
}

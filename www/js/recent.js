// recent.js: the emoji that this browser has taken lately, the newest first. Pure.

const NAME = 'magpie.emoji';
const MOST = 16;

/** @param {import('./types.js').Shelf} shelf @returns {string[]} */
export function recentEmoji(shelf) {
  return (shelf.getItem(NAME) ?? '').split(' ').filter(Boolean);
}

/** @param {import('./types.js').Shelf} shelf @param {string} emoji */
export function noteEmoji(shelf, emoji) {
  const all = [emoji, ...recentEmoji(shelf).filter((other) => other !== emoji)];
  try {
    shelf.setItem(NAME, all.slice(0, MOST).join(' '));
  } catch {
    // Full or forbidden: then the next time begins as this one did.
  }
}

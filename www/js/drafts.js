// drafts.js: what stands in each conversation's box and was not sent, kept under its owner's id.

export class Drafts {
  /** @param {import('./types.js').Shelf} shelf @param {number} owner */
  constructor(shelf, owner) {
    this.shelf = shelf;
    this.prefix = `magpie.draft.${owner}.`;
  }

  /** @param {string} key */
  get(key) {
    return this.shelf.getItem(this.prefix + key) ?? '';
  }

  /** @param {string} key @param {string} text */
  set(key, text) {
    try {
      if (text.trim() === '') this.shelf.removeItem(this.prefix + key);
      else this.shelf.setItem(this.prefix + key, text);
    } catch {
      // Full or forbidden: the box itself still has it.
    }
  }
}

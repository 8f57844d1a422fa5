// drafts.js: what stands in each conversation's box and was not sent, kept under its owner's id.
//
// Event: 'change' { key }, when that of a conversation may be another.

import { Told } from './told.js';

export class Drafts extends EventTarget {
  /** @param {import('./types.js').Shelf} shelf @param {number} owner */
  constructor(shelf, owner) {
    super();
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
    this.#changed(key);
  }

  /** Another tab has changed the shelf. @param {string | null} name */
  shelfChanged(name) {
    if (name?.startsWith(this.prefix)) this.#changed(name.slice(this.prefix.length));
  }

  /** @param {string} key */
  #changed(key) {
    this.dispatchEvent(new Told('change', { key }));
  }
}

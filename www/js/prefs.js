// prefs.js: what this browser prefers: language, colours, the key that sends.

/** @type {Record<string, string[]>} the choices; the first is what nobody chose */
export const CHOICES = { language: ['auto', 'en', 'zh-CN'], theme: ['auto', 'light', 'dark'], send: ['enter', 'ctrl-enter'] };

/** Those of what is fetched later. @param {Record<string, string[]>} more */
export const addChoices = (more) => void Object.assign(CHOICES, more);

export class Prefs {
  /** @param {import('./types.js').Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
  }

  /** @param {string} name */
  get(name) {
    const value = this.shelf.getItem(`magpie.${name}`) ?? '';
    return CHOICES[name].includes(value) ? value : CHOICES[name][0];
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    try {
      this.shelf.setItem(`magpie.${name}`, value);
    } catch {
      // It lasts until the reload, then.
    }
  }
}

// told.js: an event that carries something. (CustomEvent does so too, but node 18 has none.)

export class Told extends Event {
  /** @param {string} type @param {any} [detail] @param {EventInit} [options] */
  constructor(type, detail = {}, options = {}) {
    super(type, options);
    this.detail = detail;
  }
}

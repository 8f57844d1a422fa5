// places.js: the browser's addresses and history, as places of the page.
//
// Event: 'change', when another place is to be shown.

import { behind, formatRoute, parseRoute } from './route.js';

export class Places extends EventTarget {
  /** @param {Window} window */
  constructor(window) {
    super();
    this.window = window;
    window.addEventListener('popstate', () => this.#changed());
    window.document.addEventListener('click', (event) => this.#clicked(event));
  }

  get here() {
    return parseRoute(this.window.location.hash);
  }

  /** Is this more than the front door? */
  get isDeep() {
    return this.here.page !== 'list';
  }

  /** @param {import('./route.js').Route} route @param {boolean} [replace] */
  go(route, replace = false) {
    const { history, location } = this.window;
    const to = formatRoute(route);
    const from = formatRoute(this.here);
    if (to === location.hash) return this.#changed();
    if (replace) history.replaceState(history.state, '', to);
    else history.pushState({ from }, '', to);
    this.#changed();
  }

  /** The page's way back is the browser's, where that leads to the same place. */
  back() {
    const { history } = this.window;
    const to = behind(this.here);
    const isHere = this.here.page === 'person' && history.state?.from;     // one comes to a person from many places
    if (isHere || history.state?.from === formatRoute(to)) history.back();
    else this.go(to, true);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.hasAttribute('data-back')) this.back();
    else this.go(parseRoute(link.getAttribute('href') ?? ''));
  }

  #changed() {
    this.dispatchEvent(new CustomEvent('change'));
  }
}

// site.js: where this page's own files lie. Served by nginx that is a folder whose name is their version (www/join).

const root = new URL('..', import.meta.url);

/** '' where the sources are served as they are. */
export const VERSION = /\/v\/(\w+)\/$/.exec(root.pathname)?.[1] ?? '';

/** Loads the page from the server, whatever sw.js has kept of this one. */
export async function loadAnew() {
  await window.caches?.delete(`magpie-${VERSION}`);
  location.reload();
}

/** @param {string} name  of a file beside index.html */
export const fileAt = (name) => new URL(name, root).href;

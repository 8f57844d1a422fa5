// site.js: where this page's own files lie. Served by nginx that is a folder whose name is their version (www/join).

const root = new URL('..', import.meta.url);

/** '' where the sources are served as they are. */
export const VERSION = /\/v\/(\w+)\/$/.exec(root.pathname)?.[1] ?? '';

const REST = 60_000;                     // milliseconds

/** Loads the page from the server, whatever sw.js has kept of this one. */
export async function loadAnew() {
  await window.caches?.delete(`magpie-${VERSION}`);
  location.reload();
}

/** Whether somebody is filling in a form; a reload would lose that, as it would not what stands in the composer. */
export function isFilling() {
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const boxes = document.querySelectorAll('.form :is(input, textarea)');
  return [...boxes].some((box) => box.value !== box.defaultValue);
}

/** Most browsers keep it for the life of a page that a module couldn't be had. Where a part fails again though the server answers,
 * another page may have more luck. Not one after the other, or it could go on so.
 * @param {Pick<import('./api.js').Api, 'get'>} api */
export async function mend(api) {
  const [{ type }] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  if (type === 'reload' && performance.now() < REST) return;
  const isThere = await api.get('/version.json').then(() => true, () => false);
  if (isThere && !isFilling()) location.reload();
}

const AGAIN = 2000;
const AGAIN_AT_MOST = 32_000;

/** Fetches a part, however often it takes; null once it isn't wanted any longer.
 * @template M @param {() => Promise<M>} load @param {() => boolean} isWanted
 * @param {{ clock: Pick<import('./types.js').Clock, 'setTimeout'>, mend: () => Promise<void> }} world  mend: may help where it has
 * failed twice @returns {Promise<M | null>} */
export async function persist(load, isWanted, world) {
  for (let wait = AGAIN; ; wait = Math.min(2 * wait, AGAIN_AT_MOST)) {
    const module = await load().catch(() => null);
    if (!isWanted()) return null;
    if (module) return module;
    if (wait > AGAIN) await world.mend();
    await new Promise((resolve) => world.clock.setTimeout(() => resolve(null), wait));
  }
}

/** @param {string} name  of a file beside index.html */
export const fileAt = (name) => new URL(name, root).href;

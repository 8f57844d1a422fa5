// route.js: places of the page and their addresses. Pure.

/**
 * @typedef {object} Route
 * @property {'list' | 'chat' | 'info' | 'people' | 'new-group' | 'settings'} page
 * @property {import('./types.js').ContactType} [type]
 * @property {number} [id]
 */

const CHAT = /^#\/c\/(single|group)\/([1-9]\d{0,15})(\/info)?(?:\/\d+)?$/;
const PAGES = ['people', 'new-group', 'settings'];

/** @param {string} hash @returns {Route} what nobody knows is the list */
export function parseRoute(hash) {
  const chat = CHAT.exec(hash);
  if (chat && Number.isSafeInteger(Number(chat[2]))) {
    const type = /** @type {import('./types.js').ContactType} */ (chat[1]);
    return { page: chat[3] ? 'info' : 'chat', type, id: Number(chat[2]) };
  }
  const page = PAGES.find((name) => hash === `#/${name}`);
  return { page: /** @type {Route['page']} */ (page ?? 'list') };
}

/** @param {Route} route */
export function formatRoute(route) {
  if (route.page === 'chat') return `#/c/${route.type}/${route.id}`;
  if (route.page === 'info') return `#/c/${route.type}/${route.id}/info`;
  return route.page === 'list' ? '#/' : `#/${route.page}`;
}

/** The place that lies behind another where the window shows one at a time. @param {Route} route @returns {Route} */
export function behind(route) {
  return route.page === 'info' ? { ...route, page: 'chat' } : { page: 'list' };
}

/** @param {import('./types.js').ContactType} type @param {number} id */
export const keyOf = (type, id) => `${type}:${id}`;

// route.js: places of the page and their addresses. Pure.

/**
 * @typedef {object} Route
 * @property {'list' | 'chat' | 'info' | 'people' | 'contacts' | 'person' | 'lists' | 'blocked' | 'new-group' | 'settings'} page
 * @property {import('./types.js').ContactType} [type]
 * @property {number} [id]
 */

const CHAT = /^#\/c\/(single|group)\/([1-9]\d{0,15})(\/info)?(?:\/\d+)?$/;
const PERSON = /^#\/u\/([1-9]\d{0,15})$/;
const PAGES = ['people', 'contacts', 'lists', 'blocked', 'new-group', 'settings'];
/** Pages that lie behind the contacts, and not behind the list. */
const OF_CONTACTS = ['people', 'person', 'lists', 'blocked'];

/** @param {string} hash @returns {Route} what nobody knows is the list */
export function parseRoute(hash) {
  const chat = CHAT.exec(hash);
  if (chat && Number.isSafeInteger(Number(chat[2]))) {
    const type = /** @type {import('./types.js').ContactType} */ (chat[1]);
    return { page: chat[3] ? 'info' : 'chat', type, id: Number(chat[2]) };
  }
  const person = PERSON.exec(hash);
  if (person && Number.isSafeInteger(Number(person[1]))) return { page: 'person', id: Number(person[1]) };
  const page = PAGES.find((name) => hash === `#/${name}`);
  return { page: /** @type {Route['page']} */ (page ?? 'list') };
}

/** @param {Route} route */
export function formatRoute(route) {
  if (route.page === 'chat') return `#/c/${route.type}/${route.id}`;
  if (route.page === 'info') return `#/c/${route.type}/${route.id}/info`;
  if (route.page === 'person') return `#/u/${route.id}`;
  return route.page === 'list' ? '#/' : `#/${route.page}`;
}

/** The place that lies behind another where the window shows one at a time. @param {Route} route @returns {Route} */
export function behind(route) {
  if (route.page === 'info') return { ...route, page: 'chat' };
  return { page: OF_CONTACTS.includes(route.page) ? 'contacts' : 'list' };
}

/** @param {import('./types.js').ContactType} type @param {number} id */
export const keyOf = (type, id) => `${type}:${id}`;

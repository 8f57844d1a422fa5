// route.js: places of the page and their addresses. Pure.

/**
 * @typedef {object} Route
 * @property {'list' | 'chat' | 'info' | 'people' | 'contacts' | 'person' | 'lists' | 'blocked' | 'new-group' | 'settings'
 *   | 'groups' | 'group-settings' | 'group-access' | 'join'} page
 * @property {import('./types.js').ContactType} [type]
 * @property {number} [id]
 * @property {number} [seq]  of a message of the conversation
 * @property {string} [token]  of an invitation's link; of a link to somebody the user name
 */

const CHAT = /^#\/c\/(single|group)\/([1-9]\d{0,15})(?:(\/info)|\/([1-9]\d{0,8}))?$/;
const GROUP = /^#\/c\/group\/([1-9]\d{0,15})\/(settings|access)$/;
const JOIN = /^#\/join\/([\w-]{1,128})$/;
const ADD = /^#\/add\/([\w.-]{3,32})$/;
const PERSON = /^#\/u\/([1-9]\d{0,15})$/;
const PAGES = ['people', 'contacts', 'lists', 'blocked', 'groups', 'new-group', 'settings'];
/** Pages that lie behind the contacts, and not behind the list. */
const OF_CONTACTS = ['people', 'person', 'lists', 'blocked', 'groups'];

/** @param {string} hash @returns {Route} what nobody knows is the list */
export function parseRoute(hash) {
  const chat = CHAT.exec(hash);
  if (chat && Number.isSafeInteger(Number(chat[2]))) {
    const type = /** @type {import('./types.js').ContactType} */ (chat[1]);
    const seq = chat[4] ? { seq: Number(chat[4]) } : {};
    return { page: chat[3] ? 'info' : 'chat', type, id: Number(chat[2]), ...seq };
  }
  const person = PERSON.exec(hash);
  if (person && Number.isSafeInteger(Number(person[1]))) return { page: 'person', id: Number(person[1]) };
  const group = GROUP.exec(hash);
  if (group && Number.isSafeInteger(Number(group[1])))
    return { page: group[2] === 'access' ? 'group-access' : 'group-settings', type: 'group', id: Number(group[1]) };
  const join = JOIN.exec(hash);
  if (join) return { page: 'join', token: join[1] };
  const add = ADD.exec(hash);
  if (add) return { page: 'people', token: add[1].toLowerCase() };
  const page = PAGES.find((name) => hash === `#/${name}`);
  return { page: /** @type {Route['page']} */ (page ?? 'list') };
}

/** @param {Route} route */
export function formatRoute(route) {
  if (route.page === 'chat') return `#/c/${route.type}/${route.id}${route.seq ? `/${route.seq}` : ''}`;
  if (route.page === 'info') return `#/c/${route.type}/${route.id}/info`;
  if (route.page === 'person') return `#/u/${route.id}`;
  if (route.page === 'group-settings' || route.page === 'group-access') return `#/c/group/${route.id}/${route.page.slice(6)}`;
  if (route.page === 'people' && route.token) return `#/add/${route.token}`;
  if (route.page === 'join') return `#/join/${route.token}`;
  return route.page === 'list' ? '#/' : `#/${route.page}`;
}

/** The place that lies behind another where the window shows one at a time. @param {Route} route @returns {Route} */
export function behind(route) {
  if (route.page === 'info') return { ...route, page: 'chat' };
  if (route.page === 'group-settings' || route.page === 'group-access') return { ...route, page: 'info' };
  return { page: OF_CONTACTS.includes(route.page) ? 'contacts' : 'list' };
}

/** @param {import('./types.js').ContactType} type @param {number} id */
export const keyOf = (type, id) => `${type}:${id}`;

// by-list.js: friends in the order of one's lists. Pure.

/** @typedef {import('./types.js').FriendList} FriendList */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {{ list: FriendList, friends: Conversation[] }} Section */

/**
 * Friends by their lists, in one's own order of these, each by name; last the list that everybody is in who is in no other.
 * @param {Iterable<Conversation>} conversations @param {FriendList[]} lists @param {string} rest  the name of that one
 * @returns {Section[]}
 */
export function byList(conversations, lists, rest) {
  const sections = [...lists, { id: 0, name: rest }].map((list) => ({ list, friends: /** @type {Conversation[]} */ ([]) }));
  const byId = new Map(sections.map((section) => [section.list.id, section]));
  for (const c of conversations)
    if (c.type === 'single' && !c.ended) (byId.get(c.list_id) ?? sections[sections.length - 1]).friends.push(c);
  for (const { friends } of sections) friends.sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
  return sections;
}

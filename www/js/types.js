// types.js: the shapes of the interface, for the type checker alone. No code.

/** @typedef {'single' | 'group'} ContactType */
/** @typedef {'online' | 'away' | 'busy' | 'offline'} PresenceState */
/** @typedef {{ id: number, username: string, name: string, avatar?: string | null }} User  avatar: a picture's id */
/** @typedef {{ id: number, device: string, address: string, created_at: string, last_used_at: string, current: boolean }} OwnSession */

/**
 * @typedef {object} Notice  what became known in a group without anybody writing it
 * @property {string} what  'group-created', 'member-added', …: each has texts in lang/
 * @property {{ id: number, name: string }} [by]
 * @property {{ id: number, name: string }} [user]
 * @property {string} [name]  of the group
 * @property {string} [text]  of an announcement
 * @property {string} [avatar]  the group's picture from then on
 * @property {string} [nickname]  '' for none
 * @property {string} [until]  a time
 * @property {Record<string, unknown>} [settings]  those that are others now
 */

/**
 * @typedef {object} Message  an entry of a conversation
 * @property {ContactType} contact_type
 * @property {number} contact_id
 * @property {number} seq
 * @property {number} rev
 * @property {string} kind
 * @property {number} from
 * @property {string} from_name
 * @property {string} msg
 * @property {string} timestamp
 * @property {string | null} [client_id]
 * @property {Notice | null} [notice]
 * @property {(number | 'all')[]} [mentions]  users' ids
 */

/**
 * @typedef {object} Contact  a conversation, as a resync tells it
 * @property {ContactType} contact_type
 * @property {number} contact_id
 * @property {string} name
 * @property {string | null} [avatar]
 * @property {boolean} [online]
 * @property {PresenceState} [state]
 * @property {string | null} [last_seen]
 * @property {boolean} [ended]
 * @property {string} [username]  of a person
 * @property {string} [remark]  of a friend
 * @property {number} [list_id]
 * @property {number} rev
 * @property {number} read_seq
 * @property {number} unread
 * @property {number} [mentioned]  how many of the unread mention me
 * @property {boolean} [pinned]
 * @property {boolean} [muted]
 * @property {boolean} [mentions]  a mention comes in spite of muted
 * @property {boolean} [hidden]
 * @property {number | null} [hidden_seq]  while hidden: a message with a later number shows it
 * @property {boolean} [marked_unread]
 * @property {number} [cleared_seq]  up to there is nothing
 * @property {Message | null} [last_message]
 */

/** @typedef {Pick<Contact, 'pinned' | 'muted' | 'mentions' | 'hidden' | 'hidden_seq' | 'marked_unread' | 'cleared_seq'>} View */

/**
 * @typedef {object} Change  what has happened in a conversation since the `rev` that the client had
 * @property {ContactType} contact_type
 * @property {number} contact_id
 * @property {Message[]} messages
 * @property {number} rev
 * @property {boolean} [reset]
 * @property {boolean} [gone]
 */

/** @typedef {{ contact_type: ContactType, contact_id: number, rev: number }} Have */

/**
 * @typedef {object} State  the answer of POST /api/queues and POST /api/changes
 * @property {string} [queue]
 * @property {number} [next]
 * @property {number} [hold]
 * @property {{ id: number, username: string, name: string, avatar?: string | null, me_rev: number }} me
 * @property {Contact[]} contacts
 * @property {Change[]} changes
 */

/** @typedef {{ id: number, user: User, note: string, timestamp: string }} FriendRequest */
/** @typedef {{ id: number, name: string }} FriendList */
/** @typedef {User & { timestamp: string }} Blocked */
/** @typedef {User & { status: string, friend: boolean, remark?: string }} Found */
/** @typedef {User & { role: string, nickname: string, muted_until: string | null }} Member */

/**
 * @typedef {object} Group  as a member sees it
 * @property {number} id
 * @property {string} name
 * @property {string} description
 * @property {number} max_members
 * @property {'owner' | 'admin' | 'member'} role  one's own
 * @property {string} nickname  one's own; '' for none
 * @property {'private' | 'public'} visibility
 * @property {'open' | 'request'} joining
 * @property {'admins' | 'members'} who_invites
 * @property {'all' | 'joined'} history
 * @property {number} slow_mode  seconds
 * @property {boolean} muted  all but the admins
 * @property {string | null} muted_until  oneself
 * @property {string | null} [avatar]
 * @property {{ text: string, by: { id: number, name: string }, at: string, seen: boolean } | null} announcement
 * @property {number} member_count
 * @property {Member[]} members
 */

/**
 * @typedef {object} GroupCard  a group that one is not in, or need not be
 * @property {number} id
 * @property {string} name
 * @property {string} description
 * @property {number} max_members
 * @property {number} member_count
 * @property {'private' | 'public'} visibility
 * @property {'open' | 'request'} joining
 * @property {string | null} [avatar]
 * @property {string | null} role
 * @property {'stranger' | 'invited' | 'asked' | 'removed' | 'member'} standing
 */

/** @typedef {{ id: number, group: GroupCard, from: User, created_at: string }} Invitation */
/** @typedef {{ user: User, note: string, created_at: string }} JoinRequest */
/** @typedef {{ id: number, token?: string, expires_at: string, max_uses: number, uses: number, by: { id: number, name: string } }} GroupLink */
/** @typedef {User & { at: string, by: { id: number, name: string } }} Ban */
/**
 * @typedef {object} Look  what a line of a conversation depends on beside itself
 * @property {number} me
 * @property {boolean} isGroup
 * @property {(userId: number) => string | null} face  a picture's id
 * @property {import('./notice.js').NameOf} nameOf
 */

/** @typedef {Record<string, any> & { type: string }} QueueEvent */

/**
 * @typedef {object} Clock  time, as the modules are handed it (a test hands them its own)
 * @property {() => number} now
 * @property {(callback: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} [steady]  milliseconds on a clock that nobody sets, and that perhaps sleeps with the machine
 */

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>} Shelf */

export {};

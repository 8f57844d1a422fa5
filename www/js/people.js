// people.js: fetches what the store keeps of people, once somebody looks at it, and again after each resync.

const TRIES = 3;

/** @typedef {'lists' | 'blocked' | 'about' | 'me'} Part */

export class People {
  /** @type {Map<Part, Promise<void>>} */
  #wanted = new Map();

  /** @param {Pick<import('./api.js').Api, 'get'>} api @param {import('./store.js').Store} store */
  constructor(api, store) {
    this.api = api;
    this.store = store;
    store.addEventListener('state', () => this.#again());
  }

  /** Has these parts in the store, from now on. Throws a Problem. @param {...Part} parts */
  async want(...parts) {
    for (const part of parts) if (!this.#wanted.has(part)) this.#load(part);
    await Promise.all(parts.map((part) => this.#wanted.get(part)));
  }

  /** @param {Part} part */
  #load(part) {
    const loading = this.#fetch(part);
    this.#wanted.set(part, loading);
    loading.catch(() => this.#wanted.delete(part));
  }

  /** What was there stays until its successor has come. */
  #again() {
    for (const part of this.#wanted.keys()) this.#fetch(part).catch(() => {});
  }

  /** An answer may be older than an event that overtook it: then it is asked for once more. @param {Part} part */
  async #fetch(part) {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = this.store.meRev;
      const found = await ASKED[part](this.api);
      if (this.store.meRev === before || tries === TRIES - 1) return this.store.takePeople(found);
    }
  }
}

/** @type {Record<Part, (api: Pick<import('./api.js').Api, 'get'>) => Promise<object>>} */
const ASKED = {
  lists: async (api) => ({ lists: (await api.get('/api/friend-lists')).lists }),
  me: async (api) => ({ me: (await api.get('/api/me')).user }),
  blocked: async (api) => ({ blocked: new Map((await pages(api, '/api/blocks', 'blocks')).map((b) => [b.id, b])) }),
  about: async (api) => ({
    about: new Map((await pages(api, '/api/friends', 'friends')).map((f) => [f.id, { status: f.status, since: f.since }])),
  }),
};

/** All pages of a list. @param {Pick<import('./api.js').Api, 'get'>} api @param {string} path @param {string} name */
async function pages(api, path, name) {
  /** @type {any[]} */
  const all = [];
  for (let more = true; more;) {
    const answer = await api.get(`${path}?after=${all.at(-1)?.id ?? 0}`);
    all.push(...answer[name]);
    more = answer.more && answer[name].length > 0;
  }
  return all;
}

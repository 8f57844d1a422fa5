// api.js: the only place that fetches. CSRF tokens, problems, and who one is.
//
// Events: 'signed-out' when any answer is 401; 'switched' { user } when the browser belongs to somebody else now;
// 'slow' when a call that should be answered at once has waited for some seconds.

import { Told } from './told.js';

const CALL_WITHIN = 20_000;
const SLOW_AFTER = 5000;
const UPLOAD_WITHIN = 60_000;

/** An answer that is no success, or no answer at all (`status` 0, `name` 'network'). */
export class Problem extends Error {
  /** @param {string} name @param {number} status @param {{ field?: string, retryAfter_ms?: number | null }} [more] */
  constructor(name, status, more = {}) {
    super(name);
    this.name = name;
    this.status = status;
    this.field = more.field;
    this.retryAfter_ms = more.retryAfter_ms ?? null;
  }

  /** Did it perhaps fail for a while only, so that trying again makes sense? */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * @typedef {object} Outside
 * @property {typeof fetch} fetch
 * @property {() => string} readCookies  document.cookie
 * @property {boolean} isSecure  whether the page came over TLS
 * @property {Pick<import('./types.js').Clock, 'setTimeout' | 'clearTimeout'>} clock
 */

export class Api extends EventTarget {
  /** @type {Outside} */
  #outside;
  /** @type {string | null} */
  #token;
  /** @type {number | null} */
  #me = null;
  /** @type {Promise<any> | null} */
  #held = null;

  /** @param {Outside} outside */
  constructor(outside) {
    super();
    this.#outside = outside;
    this.#token = this.#readToken();
  }

  /** From now on and until that is known, only what may go ahead of it is asked, and nothing answered. @param {Promise<any>} known */
  hold(known) {
    this.#held = known.finally(() => { this.#held = null; });
  }

  /** Whether there may be a session. */
  get hasToken() {
    return this.#token !== null;
  }

  /** The same in all tabs of one session, and in no other. */
  get sessionName() {
    return this.#readToken() ?? '';
  }

  #readToken() {
    const name = this.#outside.isSecure ? '__Host-csrftoken' : 'csrftoken';
    for (const pair of this.#outside.readCookies().split('; '))
      if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1) || null;
    return null;
  }

  /** @param {string} path @param {{ signal?: AbortSignal, within_ms?: number }} [options] */
  get(path, options) {
    return this.#call('GET', path, undefined, options);
  }

  /** @param {string} path @param {object} [body] @param {{ signal?: AbortSignal, ahead?: boolean }} [options] */
  post(path, body = {}, options) {
    return this.#call('POST', path, body, options);
  }

  /** @param {string} path @param {object} body */
  patch(path, body) {
    return this.#call('PATCH', path, body);
  }

  /** @param {string} path @param {object} body  a Blob is sent as what its type says */
  put(path, body) {
    return this.#call('PUT', path, body, body instanceof Blob ? { within_ms: UPLOAD_WITHIN } : {});
  }

  /** @param {string} path */
  delete(path) {
    return this.#call('DELETE', path, undefined);
  }

  /** Signs up or logs in. @param {'register' | 'login'} how @param {object} body */
  async signIn(how, body) {
    const answer = await this.#once('POST', `/api/${how}`, body, {});
    this.#token = answer.csrf_token ?? this.#readToken();
    this.#me = answer.user.id;
    return answer.user;
  }

  /** Forgets who one was, so that the next answer says it. */
  forget() {
    this.#me = null;
    this.#token = this.#readToken();
  }

  /** @param {string} method @param {string} path @param {object | undefined} body
   * @param {{ signal?: AbortSignal, within_ms?: number, ahead?: boolean }} [options] */
  async #call(method, path, body, options = {}) {
    try {
      return this.#known(await this.#once(method, path, body, options));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) this.#emit('signed-out', {});
      if (problem.name !== 'csrf') throw problem;
      await this.#askWho();
      return this.#known(await this.#once(method, path, body, options));
    }
  }

  /** After a refused token: takes the new one if it is still the same person. */
  async #askWho() {
    this.#token = this.#readToken();
    this.#known(await this.#call('GET', '/api/me', undefined).then((answer) => ({ me: answer.user })));
  }

  /** Looks whether an answer is for the user whose page this is. @param {any} answer */
  #known(answer) {
    const user = answer?.me;
    if (!user) return answer;
    if (this.#me !== null && this.#me !== user.id) {
      this.#emit('switched', { user });
      throw new Problem('switched', 403);
    }
    this.#me = user.id;
    return answer;
  }

  /** @param {string} method @param {string} path @param {object | undefined} body
   * @param {{ signal?: AbortSignal, within_ms?: number, ahead?: boolean }} options */
  async #once(method, path, body, options) {
    const held = this.#held;
    if (held && !options.ahead) await held;
    return this.#ask(method, path, body, options).finally(() => held);
  }

  /** @param {string} method @param {string} path @param {object | undefined} body
   * @param {{ signal?: AbortSignal, within_ms?: number }} options */
  async #ask(method, path, body, options) {
    const { clock } = this.#outside;
    const abort = new AbortController();
    const leave = () => abort.abort();
    options.signal?.addEventListener('abort', leave, { once: true });
    const timer = clock.setTimeout(leave, options.within_ms ?? CALL_WITHIN);
    const slow = options.within_ms ? null : clock.setTimeout(() => this.#emit('slow', {}), SLOW_AFTER);
    try {
      if (options.signal?.aborted) leave();
      const response = await this.#outside.fetch(path, this.#request(method, body, abort.signal));
      return await read(response);
    } catch (error) {
      throw error instanceof Problem ? error : new Problem('network', 0);
    } finally {
      clock.clearTimeout(timer);
      clock.clearTimeout(slow);
      options.signal?.removeEventListener('abort', leave);
    }
  }

  /** @param {string} method @param {object | undefined} body @param {AbortSignal} signal @returns {RequestInit} */
  #request(method, body, signal) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json, application/problem+json' };
    if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json';
    if (method !== 'GET' && this.#token) headers['X-CSRFToken'] = this.#token;
    return {
      method, headers, signal, cache: 'no-store', credentials: 'same-origin', redirect: 'error',
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    };
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new Told(type, detail));
  }
}

/** @param {Response} response */
async function read(response) {
  if (response.status === 204) return null;
  const text = await response.text();
  if (response.ok) return parse(text);
  const problem = safeParse(text);
  const name = String(problem?.type ?? '').replace(/^urn:magpie:problem:/, '') || 'unknown';
  throw new Problem(name, response.status, {
    field: problem?.field, retryAfter_ms: retryAfter(response.headers.get('Retry-After')),
  });
}

/** @param {string} text */
function parse(text) {
  const value = safeParse(text);
  if (value === null || typeof value !== 'object') throw new Problem('network', 0);     // a portal's page, say
  return value;
}

/** @param {string} text */
function safeParse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string | null} header seconds, or a date */
function retryAfter(header) {
  if (!header) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

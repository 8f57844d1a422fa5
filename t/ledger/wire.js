// wire.js: `fetch` as a browser has it for one site: its cookies, its kept connections, and the ways they break.

import http from 'node:http';

/**
 * @typedef {object} Exchange  what became of a request, for the history
 * @property {string} method
 * @property {string} path
 * @property {string | undefined} body
 * @property {number} [status]
 * @property {string} [text]
 * @property {string} [lost]  why there was no answer: 'chaos', 'left' (its page went), 'offline', 'given up', or the
 *   error's code
 * @property {boolean} [again]  sent a second time without anybody asking for it
 */

export class Wire {
  /** @type {Map<string, string>} */
  #cookies = new Map();
  #agent;
  #port;
  #chaos;
  /** Those under way, of all pages. @type {Set<Call>} */
  #calls = new Set();
  /** Is the browser cut off from the network? */
  offline = false;
  /** How many requests were sent a second time without anybody asking for it. */
  repeats = 0;

  /** @param {number} port @param {import('./chaos.js').Chaos} chaos */
  constructor(port, chaos) {
    this.#port = port;
    this.#chaos = chaos;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: Infinity, scheduling: 'lifo' });
  }

  readCookies = () => [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  close() {
    this.#agent.destroy();
  }

  /**
   * A `fetch` for one page of this browser. `leave` breaks off all that is under way, as a reload does.
   * @param {(exchange: Exchange) => (() => void) | void} began  told of each request; what it returns is called at its end
   */
  page(began) {
    const open = new Set();
    const fetch = (/** @type {string} */ path, /** @type {any} */ init = {}) => new Promise((resolve, reject) => {
      const done = () => [open, this.#calls].forEach((all) => all.delete(call));
      const call = new Call(path, init, { resolve, reject, done }, began);
      open.add(call);
      this.#calls.add(call);
      if (this.offline) call.lose('offline');
      else this.#begin(call, this.#chaos.drop(path));
    });
    return { fetch: /** @type {any} */ (fetch), leave: () => { for (const call of [...open]) call.lose('left'); } };
  }

  /** Cuts everything that is under way and all that is kept: whoever asked learns that there is no network, and nothing
   * is sent again. */
  cut() {
    for (const call of [...this.#calls]) call.lose('offline');
    for (const list of Object.values(this.#agent.freeSockets)) for (const socket of [...list ?? []]) socket.destroy();
  }

  /** @param {Call} call @param {import('./chaos.js').Drop | null} drop @param {boolean} [again] */
  #begin(call, drop, again = false) {
    const headers = { ...call.headers, Cookie: this.readCookies() };
    const request = http.request({
      agent: again ? false : this.#agent, host: '127.0.0.1', port: this.#port, method: call.exchange.method,
      path: call.exchange.path, headers,
    });
    call.request = request;
    if (drop?.when === 'under way') call.timer = setTimeout(() => call.drop(drop.how), drop.ms);
    request.on('error', (/** @type {any} */ error) => {
      const closed = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (closed && !again && !call.ended && !call.answering && !this.offline) this.#repeat(call);
      else call.lose(error.code ?? 'error');
    });
    request.on('response', (response) => {
      call.answering = true;
      if (drop?.when === 'middle') return call.drop(drop.how);
      /** @type {Buffer[]} */
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('aborted', () => call.lose('cut'));
      response.on('error', () => call.lose('cut'));
      response.on('end', () => {
        if (drop?.when === 'after') return call.drop(drop.how);
        this.#keepCookies(response.headers['set-cookie']);
        call.answer(response, Buffer.concat(parts).toString());
      });
    });
    request.end(call.exchange.body);
  }

  /** As browsers do, whatever the method, with what met a kept connection just as the server closed it: not a byte of an
   * answer had come. @param {Call} call */
  #repeat(call) {
    this.repeats++;
    call.exchange.again = true;
    this.#begin(call, null, true);
  }

  /** @param {string[] | undefined} lines */
  #keepCookies(lines) {
    for (const line of lines ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!name) continue;
      if (value === '' || /max-age=0\b/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

/** One request, until it is answered or lost. */
class Call {
  ended = false;
  answering = false;
  /** @type {http.ClientRequest | null} */
  request = null;
  /** @type {any} */
  timer = null;

  /** @param {string} path @param {any} init @param {{ resolve: Function, reject: Function, done: Function }} ends
   * @param {(exchange: Exchange) => (() => void) | void} began */
  constructor(path, init, ends, began) {
    this.ends = ends;
    this.headers = init.headers ?? {};
    if (init.body !== undefined) this.headers['Content-Length'] = Buffer.byteLength(init.body);
    /** @type {Exchange} */
    this.exchange = { method: init.method ?? 'GET', path, body: init.body };
    this.told = began(this.exchange);
    init.signal?.addEventListener('abort', () => this.lose('given up'), { once: true });
  }

  #end() {
    if (this.ended) return false;
    this.ended = true;
    clearTimeout(this.timer);
    this.ends.done();
    return true;
  }

  /** @param {'close' | 'reset' | 'half'} how */
  drop(how) {
    const socket = this.request?.socket;
    if (socket && how === 'reset') socket.resetAndDestroy();
    if (socket && how === 'half') socket.end();
    // What was closed by half lives on: nothing that comes is for anybody any more.
    if (how !== 'half' || !socket) this.request?.destroy();
    else setTimeout(() => this.request?.destroy(), 200);
    this.lose('chaos', true);
  }

  /** @param {string} why @param {boolean} [dropped] */
  lose(why, dropped = false) {
    if (!this.#end()) return;
    if (!dropped) this.request?.destroy();
    this.exchange.lost = why;
    this.told?.();
    this.ends.reject(new Error(why));
  }

  /** @param {http.IncomingMessage} response @param {string} text */
  answer(response, text) {
    if (!this.#end()) return;
    const status = response.statusCode ?? 0;
    this.exchange.status = status;
    this.exchange.text = text;
    this.told?.();
    const get = (/** @type {string} */ name) => response.headers[name.toLowerCase()] ?? null;
    this.ends.resolve({ status, ok: status >= 200 && status < 300, headers: { get }, text: async () => text });
  }
}

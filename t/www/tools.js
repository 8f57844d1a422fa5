// tools.js: what these tests share: a clock that stands until it is told, a server that answers as told, the texts.
import { LANGUAGES } from '../../www/js/i18n.js';
import en from '../../www/js/lang/en.js';
import zh from '../../www/js/lang/zh-CN.js';
import enLater from '../../www/js/lang/en.later.js';
import zhLater from '../../www/js/lang/zh-CN.later.js';

Object.assign(LANGUAGES, { en: { ...en, ...enLater }, 'zh-CN': { ...zh, ...zhLater } });

/** Lets everything run that waits for nothing but itself. */
export async function settle() {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

export class TestClock {
  time = 1_000_000;
  timers = [];

  now = () => this.time;

  setTimeout = (act, ms) => {
    const timer = { at: this.time + ms, act };
    this.timers.push(timer);
    return timer;
  };

  clearTimeout = (timer) => {
    this.timers = this.timers.filter((t) => t !== timer);
  };

  /** Lets `ms` pass, running what falls due on the way. */
  async pass(ms) {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.time = Math.max(this.time, due.at);
      this.clearTimeout(due);
      due.act();
      await settle();
    }
    this.time = end;
    await settle();
  }
}

/** An api whose every call waits in `calls` until the test answers it. */
export class TestApi extends EventTarget {
  calls = [];
  log = [];
  sessionName = 's';

  #call(method, path, body, options = {}) {
    this.log.push(`${method} ${path.split('?')[0]}`);
    return new Promise((resolve, reject) => {
      const call = { method, path, body, query: new URL(path, 'http://test').searchParams, resolve, reject };
      const drop = () => { this.calls = this.calls.filter((c) => c !== call); };
      call.answer = async (value) => { drop(); resolve(value); await settle(); };
      call.fail = async (status, name = 'x', more = {}) => { drop(); reject(problem(status, name, more)); await settle(); };
      options.signal?.addEventListener('abort', () => { drop(); reject(problem(0, 'network')); });
      this.calls.push(call);
    });
  }

  get = (path, options) => this.#call('GET', path, undefined, options);
  patch = (path, body, options) => this.#call('PATCH', path, body, options);
  post = (path, body, options) => this.#call('POST', path, body, options);

  /** The waiting call of a path. */
  async waiting(path) {
    await settle();
    return this.calls.find((c) => c.path.split('?')[0] === path);
  }
}

export const problem = (status, name, more = {}) =>
  Object.assign(new Error(name), { name, status, retryAfter_ms: null, ...more, isPassing: status === 0 || status === 429 || status >= 500 });

export const ME = { id: 3, username: 'alex', name: 'Alex', me_rev: 5 };

export const message = (seq, more = {}) => ({
  contact_type: 'single', contact_id: 7, seq, rev: seq, kind: 'text', from: 7, from_name: 'Kim', msg: `m${seq}`,
  timestamp: new Date(Date.UTC(2026, 10, 22, 12, 0, seq)).toISOString(), client_id: null, ...more,
});

export const contact = (more = {}) => ({
  contact_type: 'single', contact_id: 7, name: 'Kim', online: false, rev: 0, read_seq: 0, unread: 0, last_message: null, ...more,
});

export const state = (contacts = [contact()], changes = [], me = ME) => ({ me, contacts, changes });

export const range = (from, to, more) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i, more));

/** The tabs of one browser: locks in the order of asking, channels that reach all others. */
export class TestBrowser {
  holders = new Map();
  queues = new Map();
  channels = new Set();

  locks = {
    request: (name, options, act) => {
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, queue);
      if (this.holders.get(name)) {
        if (options.ifAvailable) return Promise.resolve(act(null));
        return new Promise((resolve, reject) => {
          const next = () => resolve(this.#hold(name, act));
          queue.push(next);
          options.signal?.addEventListener('abort', () => {
            if (!queue.includes(next)) return;
            queue.splice(queue.indexOf(next), 1);
            reject(new Error('aborted'));
          });
        });
      }
      return this.#hold(name, act);
    },
  };

  async #hold(name, act) {
    this.holders.set(name, true);
    await act({ name });
    this.holders.delete(name);
    this.queues.get(name).shift()?.();
  }

  channel = (name) => {
    const channel = {
      name, onmessage: null,
      postMessage: (data) => { for (const c of this.channels) if (c !== channel && c.name === name) c.onmessage?.({ data: structuredClone(data) }); },
      close: () => this.channels.delete(channel),
    };
    this.channels.add(channel);
    return channel;
  };
}

// crowd.js: a browser whose server is made up: as many conversations, messages and polls as a test wants.
import { name, person, Quick, until, url } from './people.js';

const FIRST = 1_000_000;                 // ids that nobody has
const YESTERDAY = Date.now() - 24 * 3600_000;

/** A message of a made-up friend: of the first friend's conversation each is a minute after the one before. */
export const message = (friend, seq, at = YESTERDAY - 3600_000 * friend + 60_000 * seq) => ({
  contact_type: 'single', contact_id: FIRST + friend, seq, rev: seq, kind: 'text', from: FIRST + friend, from_name: `Friend ${friend}`,
  msg: `number ${seq}${seq % 7 === 0 ? ` is ${'a long one '.repeat(40)}` : ''}`, timestamp: new Date(at).toISOString(), client_id: null });

const contact = (friend, count) => ({
  contact_type: 'single', contact_id: FIRST + friend, name: `Friend ${friend}`, username: `friend-${friend}`, online: false, rev: count,
  read_seq: count, unread: 0, last_message: message(friend, count) });

export class Crowd {
  /** @type {import('playwright-core').Route | null} */
  #held = null;                          // the poll that waits, if one does
  #timer;
  #events = [];
  #last = 0;                             // event's number

  /** A browser of somebody with so many friends, whose conversations have so many messages each. */
  static async make(friends, messages) {
    const crowd = new Crowd();
    const one = await person();
    const { page } = one;
    const json = (route, body) => route.fulfill({ json: body });
    await page.route('**/api/queues', async (route) => {
      const response = await route.fetch();
      const state = await response.json();
      crowd.#last = state.next;
      await route.fulfill({ response, json: { ...state, contacts: Array.from({ length: friends }, (_, friend) => contact(friend, messages)) } });
    });
    await page.route('**/api/history**', (route) => {
      const { searchParams } = new URL(route.request().url());
      const end = Math.min(messages + 1, Number(searchParams.get('before') ?? Infinity));
      const start = Math.max(1, end - 200);
      const found = Array.from({ length: end - start }, (_, i) => message(searchParams.get('contact_id') - FIRST, start + i));
      return json(route, { messages: found, more: start > 1, rev: messages });
    });
    await page.route('**/api/receive**', (route) => crowd.#poll(route));
    await page.route('**/api/read', (route) => route.fulfill({ status: 204 }));
    const quick = await Quick.make(name('many'), 'Many Friends');
    await page.goto(`${url}/`);
    await one.logIn(quick.username);
    await until('the list', async () => await one.list.getByRole('listitem').count() === friends);
    return Object.assign(crowd, { one, page, cdp: await startMeasuring(page) });
  }

  #poll(route) {
    clearTimeout(this.#timer);
    this.#held = route;
    this.#timer = setTimeout(() => this.#answer(true), 20_000);
    return this.#answer(false);
  }

  /** @param {boolean} isOver  then with nothing, if there is nothing */
  async #answer(isOver) {
    if (!this.#held) return;
    const after = Number(new URL(this.#held.request().url()).searchParams.get('after'));
    const events = this.#events.filter(({ n }) => n > after);
    if (events.length === 0 && !isOver) return;
    const route = this.#held;
    this.#held = null;
    await route.fulfill({ json: { events, next: events.at(-1)?.n ?? after } }).catch(() => {});      // broken off: it asks again
  }

  /** What the poll brings next. */
  async push(event) {
    this.#events.push({ n: ++this.#last, ...event });
    await this.#answer(false);
  }

  /** Milliseconds of the processor that the page's thread has used until now, whatever else the machine does. */
  async used() {
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    const of = (what) => 1000 * metrics.find((m) => m.name === what).value;
    return { script: of('ScriptDuration'), all: of('TaskDuration') };
  }

  /** What is alive after the garbage is gone. */
  async alive() {
    for (let i = 0; i < 3; i++) await this.cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    const of = (what) => metrics.find((m) => m.name === what).value;
    return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
  }

  async leave() {
    clearTimeout(this.#timer);
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.one.leave();
  }
}

async function startMeasuring(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await cdp.send('HeapProfiler.enable');
  return cdp;
}

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

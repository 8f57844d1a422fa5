// late.js: how soon each page showed what was acknowledged, against what is promised: a second while all is well; after a
// fault its bound. Pure.

/** While all is well. */
const WELL = 1000;
/** What a page that was just opened may take. */
export const LOADING = 2000;
/** After it was woken, or has its network again. */
const AWAKE = 3000;

/** @typedef {{ from: number, to: number }} Excuse  what is acknowledged in it, or would be due in it, is due at its end */

/** The time that the ledger's process lost, up to each moment. */
class Lost {
  /** @param {import('./stalls.js').Stall[]} stalls */
  constructor(stalls) {
    this.ends = stalls.map(({ at }) => at);
    let sum = 0;
    this.sums = stalls.map(({ ms }) => (sum += ms));
  }

  /** @param {number} from @param {number} to */
  between(from, to) {
    const at = (/** @type {number} */ time) => this.sums[firstAfter(this.ends, time) - 1] ?? 0;
    return at(to) - at(from);
  }
}

/** The index of the first that is greater. @param {number[]} sorted @param {number} value */
function firstAfter(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param {import('./record.js').View} view @param {import('./record.js').View[]} mates  of its browser
 * @param {import('./answers.js').Strike[]} strikes @returns {Excuse[]} in their order */
function excuses(view, mates, strikes) {
  const all = strikes.filter(({ bound_ms }) => bound_ms !== null).map(({ from, over, bound_ms }) => ({ from, to: over + Number(bound_ms) }));
  all.push({ from: view.opened, to: Math.max(view.opened + LOADING, view.ready ?? 0) });
  for (const { from, to } of view.away) all.push({ from, to: to + AWAKE });
  // A page that lives on another's polls lacks what that one threw away.
  for (const { drops } of view.shares === null ? [view] : mates) for (const { from, to } of drops) all.push({ from, to: to + WELL });
  return all.sort((a, b) => a.from - b.from);
}

/** @param {number} at @param {Excuse[]} excused */
export function due(at, excused) {
  let by = at + WELL;
  for (const { from, to } of excused) if (from <= by && to >= at) by = Math.max(by, to);
  return by;
}

/** What was acknowledged, by conversation, in its order. @param {import('./record.js').Send[]} sends */
function acknowledged(sends) {
  /** @type {Map<string, { at: number, seq: number, id: string }[]>} */
  const convs = new Map();
  for (const { id, conv, tries } of sends) {
    const one = tries.find(({ seq }) => seq !== undefined);
    if (one?.ended === undefined) continue;
    const of = convs.get(conv) ?? [];
    convs.set(conv, of);
    of.push({ at: one.ended, seq: Number(one.seq), id });
  }
  for (const list of convs.values()) list.sort((a, b) => a.at - b.at);
  return convs;
}

/** @param {Pick<import('./verdict.js').Evidence, 'sends' | 'views' | 'strikes' | 'stalls'>} evidence
 * @param {(user: number, conv: string, seq: number) => boolean} mayKnow
 * @returns {Generator<import('./verdict.js').Offence & { by: number }>} with how late, in milliseconds */
export function* late({ sends, views, strikes, stalls }, mayKnow) {
  const lost = new Lost(stalls);
  const acks = acknowledged(sends);
  const times = new Map([...acks].map(([conv, list]) => [conv, list.map(({ at }) => at)]));
  for (const view of views) {
    const { page, user, ready, closed = Infinity } = view;
    if (ready === undefined) continue;
    const excused = excuses(view, view.shares === null ? [] : views.filter(({ shares }) => shares === view.shares), strikes);
    for (const [conv, { start, sights }] of view.convs) {
      const list = acks.get(conv) ?? [];
      const shown = new Map();
      for (const { seq, at } of sights) if (!shown.has(seq)) shown.set(seq, at);
      for (let i = firstAfter(times.get(conv) ?? [], ready); i < list.length && list[i].at < closed; i++) {
        const { at, seq, id } = list[i];
        if (seq < start || !mayKnow(user, conv, seq)) continue;
        // What an open page lacks to the end is lost. One that was closed had until then.
        const until = shown.get(seq) ?? (view.open ? at : closed);
        const by = until - due(at, excused);
        if (by <= 0 || by <= lost.between(at, until)) continue;
        const what = shown.has(seq) ? 'showed it' : 'had not shown it when it was closed,';
        const why = `${page} ${what} ${seconds(until - at)} after it was acknowledged: ${seconds(by)} too late`;
        yield { column: 'late', at, conv, seq, id, page, by, why };
      }
    }
  }
}

const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(2)} s`;

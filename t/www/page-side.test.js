// The modules beside the page, with a stand-in for as much of a browser as each of them asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copied } from '../../www/js/copy.js';
import { addIcons, button, h, icon } from '../../www/js/html.js';
import { choose, currentLanguage, LANGUAGES, problemText, setLanguage, speakMore, t } from '../../www/js/i18n.js';
import { ICONS } from '../../www/js/icons.js';
import { later, lazy, upgraded } from '../../www/js/lazy.js';
import { prepared, SIDE, squareOf } from '../../www/js/picture.js';
import { Places } from '../../www/js/places.js';
import { addChoices, CHOICES, Prefs } from '../../www/js/prefs.js';
import { MemoryShelf } from '../../www/js/shelf.js';
import { uuid } from '../../www/js/uuid.js';

class Node extends EventTarget {
  attributes = {};
  children = [];

  constructor(tag) {
    super();
    this.tag = tag;
  }

  append(...children) { this.children.push(...children); }
  remove() {}
  setAttribute(name, value) { this.attributes[name] = value; }
  hasAttribute(name) { return name in this.attributes; }
  getAttribute(name) { return this.attributes[name] ?? null; }
  closest() { return this.attributes.href?.startsWith('#/') ? this : null; }
}

globalThis.Element = /** @type {any} */ (Node);
/** The styles that were asked for: each is there at once, or not at all. */
const styles = { asked: [], isAway: false };
globalThis.document = /** @type {any} */ ({
  createElement: (tag) => new Node(tag), createElementNS: (_, tag) => new Node(tag),
  head: { append(link) { styles.asked.push(link.href); queueMicrotask(() => link.dispatchEvent(new Event(styles.isAway ? 'error' : 'load'))); } },
});

test('h() makes attributes, texts and children, and leaves out what isn’t there', () => {
  const node = h('p', { class: 'hint', text: '<b>', hidden: true, title: null, lang: undefined, dir: false, tabindex: 0 }, 'a', null, undefined, false);
  assert.deepEqual([node.tag, node.className, node.textContent, node.attributes, node.children], ['p', 'hint', '<b>', { hidden: '', tabindex: '0' }, ['a']]);
});

test('h() sets no handler, no style, and no link to elsewhere than the web and this page', () => {
  for (const name of ['onclick', 'onerror', 'style']) assert.throws(() => h('p', { [name]: 'x' }), TypeError);
  for (const href of ['javascript:alert(1)', 'data:text/html,x', '//evil.example/', ' https://x.example/', 'ftp://x.example/'])
    assert.throws(() => h('a', { href }), TypeError, href);
  for (const href of ['https://x.example/', 'http://x.example/', '#/c/single/7']) assert.equal(h('a', { href }).attributes.href, href);
});

test('a button is called by its title where it has no label, and acts', () => {
  let acted = 0;
  const node = button({ icon: 'send', title: 'Send' }, () => acted++);
  node.dispatchEvent(new Event('click'));
  assert.deepEqual([acted, node.attributes['aria-label'], node.attributes.type, node.children.length], [1, 'Send', 'button', 1]);
  assert.equal(button({ label: 'Keep', type: 'submit' }).children[0].textContent, 'Keep');
});

test('a drawing is hidden from readers, and later ones come with what needs them', async () => {
  assert.equal(icon('send').attributes['aria-hidden'], 'true');
  assert.throws(() => icon('crown'));
  styles.isAway = true;
  await assert.rejects(later(async () => 'a module'), /later\.css/);
  styles.isAway = false;
  assert.equal(await later(async () => 'a module'), 'a module');
  assert.equal(await later(async () => 'another'), 'another');
  assert.deepEqual(styles.asked.map((href) => href.slice(-9)), ['later.css', 'later.css'], 'asked for until it is there, and no more');
  assert.equal(icon('crown').children.length, ICONS.crown.length);
  assert.ok(t('settings.title'));
  addIcons({ one: ['M0 0'] });
  assert.equal(icon('one').children[0].attributes.d, 'M0 0');
});

test('what can’t be fetched just now is null, and noted', async (context) => {
  const said = context.mock.method(console, 'error', () => {});
  assert.equal(await lazy(() => Promise.reject(new Error('away'))), null);
  assert.equal(said.mock.calls.length, 1);
});

test('what can’t be had a second time, though there is no newer client, may need another page', async (context) => {
  const did = [];
  context.mock.method(upgraded, 'mend', async () => did.push('mend'));
  const one = () => Promise.reject(new Error('one'));
  const another = () => Promise.reject(new Error('another'));
  for (const [part, mended] of [[one, 0], [another, 0], [one, 1], [another, 2]]) {
    await assert.rejects(later(part), /one|another/);
    assert.equal(did.length, mended);
  }
  context.mock.method(upgraded, 'check', async () => true);
  await assert.rejects(later(one), { name: 'upgraded' });
  assert.equal(did.length, 2);
});

test('a language is fetched once, all of it when more is needed, and spoken', async () => {
  for (const language of ['zh-CN', 'en']) {
    setLanguage(language);
    assert.equal(currentLanguage(), language);
    await Promise.all([speakMore(), speakMore()]);
    assert.ok(LANGUAGES[language]['settings.title']);
  }
  assert.deepEqual([choose('zh-CN', []), choose('auto', ['fr', 'zh-TW', 'en']), choose('auto', ['fr', 'en-US']), choose('x', [])], ['zh-CN', 'zh-CN', 'en', 'en']);
  const said = [{ name: 'x', status: 429 }, { name: 'x', status: 503 }, { name: 'x', status: 400 }, null].map(problemText);
  assert.deepEqual(said, ['problem.too-many', 'problem.server', 'problem.unknown', 'problem.unknown'].map((key) => t(key)));
  assert.throws(() => t('no.such-text'));
});

test('a preference is one of its choices, the first if nobody chose, and a full shelf is no fault', () => {
  const shelf = new MemoryShelf();
  const prefs = new Prefs(shelf);
  assert.deepEqual(['language', 'theme', 'send'].map((name) => prefs.get(name)), ['auto', 'auto', 'enter']);
  prefs.set('theme', 'dark');
  assert.deepEqual([prefs.get('theme'), shelf.getItem('magpie.theme')], ['dark', 'dark']);
  shelf.setItem('magpie.theme', 'pink');
  assert.equal(prefs.get('theme'), 'auto');
  addChoices({ tone: ['soft', 'loud'] });
  assert.deepEqual([prefs.get('tone'), CHOICES.tone], ['soft', ['soft', 'loud']]);
  new Prefs(/** @type {any} */ ({ setItem() { throw new Error('full'); } })).set('theme', 'dark');
});

test('a random UUID is one of version 4, and another each time', () => {
  const all = Array.from({ length: 50 }, uuid);
  for (const one of all) assert.match(one, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(new Set(all).size, 50);
});

// --- places ---

class History {
  all = [{ hash: '', state: null }];

  constructor(window) { this.window = window; }
  get state() { return this.all.at(-1).state; }
  pushState(state, _, hash) { this.all.push({ state, hash }); }
  replaceState(state, _, hash) { this.all[this.all.length - 1] = { state, hash }; }
  back() { this.all.pop(); this.window.dispatchEvent(new Event('popstate')); }
}

function browsing() {
  const window = Object.assign(new EventTarget(), { document: new EventTarget() });
  const history = new History(window);
  Object.assign(window, { history, location: { get hash() { return history.all.at(-1).hash; } } });
  const places = new Places(/** @type {any} */ (window));
  const seen = [];
  places.addEventListener('change', () => seen.push(places.here.page));
  const click = (attributes, more = {}) => {
    const link = Object.assign(new Node('a'), { attributes });
    const event = Object.assign(new Event('click', { cancelable: true }), { button: 0, ...more });
    Object.defineProperty(event, 'target', { value: link });
    window.document.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { places, history, seen, click };
}

test('places are addresses: there, back by the browser, and replaced where nothing is to come back to', () => {
  const { places, history, seen } = browsing();
  assert.deepEqual([places.here.page, places.isDeep], ['list', false]);
  places.go({ page: 'chat', type: 'single', id: 7 });
  places.go({ page: 'chat', type: 'single', id: 7 });
  assert.deepEqual([places.here, places.isDeep, history.all.length], [{ page: 'chat', type: 'single', id: 7 }, true, 2]);
  places.go({ page: 'info', type: 'single', id: 7 });
  places.back();
  assert.deepEqual([places.here.page, history.all.length], ['chat', 2]);
  places.go({ page: 'settings' }, true);
  assert.deepEqual([places.here.page, history.all.length], ['settings', 2]);
  assert.deepEqual(seen, ['chat', 'chat', 'info', 'chat', 'settings']);
});

test('back leads behind a page to which an address led, and from a person to wherever one was', () => {
  const { places, history } = browsing();
  places.go({ page: 'blocked' }, true);
  places.back();
  assert.deepEqual([places.here.page, history.all.length], ['contacts', 1]);
  places.go({ page: 'chat', type: 'group', id: 2 });
  places.go({ page: 'person', id: 7 });
  places.back();
  assert.equal(places.here.page, 'chat');
});

test('a click on a link within the page goes there; a modified one, or one elsewhere, is the browser’s', () => {
  const { places, click } = browsing();
  assert.equal(click({ href: '#/settings' }), true);
  assert.equal(places.here.page, 'settings');
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])
    assert.equal(click({ href: '#/people' }, more), false);
  assert.equal(click({ href: 'https://x.example/' }), false);
  assert.equal(places.here.page, 'settings');
  assert.equal(click({ href: '#/', 'data-back': '' }), true);
  assert.equal(places.here.page, 'list');
});

// --- pictures ---

/** A browser that decodes a picture of this size, or none. */
function decoding(size, blob = new Blob(['jpeg'], { type: 'image/jpeg' }), pen = {}) {
  const drawn = [];
  globalThis.createImageBitmap = /** @type {any} */ (async () => {
    if (!size) throw new Error('no picture');
    return { width: size[0], height: size[1], close: () => drawn.push('closed') };
  });
  Node.prototype.getContext = () => pen && Object.assign(pen, { fillRect() {}, drawImage: (_, ...at) => drawn.push(at) });
  Node.prototype.toBlob = (/** @type {any} */ done, type) => done(blob && type === 'image/jpeg' ? blob : null);
  return drawn;
}
const file = (type, size = 10) => /** @type {any} */ ({ type, size });

test('of a picture its centred square is kept, made smaller, never larger', async () => {
  assert.deepEqual(squareOf(2000, 1000), { x: 500, y: 0, side: 1000, out: SIDE });
  assert.deepEqual(squareOf(100, 301), { x: 0, y: 100, side: 100, out: 100 });
  const drawn = decoding([2000, 1000]);
  assert.equal((await prepared(file('image/png'))).type, 'image/jpeg');
  assert.deepEqual(drawn, [[500, 0, 1000, 1000, 0, 0, SIDE, SIDE], 'closed']);
});

test('what the browser can’t decode the server may; what neither takes is a bad picture', async () => {
  decoding(null);
  const whole = file('image/webp');
  assert.equal(await prepared(whole), whole);
  for (const bad of [file('image/svg+xml'), file('image/webp', 3_000_000)]) await assert.rejects(prepared(bad), { name: 'bad-picture', status: 422 });
  decoding([10, 10], /** @type {any} */ (null));
  await assert.rejects(prepared(file('image/png')), { name: 'bad-picture' });
  decoding([10, 10], undefined, /** @type {any} */ (null));
  await assert.rejects(prepared(file('image/png')), { name: 'bad-picture' });
});

test('a text goes into the clipboard; where there is none it is left chosen, for the older way or the reader', async (t) => {
  const put = [];
  const box = { value: 'alex', did: [], focus() { this.did.push('focus'); }, select() { this.did.push('select'); } };
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => (before ? Object.defineProperty(globalThis, 'navigator', before) : delete globalThis.navigator));
  const browser = (navigator) => Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });

  browser({ clipboard: { writeText: async (text) => void put.push(text) } });
  assert.equal(await copied(box), true);
  assert.deepEqual([put, box.did], [['alex'], []]);

  browser({});
  document.execCommand = (what) => what === 'copy';
  assert.equal(await copied(box), true);
  assert.deepEqual(box.did, ['focus', 'select']);
  document.execCommand = () => false;
  assert.equal(await copied(box), false, 'and says that it could not');
});

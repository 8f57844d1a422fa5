// What is fetched before anybody has clicked, as nginx gives it, and what is fetched later.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { choose } from '../../www/js/i18n.js';
import { filesBelow, joinedSite, modulesOf, www } from './joined.js';

const AT_FIRST = 60_000;                 // bytes, compressed as nginx does
const HEADERS = 1100;                    // bytes, of an answer
const BEFORE_POLL = 5;                   // requests: these files, and the one that opens the queue

test('38: what is fetched at first stays small, and is in few files', () => {
  const { site, home, html } = joinedSite();
  const named = [...html.matchAll(/(?:href|src)="(?!data:)([^"]+)"/g)].map((m) => m[1]);
  assert.ok(named.every((path) => path.startsWith(home)), named.join());
  const files = ['index.html', ...named].map((path) => readFileSync(`${site}/${path}`));
  assert.ok(files.length + 1 <= BEFORE_POLL, named.join());
  const sizes = files.map((file) => gzipSync(file, { level: 6 }).length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(all < AT_FIRST, `${all} bytes: ${sizes}`);
});

test('38: what a stranger waits for before writing a name takes less than a second, at 400 ms and 400 kbit/s', () => {
  const { site, home } = joinedSite();
  const html = readFileSync(`${site}/front.html`, 'utf8');
  const named = [...html.matchAll(/(?:href|src)="(?!data:)([^"]+)"/g)].map((m) => m[1]);
  assert.deepEqual(named, [`${home}js/early.js`, `${home}front.css`]);
  const bytes = ['/front.html', ...named].reduce((sum, path) => sum + HEADERS + gzipSync(readFileSync(site + path), { level: 6 }).length, 0);
  assert.ok(2 * 400 + bytes / 50 < 980, `${bytes} bytes: ${2 * 400 + bytes / 50} ms`);
  const [front, rest, all] = ['front.css', 'rest.css', 'app.css'].map((name) => readFileSync(`${site}${home}${name}`, 'utf8'));
  assert.ok(all.startsWith(front) && all.endsWith(rest));
});

/** Runs early.js in a page. @returns {Record<string, any>} what it made of the root element */
function early({ languages = [], stored = {}, cookie = '' }) {
  const root = { dataset: {} };
  const document = { documentElement: root, currentScript: { src: '' }, cookie, addEventListener() {} };
  const localStorage = { getItem: (name) => stored[name] ?? null };
  runInNewContext(readFileSync(new URL('js/early.js', www), 'utf8'), {
    document, navigator: { languages }, addEventListener() {}, ...stored ? { localStorage } : {},
  });
  return { lang: root.lang, ...root.dataset };
}

test('32, 34: the page begins in the language and the colours that the app chooses', () => {
  for (const choice of ['', 'auto', 'en', 'zh-CN', 'xx'])
    for (const languages of [[], ['fr', 'zh-TW', 'en'], ['de', 'en-GB', 'zh'], ['ZH'], ['english']])
      assert.equal(early({ languages, stored: { 'magpie.language': choice } }).lang, choose(choice, languages), `${choice} ${languages}`);
  assert.deepEqual(early({ stored: { 'magpie.theme': 'dark' } }), { lang: 'en', theme: 'dark' });
  assert.deepEqual(early({ stored: { 'magpie.theme': 'pink' } }), { lang: 'en' });
  assert.deepEqual(early({ stored: null, languages: ['zh'] }), { lang: 'zh-CN' });
});

test('whoever has a token of a session may be logged in', () => {
  for (const cookie of ['csrftoken=t', 'a=b; csrftoken=t; c=d', '__Host-csrftoken=t']) assert.equal(early({ cookie }).session, '', cookie);
  for (const cookie of ['', 'csrftoken=', 'xcsrftoken=t', 'a=csrftoken=t', 'csrftoken=; a=b']) assert.equal(early({ cookie }).session, undefined, cookie);
});

test('34: the form that is in the page has each text in both languages', () => {
  const html = readFileSync(new URL('index.html', www), 'utf8');
  const form = html.slice(html.indexOf('<magpie-auth'), html.indexOf('class="languages"'));
  const both = [...form.matchAll(/<span lang="en">([^<]+)<\/span><span lang="zh-CN">([^<]+)<\/span>/g)];
  assert.equal(both.length, 7);
  for (const [whole, english, chinese] of both) assert.ok(/^[A-Z][a-z .?]+$/i.test(english) && /\p{Script=Han}/u.test(chinese), whole);
  assert.doesNotMatch(form.replace(/<span lang="[^<]+<\/span>/g, '').replace('>Magpie<', '><'), />[^<]*[^\s<][^<]*</);
});

test('what is fetched later is there, and not among the first', () => {
  const seen = modulesOf('js/main.js');
  for (const file of filesBelow(www).filter((path) => path.endsWith('.js'))) {
    for (const [, path] of readFileSync(new URL(file, www), 'utf8').matchAll(/(?:=> |await |= )import\('([^']+)'\)/g)) {
      const later = new URL(path, new URL(file, www));
      assert.ok(readFileSync(later));
      assert.ok(!seen.has(later.href), `${path} is fetched at first all the same`);
    }
  }
});

test('the bird is drawn as in the icon', () => {
  const shapes = (text) => [...text.matchAll(/\b[mM][0-9][0-9 .a-zA-Z-]*z/g)].map((m) => m[0]);
  const icon = shapes(readFileSync(new URL('favicon.svg', www), 'utf8'));
  assert.equal(icon.length, 6);
  assert.deepEqual(shapes(readFileSync(new URL('index.html', www), 'utf8')), icon);
});

test('the icons of the manifest are there, in their sizes', () => {
  const manifest = JSON.parse(readFileSync(new URL('manifest.webmanifest', www), 'utf8'));
  const pngs = manifest.icons.filter((icon) => icon.type === 'image/png');
  assert.deepEqual(pngs.map((icon) => `${icon.sizes} ${icon.purpose ?? 'any'}`), ['192x192 any', '512x512 any', '512x512 maskable']);
  for (const { src, sizes } of pngs) {
    const bytes = readFileSync(new URL(src, www));
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
  }
});

// The page names every module that it will need, so that they are fetched side by side and not one after the other.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const www = new URL('../../www/', import.meta.url);

function modulesOf(file, seen = new Set()) {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:[^'\n]* from )?'([^']+)'/gm))
    modulesOf(new URL(path, file), seen);
  return seen;
}

const AT_FIRST = 75_000;                 // bytes, compressed as nginx does; the aim is 60,000

/** What a page fetches before anybody has clicked, in one language. */
function firstFiles(language) {
  const modules = [...modulesOf(new URL('js/main.js', www))];
  return [...modules, ...['index.html', 'app.css', 'favicon.svg', 'js/theme.js', `js/lang/${language}.js`].map((path) => new URL(path, www).href)];
}

test('what is fetched at first stays small', () => {
  for (const language of ['en', 'zh-CN']) {
    const sizes = firstFiles(language).map((file) => gzipSync(readFileSync(new URL(file)), { level: 6 }).length);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(all < AT_FIRST, `${language}: ${all} bytes`);
  }
});

test('what is fetched later is there', () => {
  const seen = modulesOf(new URL('js/main.js', www));
  for (const file of seen) {
    for (const [, path] of readFileSync(new URL(file), 'utf8').matchAll(/=> import\('([^']+)'\)/g)) {
      const later = new URL(path, file);
      assert.ok(existsSync(later), later.href);
      assert.ok(!seen.has(later.href), `${path} is fetched at first all the same`);
    }
  }
});

test('the page preloads all modules and nothing else', () => {
  const html = readFileSync(new URL('index.html', www), 'utf8');
  const named = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((m) => new URL(m[1], www).href);
  const needed = modulesOf(new URL('js/main.js', www));
  needed.delete(new URL('js/main.js', www).href);
  assert.deepEqual(named.sort(), [...needed].sort());
  assert.equal(new Set(named).size, named.length);
  for (const file of named) assert.ok(existsSync(new URL(file)), file);
});

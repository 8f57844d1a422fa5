// What is fetched before anybody has clicked, as nginx gives it, and what is fetched later.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { filesBelow, joinedSite, modulesOf, www } from './joined.js';

const AT_FIRST = 60_000;                 // bytes, compressed as nginx does
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
  assert.deepEqual(shapes(readFileSync(new URL('js/elements/mark.js', www), 'utf8')), icon);
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

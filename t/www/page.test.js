// The page names every module that it will need, so that they are fetched side by side and not one after the other.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const www = new URL('../../www/', import.meta.url);

function modulesOf(file, seen = new Set()) {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:[^'\n]* from )?'([^']+)'/gm))
    modulesOf(new URL(path, file), seen);
  return seen;
}

test('the page preloads all modules and nothing else', () => {
  const html = readFileSync(new URL('index.html', www), 'utf8');
  const named = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((m) => new URL(m[1], www).href);
  const needed = modulesOf(new URL('js/main.js', www));
  needed.delete(new URL('js/main.js', www).href);
  assert.deepEqual(named.sort(), [...needed].sort());
  assert.equal(new Set(named).size, named.length);
  for (const file of named) assert.ok(existsSync(new URL(file)), file);
});

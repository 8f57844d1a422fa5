// What people expect of the client has numbers, 1 to 39. A test of t/browser/ that proves one begins with it: `'25: …'`, `'1, 4: …'`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const LAST = 39;
const NOT_YET = [17, 19];                // editing, recalling, and looking at images

const folder = new URL('../browser/', import.meta.url);
const specs = readdirSync(folder).filter((file) => file.endsWith('.spec.js')).map((file) => readFileSync(new URL(file, folder), 'utf8'));
const named = specs.flatMap((text) => [...text.matchAll(/^ *test\(['`](\d+(?:, \d+)*): /gm)]).flatMap(([, numbers]) => numbers.split(', ').map(Number));

test('each point has a test in a browser that is named by it', () => {
  const missing = Array.from({ length: LAST }, (_, i) => i + 1).filter((point) => !NOT_YET.includes(point) && !named.includes(point));
  assert.deepEqual(missing, []);
});

test('no test is named by a point that is none, or that is left out', () => {
  assert.deepEqual(named.filter((point) => point < 1 || point > LAST || NOT_YET.includes(point)), []);
});

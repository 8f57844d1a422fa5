// The colours of app.css against the tables of docs/design.md: each ratio is what the page says, and is enough.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const css = read('www/app.css');
const page = read('docs/design.md');

/** The colours that a rule sets. */
function tokens(selector) {
  const start = css.indexOf(`${selector} {`);
  assert.notEqual(start, -1, selector);
  const rule = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries([...rule.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

const light = tokens(':root');
const chosenDark = tokens(':root[data-theme="dark"]');
const dark = { ...light, ...chosenDark };

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The rows of the table below a heading: what, on what, in light, in dark. */
function table(title) {
  const start = page.indexOf(`### ${title}`);
  assert.notEqual(start, -1, title);
  const end = page.indexOf('\n#', start + 1);
  return [...page.slice(start, end).matchAll(/^\| `([\w-]+)` \| `([\w-]+)` \| ([\d.]+) \| ([\d.]+) \|/gm)].map(([, ...cells]) => cells);
}

test('the dark colours are the same, by the system’s preference or by the switch', () => {
  assert.deepEqual(tokens(':root:not([data-theme="light"])'), chosenDark);
});

for (const [title, least] of [['Text', 4.5], ['Edges of controls', 3], ['Shapes', 1.2]]) {
  test(`${title.toLowerCase()}: the ratios are those of the page, and at least ${least}`, () => {
    const rows = table(title);
    assert.ok(rows.length >= 5, title);
    for (const [what, on, inLight, inDark] of rows) {
      for (const [colours, said, name] of [[light, inLight, 'light'], [dark, inDark, 'dark']]) {
        const ratio = contrast(colours[what], colours[on]);
        assert.equal(ratio.toFixed(1), said, `${what} on ${on}, ${name}`);
        assert.ok(ratio >= least, `${what} on ${on}, ${name}: ${ratio}`);
      }
    }
  });
}

test('every colour stands in a table, but for those that say nothing', () => {
  const named = new Set(['Text', 'Edges of controls', 'Shapes'].flatMap((title) => table(title).flatMap(([what, on]) => [what, on])));
  assert.deepEqual(Object.keys(light).filter((name) => !named.has(name)), []);
});

test('initials are read on each of the twelve tints', () => {
  const tints = [...css.matchAll(/\.tint-\d+ \{ --tint: (#[0-9a-f]{6}); \}/g)].map(([, value]) => value);
  assert.equal(tints.length, 12);
  for (const tint of tints) assert.ok(contrast('#ffffff', tint) >= 4.5, tint);
});

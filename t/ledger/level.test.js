// A page that is still loading isn't there, and is late only when it may not be loading any more.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { LOADING } from './late.js';
import { Level } from './level.js';
import { now } from './time.js';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'level-'));
fs.mkdirSync(`${dir}/run`);
fs.writeFileSync(`${dir}/run/workers`, '0');
after(() => fs.rmSync(dir, { recursive: true }));

const tab = (/** @type {any} */ more) => ({ away: false, store: { ready: true, get: () => undefined }, page: { opened: -9000, view: { page: 'p' } }, ...more });
const level = (/** @type {any[]} */ ...tabs) => new Level(/** @type {any} */ ({ record: { newest: new Map() }, convs: new Map(), port: 0 }), () => tabs, dir, 500);

test('all are there', async () => assert.equal((await level(tab()).wait(1000)).missing, null));

test('a page that loads is waited for, and not late', async () => {
  const loading = tab({ store: { ready: false }, page: { opened: now(), view: { page: 'p' } } });
  setTimeout(() => { loading.store.ready = true; }, 300);
  const { ms, missing } = await level(tab(), loading).wait(100);
  assert.ok(ms >= 250, `${ms} ms`);
  assert.equal(missing, null);
});

test('one that loads for longer is late, and hides no other', async () => {
  const loading = tab({ store: { ready: false }, page: { opened: now() - LOADING + 200, view: { page: 'loads' } } });
  const waiting = level(loading).wait(100);
  assert.equal((await waiting).missing?.page, 'loads');
  const other = tab({ store: { ready: false }, page: { opened: -9000, view: { page: 'late' } } });
  const young = tab({ store: { ready: false }, page: { opened: now(), view: { page: 'loads' } } });
  assert.equal(level(young, other).lagging({ since: 0, newest: new Map() })?.page, 'late');
});

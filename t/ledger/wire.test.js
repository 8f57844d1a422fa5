// A browser that is cut off sends nothing and gets nothing; what it sends twice by itself is told.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { until } from './time.js';
import { Wire } from './wire.js';

/** A server, and a page of a browser on it. `/held` is never answered, `/closed` closes a kept connection once. */
async function stage(act) {
  const got = [];
  let closes = 1;
  const server = http.createServer((request, response) => {
    got.push(request.url);
    if (request.url === '/closed' && closes-- > 0) request.socket.destroy();
    else if (request.url !== '/held') response.end('{}');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const wire = new Wire(server.address().port, { drop: () => null });
  const exchanges = [];
  const page = wire.page((exchange) => () => exchanges.push(exchange));
  try {
    await act({ wire, page, got, exchanges });
  } finally {
    wire.close();
    server.closeAllConnections();
    server.close();
  }
}

test('cut: what is under way on a kept connection is lost, and isn’t sent again', () => stage(async ({ wire, page, got, exchanges }) => {
  await page.fetch('/one');
  const held = page.fetch('/held').then(() => 'answered', (error) => error.message);
  await until(() => got.length === 2, 2000, 5);
  wire.offline = true;
  wire.cut();
  assert.equal(await Promise.race([held, new Promise((resolve) => { setTimeout(resolve, 500, 'nothing'); })]), 'offline');
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  assert.deepEqual(got, ['/one', '/held']);
  assert.deepEqual(exchanges.map(({ lost }) => lost), [undefined, 'offline']);
}));

test('cut, and not offline: a laptop that fell asleep', () => stage(async ({ wire, page, got }) => {
  await page.fetch('/one');
  const held = page.fetch('/held').catch((error) => error.message);
  await until(() => got.length === 2, 2000, 5);
  wire.cut();
  assert.equal(await held, 'offline');
  assert.deepEqual(got, ['/one', '/held']);
  assert.equal((await page.fetch('/two')).status, 200, 'and on it goes');
}));

test('a kept connection that the server closes: sent again, once, and told', () => stage(async ({ wire, page, got, exchanges }) => {
  await page.fetch('/one');
  assert.equal((await page.fetch('/closed', { method: 'POST', body: '{}' })).status, 200);
  assert.deepEqual(got, ['/one', '/closed', '/closed']);
  assert.deepEqual(exchanges.map(({ again }) => again), [undefined, true]);
  assert.equal(wire.repeats, 1);
}));

test('a new connection that the server closes: not sent again', () => stage(async ({ page, got, exchanges }) => {
  await assert.rejects(page.fetch('/closed'));
  assert.deepEqual(got, ['/closed']);
  assert.equal(exchanges[0].lost, 'ECONNRESET');
}));

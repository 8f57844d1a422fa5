// Asking the server: tokens, problems, who one is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../www/js/api.js';

const real = { setTimeout: (act, ms) => setTimeout(act, ms), clearTimeout: (timer) => clearTimeout(timer) };

/** @param {Record<string, Function>} routes answers by "METHOD /path" */
function page(routes, { cookies = 'a=b; csrftoken=t1', isSecure = false } = {}) {
  const seen = [];
  const heard = [];
  let jar = cookies;
  const fetch = async (path, init) => {
    seen.push({ path, ...init });
    const [status, body, headers] = await routes[`${init.method} ${path}`](init);
    return new Response(body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  };
  const api = new Api({ fetch, readCookies: () => jar, isSecure, clock: real });
  for (const type of ['signed-out', 'switched']) api.addEventListener(type, (e) => heard.push([type, e.detail.user?.id]));
  return { api, seen, heard, setCookies: (value) => { jar = value; } };
}
const problem = (name, more = {}) => ({ type: `urn:magpie:problem:${name}`, status: 400, ...more });

test('unsafe methods repeat the token, GET does not', async () => {
  const { api, seen } = page({ 'POST /api/read': () => [204], 'GET /api/friends': () => [200, {}] });
  assert.equal(await api.post('/api/read', { a: 1 }), null);
  await api.get('/api/friends');
  assert.equal(seen[0].headers['X-CSRFToken'], 't1');
  assert.equal(seen[0].headers['Content-Type'], 'application/json');
  assert.equal(seen[1].headers['X-CSRFToken'], undefined);
});

test('over TLS only the __Host- cookie counts', () => {
  assert.equal(page({}, { isSecure: true }).api.hasToken, false);
  assert.equal(page({}, { isSecure: true, cookies: '__Host-csrftoken=x' }).api.hasToken, true);
});

test('a problem has its name, field, and waiting time', async () => {
  const { api } = page({ 'POST /api/x': () => [429, problem('too-many', { field: 'msg' }), { 'Retry-After': '7' }] });
  await assert.rejects(api.post('/api/x'), { name: 'too-many', status: 429, field: 'msg', retryAfter_ms: 7000, isPassing: true });
});

test('no answer, and an answer that is none, are the network’s fault', async () => {
  const { api } = page({ 'GET /api/a': () => { throw new TypeError('failed'); }, 'GET /api/b': () => [200, '<html>portal</html>'] });
  await assert.rejects(api.get('/api/a'), { name: 'network', status: 0, isPassing: true });
  await assert.rejects(api.get('/api/b'), { name: 'network', status: 0 });
});

test('a call that hangs ends', async () => {
  const { api } = page({ 'GET /api/a': (init) => new Promise((_, no) => init.signal.addEventListener('abort', () => no(new Error('aborted')))) });
  await assert.rejects(api.get('/api/a', { within_ms: 20 }), { name: 'network' });
});

test('401 is told', async () => {
  const { api, heard } = page({ 'GET /api/a': () => [401, problem('no-session')] });
  await assert.rejects(api.get('/api/a'), { status: 401 });
  assert.deepEqual(heard, [['signed-out', undefined]]);
});

test('a refused token is read anew, once, if it is still the same person', async () => {
  let tries = 0;
  const { api, seen, setCookies } = page({
    'POST /api/queues': () => [201, { me: { id: 3 } }],
    'POST /api/x': (init) => { tries++; return init.headers['X-CSRFToken'] === 't2' ? [204] : [403, problem('csrf')]; },
    'GET /api/me': () => [200, { user: { id: 3 } }],
  });
  await api.post('/api/queues');
  setCookies('csrftoken=t2');
  await api.post('/api/x');
  assert.equal(tries, 2);
  assert.deepEqual(seen.map((s) => s.path), ['/api/queues', '/api/x', '/api/me', '/api/x']);
});

test('somebody else’s session stops the page', async () => {
  const { api, heard } = page({
    'POST /api/queues': () => [201, { me: { id: 3 } }], 'POST /api/x': () => [403, problem('csrf')],
    'GET /api/me': () => [200, { user: { id: 4 } }], 'POST /api/changes': () => [200, { me: { id: 4 } }],
  });
  await api.post('/api/queues');
  await assert.rejects(api.post('/api/x'), { name: 'switched' });
  await assert.rejects(api.post('/api/changes'), { name: 'switched' });
  assert.deepEqual(heard, [['switched', 4], ['switched', 4]]);
});

test('logging in gives the token; wrong words are no ended session', async () => {
  const { api, heard, seen } = page({
    'POST /api/login': (init) => (init.body.includes('right') ? [200, { user: { id: 3 }, csrf_token: 't9' }] : [401, problem('bad-credentials')]),
    'POST /api/x': () => [204],
  }, { cookies: '' });
  await assert.rejects(api.signIn('login', { password: 'wrong' }), { name: 'bad-credentials' });
  assert.deepEqual(heard, []);
  await api.signIn('login', { password: 'right' });
  await api.post('/api/x');
  assert.equal(seen.at(-1).headers['X-CSRFToken'], 't9');
});

test('until it is known whether the page is of now, only what may go ahead is asked, and nothing answered', async () => {
  const { api, seen } = page({ 'GET /version.json': () => [200, {}], 'POST /api/queues': () => [201, {}], 'POST /api/read': () => [204] });
  let isKnown = () => {};
  const asked = api.get('/version.json');
  api.hold(asked.then(() => new Promise((resolve) => { isKnown = resolve; })));
  const came = [];
  const calls = [api.post('/api/queues', {}, { ahead: true }).then(() => came.push('queue')), api.post('/api/read').then(() => came.push('read'))];
  await asked;
  await new Promise((resolve) => { setTimeout(resolve); });
  assert.deepEqual([seen.map((s) => s.path), came], [['/version.json', '/api/queues'], []]);
  isKnown();
  await Promise.all(calls);
  assert.deepEqual([seen.at(-1).path, came], ['/api/read', ['queue', 'read']]);
  await api.post('/api/read');
});

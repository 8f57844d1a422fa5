// Much of everything: ten thousand messages, a thousand conversations, a day of polls.
//
// Times are the processor's time of the page's thread, by Chromium's own counters: a busy machine makes them hardly longer.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Crowd, median, message } from './crowd.js';
import { closeBrowser, until } from './people.js';

after(closeBrowser);

const tell = (t, what) => t.diagnostic(`measured: ${what}`);

test('36: ten thousand messages: fewer than 200 rows, and nothing moves by a pixel', async (t) => {
  const crowd = await Crowd.make(1, 10_000);
  const { page, one } = crowd;
  await one.open('Friend 0');
  await one.hears('number 10000');
  const before = await crowd.used();
  // In the page, since each step is a few frames: goes up, and looks whether what is seen stays while rows come above it.
  const walk = await page.evaluate(async () => {
    const log = document.querySelector('.log');
    const frame = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
    const first = () => log.querySelector('.text').textContent;
    const walked = { steps: 0, rows: 0, moved: 0, texts: new Set() };
    const note = () => log.querySelectorAll('.text').forEach((text) => walked.texts.add(text.textContent));
    const end = Date.now() + 150_000;
    note();
    while (!/^number 1$/.test(first()) && Date.now() < end) {
      log.scrollTop = 300;
      const top = log.getBoundingClientRect().top;
      const seen = [...log.querySelectorAll('.text')].find((text) => text.getBoundingClientRect().top > top);
      const [at, was] = [seen.getBoundingClientRect().top, first()];
      do await frame();
      while (first() === was && Date.now() < end);
      walked.steps++;
      walked.moved = Math.max(walked.moved, seen.isConnected ? Math.abs(seen.getBoundingClientRect().top - at) : Infinity);
      walked.rows = Math.max(walked.rows, log.querySelectorAll('.row').length);
      note();
    }
    return { ...walked, texts: walked.texts.size };
  });
  const after10000 = await crowd.used();
  tell(t, `${walk.steps} steps through 10,000 messages, ${((after10000.all - before.all) / walk.steps).toFixed(1)} ms each`);
  assert.ok(walk.moved < 1.5, `moved by ${walk.moved} px`);
  assert.ok(walk.rows < 200, `${walk.rows} rows`);
  assert.equal(walk.texts, 10_000, 'all were seen');

  const top = () => one.log.locator('.text', { hasText: /^number 40$/ }).evaluate((node) => node.getBoundingClientRect().top);
  const place = await top();
  await crowd.push({ type: 'message', rev: 10_001, message: message(0, 10_001) });
  await page.getByRole('button', { name: '1 new' }).waitFor();
  const drawn = await crowd.used();
  tell(t, `a message beside 10,000: ${(drawn.all - after10000.all).toFixed(1)} ms`);
  assert.equal(await top(), place);
  await page.getByRole('button', { name: '1 new' }).click();
  await one.hears('number 10001');
  assert.ok(await one.log.locator('.row').count() < 200);
  await crowd.leave();
});

test('36: a thousand polls leave nothing behind', async (t) => {
  const crowd = await Crowd.make(50, 50);
  const { page, one } = crowd;
  // Polls that are answered in the page, at once, by turns with nothing and with a friend who comes or goes.
  await page.addInitScript(() => {
    const [fetch, later] = [window.fetch, window.setTimeout];
    window.setTimeout = (act, ms, ...more) => later(act, ms <= 100 ? 0 : ms, ...more);       // the pause between two polls
    Object.assign(window, { polls: 0, wanted: 0, go() {} });
    window.fetch = async (path, request) => {
      if (!String(path).startsWith('/api/receive')) return fetch(path, request);
      if (window.polls >= window.wanted) await new Promise((resolve) => { window.go = resolve; });
      const n = Number(new URL(path, location.href).searchParams.get('after'));
      const isEmpty = window.polls++ % 2 === 0;
      const event = { n: n + 1, type: 'presence', user_id: 1_000_000 + window.polls % 50, state: window.polls % 100 > 50 ? 'online' : 'away' };
      return Response.json({ events: isEmpty ? [] : [event], next: isEmpty ? n : n + 1 });
    };
  });
  await page.reload();
  await one.open('Friend 0');
  await one.hears('number 50');
  const poll = async (count) => {
    await page.evaluate((wanted) => {
      window.wanted = wanted;
      window.go();
    }, count);
    await until(`${count} polls`, () => page.evaluate((wanted) => window.polls >= wanted, count), 60_000);
    return crowd.alive();
  };
  const first = await poll(200);                 // what is made once is there by then
  const used = await crowd.used();
  const last = await poll(1200);
  tell(t, `1,000 polls: heap ${Math.round(first.heap / 1024)} to ${Math.round(last.heap / 1024)} kB, ${first.nodes} to ${last.nodes} nodes, `
    + `${(((await crowd.used()).all - used.all) / 1000).toFixed(2)} ms each`);
  assert.ok(last.heap < 1.2 * first.heap, `${first.heap} bytes, then ${last.heap}`);
  assert.ok(last.nodes < 1.02 * first.nodes + 50, `${first.nodes} nodes, then ${last.nodes}`);
  assert.ok(last.listeners < 1.02 * first.listeners + 50, `${first.listeners} listeners, then ${last.listeners}`);
  await crowd.leave();
});

test('20: switching between known conversations takes less than 50 ms', async (t) => {
  const crowd = await Crowd.make(50, 50);
  const { page, one } = crowd;
  const times = [];
  for (const isKnown of [false, true]) {
    for (let friend = 0; friend < 20; friend++) {
      const before = await crowd.used();
      await page.evaluate((at) => new Promise((resolve) => {
        document.querySelectorAll('.conversation')[at].click();
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      }), friend);
      await page.getByRole('log', { name: `Friend ${friend}`, exact: false }).waitFor();
      await one.hears('number 50');
      const now = await crowd.used();
      if (isKnown) times.push({ script: now.script - before.script, all: now.all - before.all });
    }
  }
  const script = median(times.map((time) => time.script));
  tell(t, `switching, median of 20: ${script.toFixed(1)} ms of script, ${median(times.map((time) => time.all)).toFixed(1)} ms with layout and paint`);
  assert.ok(script < 50, `${script} ms`);
  await crowd.leave();
});

test('21: a thousand conversations: the last active first, and a message touches its own row alone', async (t) => {
  const crowd = await Crowd.make(1000, 2);
  const { page } = crowd;
  const names = () => page.locator('.conversation .name').allTextContents();
  assert.deepEqual(await names(), Array.from({ length: 1000 }, (_, i) => `Friend ${i}`));
  await page.evaluate(() => {
    window.touched = new Set();
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes)
        for (const node of [target, ...addedNodes]) if (node.closest?.('li')) window.touched.add(node.closest('li'));
    }).observe(document.querySelector('.conversations'), { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const costs = [];
  for (const friend of [700, 800, 900, 999, 500]) {
    const before = await crowd.used();
    await crowd.push({ type: 'message', rev: 3, message: message(friend, 3, Date.now()) });
    await until('it to be the first', async () => (await page.locator('.conversation .name').first().textContent()) === `Friend ${friend}`);
    costs.push((await crowd.used()).all - before.all);
  }
  tell(t, `a message, with 1,000 conversations in the list: ${median(costs).toFixed(1)} ms`);
  assert.deepEqual(await page.evaluate(() => window.touched.size), 5);
  assert.deepEqual((await names()).slice(0, 7), ['Friend 500', 'Friend 999', 'Friend 900', 'Friend 800', 'Friend 700', 'Friend 0', 'Friend 1']);
  await crowd.leave();
});

test('21: a thousand conversations: what happens in one makes nobody look at another', async () => {
  const crowd = await Crowd.make(1000, 2);
  const { page, one } = crowd;
  const link = (friend) => one.list.getByRole('link', { name: `Friend ${friend}`, exact: false }).first();
  await page.evaluate(() => {
    const { app } = document.querySelector('magpie-shell');
    const list = document.querySelector('.conversations');
    const view = (contact_id, pinned) => app.store.takeOwn({ type: 'conversation', contact_type: 'single', contact_id, pinned, unread: 0, me_rev: app.store.meRev + 1 });
    const acts = {
      hear: (message) => app.store.take(message),
      come: (user_id) => app.store.takePresence({ user_id, state: 'online' }),
      pin: (id) => view(id, true),
      unpin: (id) => view(id, false),
      go: (id) => { location.hash = `#/c/single/${id}`; },
    };
    /** Does it. Of whom the list asked whether all is sent, whose rows were moved or changed, and who stands first. */
    window.after = async (act, what) => {
      const [looked, changed] = [new Set(), new Set()];
      const { of } = app.unsent;
      app.unsent.of = (key) => { looked.add(Number(key.split(':1000')[1])); return of.call(app.unsent, key); };
      const seen = new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) for (const node of target === list ? addedNodes : [target]) changed.add(node.closest('li'));
      });
      seen.observe(list, { subtree: true, childList: true, attributes: true, characterData: true });
      acts[act](what);
      await new Promise((resolve) => { setTimeout(resolve); });
      seen.disconnect();
      delete app.unsent.of;
      const numbers = (nodes) => [...nodes].map((node) => Number(node?.querySelector('.name').textContent.split(' ')[1])).sort();
      return [[...looked].sort().slice(0, 9), numbers(changed).slice(0, 9), ...numbers([list.firstElementChild])];
    };
  });
  const after = (act, what) => page.evaluate((given) => window.after(...given), [act, what]);
  const ID = 1_000_000;
  await link(500).focus();
  assert.deepEqual(await after('hear', message(500, 3, Date.now())), [[500], [500], 500]);
  assert.equal(await link(500).evaluate((node) => node === document.activeElement), true, 'the focus goes with the row');
  assert.deepEqual(await after('come', ID + 700), [[700], [700], 500]);
  assert.deepEqual(await after('pin', ID + 900), [[900], [900], 900]);
  assert.deepEqual(await after('unpin', ID + 900), [[900], [900], 500]);
  await link(303).click();
  await one.box.fill('a draft');
  assert.deepEqual((await after('go', ID + 304)).slice(0, 2), [[303, 304], [303, 304]]);
  await link(303).getByText('Draft: a draft').waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('magpie-shell').app.store.shown().map((c) => c.name).join()
    === [...document.querySelectorAll('.conversation .name')].map((node) => node.textContent).join()), true, 'they stand as they are sorted');
  await crowd.leave();
});

// Texts, times, rows, addresses, waiting: the small pure modules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, Trouble } from '../../www/js/backoff.js';
import { deviceName } from '../../www/js/device.js';
import { setLanguage } from '../../www/js/i18n.js';
import { shownName } from '../../www/js/name.js';
import { checkPassword } from '../../www/js/password.js';
import { matching } from '../../www/js/matching.js';
import { behind, formatRoute, parseRoute } from '../../www/js/route.js';
import { Rows, rowsOf } from '../../www/js/rows.js';
import { RowWindow } from '../../www/js/row-window.js';
import { neighbour, shortcutOf } from '../../www/js/shortcuts.js';
import { initials, isBlank, isEmojiOnly, length, oneLine, pieces, tint } from '../../www/js/text.js';
import { ago, clock, dayLine, daysBetween, short, untilMidnight } from '../../www/js/time.js';
import { message } from './tools.js';

test('links are http and https only, without what stands around them', () => {
  const links = (text) => pieces(text).filter((p) => p.href).map((p) => p.text);
  assert.deepEqual(links('see https://a.example/x?y=1, and (http://b.example/z).'), ['https://a.example/x?y=1', 'http://b.example/z']);
  assert.deepEqual(links('https://en.wikipedia.org/wiki/Magpie_(bird)'), ['https://en.wikipedia.org/wiki/Magpie_(bird)']);
  assert.deepEqual(links('看https://例子.测试/路径，好'), ['https://例子.测试/路径']);
  for (const bad of ['javascript:alert(1)', 'JaVa\tscript:x', 'data:text/html,x', 'vbscript:x', 'ftp://x', 'https://', 'https://user@host/', 'https://a:b@host'])
    assert.deepEqual(links(bad), [], bad);
});

test('the pieces of a text are the text', () => {
  for (const text of ['', 'a', 'https://a.b', 'x https://a.b/c. y http://', '<script>https://x.y"z</script>', 'a\n\nb'])
    assert.equal(pieces(text).map((p) => p.text).join(''), text);
});

test('blank is what shows nothing', () => {
  for (const text of ['', ' \n\t', '\u200b\u200d', '\u3000', '\u2800', '\u00ad\ufeff']) assert.ok(isBlank(text), JSON.stringify(text));
  for (const text of ['a', '.', '👍', '中', '\u200ba']) assert.ok(!isBlank(text), JSON.stringify(text));
});

test('lengths count code points, one line is one line', () => {
  assert.equal(length('a👍中'), 3);
  assert.equal(oneLine(' a\n\n b\t'), 'a b');
});

test('emoji alone are told from digits and words', () => {
  for (const text of ['👍', '👨‍👩‍👧 ❤️', '🇨🇳']) assert.ok(isEmojiOnly(text), text);
  for (const text of ['12', 'ok 👍', '#', '   ']) assert.ok(!isEmojiOnly(text), text);
});

test('initials of names from everywhere', () => {
  const cases = [['Alex Morgan', 'AM'], ['kim', 'K'], ['王晓明', '晓明'], ['李', '李'], ['Ana María del Valle', 'AV'],
    ['🐦 Bird', 'B'], ['Bob 🐦', 'B'], ['王小明 🐦', '小明'], ['🐦', '🐦'], ['  ', '?'], ['j.doe', 'JD']];
  for (const [name, wanted] of cases) assert.equal(initials(name), wanted, name);
});

test('a colour is one of twelve, and stays', () => {
  for (const id of [1, 2, 7, 2 ** 31, 2 ** 53 - 1]) {
    assert.ok(tint('single', id) >= 0 && tint('single', id) < 12);
    assert.equal(tint('single', id), tint('single', id));
  }
});

test('days are those of the calendar', () => {
  const now = new Date(2026, 10, 22, 0, 10);
  assert.equal(daysBetween(new Date(2026, 10, 21, 23, 50), now), 1);
  assert.equal(dayLine('en', new Date(2026, 10, 22, 0, 5), now), 'Today');
  assert.equal(dayLine('en', new Date(2026, 10, 21, 12), now), 'Yesterday');
  assert.equal(dayLine('zh-CN', new Date(2026, 10, 21, 12), now), '昨天');
  assert.equal(dayLine('en', new Date(2026, 10, 17), now), 'Tuesday');
  assert.match(dayLine('en', new Date(2025, 10, 17), now), /2025/);
  assert.equal(clock('en', new Date(2026, 1, 1, 9, 5)), '09:05');
  assert.equal(clock('en', new Date(2026, 1, 1, 0, 5)), '00:05');
  assert.equal(short('en', new Date(2026, 10, 22, 0, 1), now), '00:01');
  assert.equal(short('en', new Date(2026, 10, 18), now), 'Wed');
  assert.equal(untilMidnight(new Date(2026, 10, 22, 23, 59, 59)), 1000);
});

const at = (minutes) => new Date(2026, 10, 22, 12, minutes).toISOString();
const view = { me: 3, unreadAfter: null };

test('messages of one person within five minutes belong together', () => {
  const rows = rowsOf([message(1, { timestamp: at(0) }), message(2, { timestamp: at(4) }), message(3, { timestamp: at(10) }),
    message(4, { timestamp: at(11), from: 9 })], [], view);
  assert.deepEqual(rows.slice(1).map((r) => [r.first, r.last]), [[true, false], [false, true], [true, true], [true, true]]);
});

test('an own message keeps its key from the writing to the sent state', () => {
  const entry = { client_id: 'u1', contact_type: 'single', to: 7, msg: 'x', at: Date.parse(at(0)), state: 'sending' };
  const before = rowsOf([], [entry], view);
  const after = rowsOf([message(1, { from: 3, client_id: 'u1', timestamp: at(0) })], [entry], view);
  assert.equal(before.at(-1).key, after.at(-1).key);
  assert.equal(after.filter((r) => r.kind === 'message').length, 1);
});

test('the line "New" stands before the first unread message of somebody else', () => {
  const rows = rowsOf([message(1), message(2, { from: 3 }), message(3, { kind: 'notice' }), message(4)], [], { me: 3, unreadAfter: 1 });
  const kinds = rows.map((r) => r.kind);
  assert.equal(kinds[kinds.indexOf('unread') + 1], 'message');
  assert.equal(rows[kinds.indexOf('unread') + 1].message.seq, 4);
});

test('every key is there once, also when times go backwards', () => {
  const days = [22, 21, 22, 21].map((day, i) => message(i + 1, { timestamp: new Date(2026, 10, day, 12).toISOString() }));
  const keys = rowsOf(days, [], view).map((r) => r.key);
  assert.equal(new Set(keys).size, keys.length);
});

test('rows go on where they ended, and are as if all were made anew', () => {
  const notice = { what: 'member-left', by: { id: 9, name: 'Sam' }, user: { id: 9, name: 'Sam' } };
  const all = Array.from({ length: 90 }, (_, i) => message(i + 1, { timestamp: at(i * 40 % 97 + i * 7), from: [7, 7, 3, 9][i % 7 % 4],
    client_id: `u${i}`, ...([4, 5].includes(i % 9) && { kind: 'notice', notice }) }));
  const kept = new Rows();
  const check = (messages, entries, unreadAfter = null) => {
    const one = { me: 3, unreadAfter };
    const rows = kept.of(messages, entries, one);
    assert.deepEqual(rows, rowsOf(messages, entries, one), `${messages.length}`);
    return rows;
  };
  const written = (i) => ({ client_id: `u${i}`, contact_type: 'single', to: 7, msg: 'x', at: Date.parse(all[i].timestamp), state: 'sending' });
  for (let n = 0; n < all.length; n++) check(all.slice(0, n), n % 3 ? [written(n), written(Math.min(n + 1, 89))] : [], n > 50 ? 30 : null);
  const rows = check(all, []);
  assert.equal(check([...all, message(91)], [])[1], rows[1], 'what is there is not made again');
  check(all.slice(10), []);
  check(all, []);
  check(all.map((m) => (m.seq === 40 ? { ...m, rev: 99, kind: 'recalled' } : m)), []);
});

test('addresses lead to places and back', () => {
  for (const hash of ['#/c/single/7', '#/c/single/7/41',
    '#/c/group/12/info', '#/people', '#/contacts', '#/u/7', '#/lists', '#/blocked', '#/new-group', '#/settings', '#/'])
    assert.equal(formatRoute(parseRoute(hash)), hash);
  for (const hash of ['', '#', '#/c/single/0', '#/c/single/99999999999999999', '#/c/x/1', '#//evil', '#/c/single/7/x', '#/c/single/7/0', '#/u/0', '#/u/7/x'])
    assert.equal(parseRoute(hash).page, 'list', hash);
  assert.deepEqual(parseRoute('#/c/single/7/41'), { page: 'chat', type: 'single', id: 7, seq: 41 });
  assert.deepEqual(parseRoute('#/add/Alex.M'), { page: 'people', token: 'alex.m' }, 'written by hand');
  assert.equal(formatRoute(behind(parseRoute('#/c/single/7/41'))), '#/');
  assert.equal(formatRoute(behind(parseRoute('#/c/group/2/info'))), '#/c/group/2');
  assert.equal(formatRoute(behind(parseRoute('#/c/group/2'))), '#/');
  for (const hash of ['#/u/7', '#/people', '#/lists', '#/blocked']) assert.equal(formatRoute(behind(parseRoute(hash))), '#/contacts');
});

test('waiting doubles up to a minute, at random, and after what the server asked', () => {
  assert.equal(backoff(1, null, () => 0), 0);
  assert.equal(backoff(1, null, () => 1), 1000);
  assert.equal(backoff(50, null, () => 1), 60_000);
  assert.ok(backoff(1, 5000, () => 0) >= 5000);
});

test('after a short trouble nobody is away for long, however often it was tried', () => {
  assert.equal(backoff(10, null, () => 1, 6000), 3000);
  assert.equal(backoff(10, null, () => 1, 28_000), 7000);
  assert.equal(backoff(10, null, () => 1, 600_000), 60_000);
  let time = 0;
  const trouble = new Trouble({ now: () => time }, () => 1);
  assert.deepEqual([trouble.again(), trouble.again(), trouble.again()], [1000, 2000, 3000]);
  time = 40_000;
  assert.equal(trouble.again(), 8000);
  assert.equal(trouble.again(), 10_000);
  trouble.end();
  assert.equal(trouble.again(), 1000);
});

const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('keys that work everywhere, but never those of an input method', () => {
  assert.equal(shortcutOf(press('k', { ctrlKey: true }), true), 'find');
  assert.equal(shortcutOf(press('K', { metaKey: true }), true), 'find');
  assert.equal(shortcutOf(press('k'), true), null);
  assert.equal(shortcutOf(press('ArrowUp', { altKey: true }), true), 'previous');
  assert.equal(shortcutOf(press('ArrowDown', { altKey: true, shiftKey: true }), true), 'next-unread');
  assert.equal(shortcutOf(press('ArrowDown', { altKey: true, isComposing: true }), true), null);
  assert.equal(shortcutOf(press('ArrowDown', { altKey: true, keyCode: 229 }), true), null);
  assert.equal(shortcutOf(press('?', { shiftKey: true }), false), 'help');
  assert.equal(shortcutOf(press('?', { shiftKey: true }), true), null);
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) assert.equal(shortcutOf(press('?', { shiftKey: true, [held]: true }), false), null, held);
});

test('the neighbour in the list, round its ends, or the unread one', () => {
  const list = [['a', 0], ['b', 2], ['c', 0]].map(([key, unread]) => ({ key, unread, name: key }));
  const go = (current, shortcut) => neighbour(list, current, shortcut)?.key ?? null;
  assert.deepEqual([go('a', 'next'), go('c', 'next'), go('a', 'previous'), go('', 'next'), go('', 'previous')], ['b', 'a', 'c', 'a', 'c']);
  assert.deepEqual([go('c', 'next-unread'), go('c', 'previous-unread'), go('b', 'next-unread')], ['b', 'b', null]);
  assert.equal(neighbour([], '', 'next'), null);
});

test('conversations are found by parts of their names', () => {
  const list = ['Kim Lindqvist', '林晓雨', 'Sunday hikers'].map((name) => ({ name }));
  const found = (text) => matching(list, text).map((c) => c.name);
  assert.deepEqual(found('LIND kim'), ['Kim Lindqvist']);
  assert.deepEqual(found('晓'), ['林晓雨']);
  assert.equal(found(' ').length, 3);
  assert.deepEqual(found('nobody'), []);
});

test('of ten thousand rows a part is in the page, which moves along', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => ({ key: `${i}` }));
  const part = new RowWindow();
  const ends = () => [part.of(rows)[0].key, part.of(rows).at(-1).key].map(Number);
  assert.deepEqual(ends(), [9840, 9999]);
  assert.equal(part.down(rows), false);
  assert.equal(part.up(rows), true);
  assert.deepEqual(ends(), [9780, 9939]);
  assert.equal(part.isAtEnd(rows), false);
  rows.push({ key: '10000' });
  assert.deepEqual(ends(), [9780, 9939]);
  while (part.up(rows)) assert.ok(part.of(rows).length < 200);
  assert.deepEqual(ends(), [0, 159]);
  part.show(rows, 5000);
  assert.deepEqual(ends(), [4940, 5099]);
  part.show(rows, 5001);
  assert.deepEqual(ends(), [4940, 5099]);
  while (part.down(rows));
  assert.equal(part.first, null);
  assert.equal(part.isAtEnd(rows), true);
  part.first = 'gone';
  assert.deepEqual(ends(), [9841, 10000]);
  assert.equal(new RowWindow().up(rows.slice(0, 10)), false);
});

test('a part of the rows that begins at a day stays where it is when more of that day comes above', () => {
  const lines = (from, to) => [{ key: 'day', kind: 'day' }, ...Array.from({ length: to - from }, (_, i) => ({ key: String(from + i), kind: 'message' }))];
  const part = new RowWindow();
  while (part.up(lines(500, 900)));
  assert.deepEqual([part.of(lines(500, 900))[0].key, part.of(lines(500, 900)).at(-1).key], ['day', '658']);
  assert.deepEqual([part.of(lines(300, 900))[0].key, part.of(lines(300, 900)).at(-1).key], ['500', '659']);
});

test('a device is called by its browser and its system', () => {
  const agents = {
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0': 'Firefox on Linux',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36': 'Chrome on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0': 'Edge on Windows',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15': 'Safari on macOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1': 'Safari on iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.0.0 Mobile/15E148 Safari/604.1': 'Chrome on iPhone',
    'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36': 'Samsung Internet on Android',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36': 'Chrome on Linux',
    'curl/8.5.0': 'curl', '': 'Unknown device', '<script>': 'Unknown device', 'Mozilla/5.0 (Amiga)': 'Unknown device',
  };
  for (const [agent, words] of Object.entries(agents)) assert.equal(deviceName(agent), words, agent);
  setLanguage('zh-CN');
  assert.equal(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'), 'Linux 上的 Firefox');
  assert.equal(deviceName(''), '未知设备');
  setLanguage('en');
});

test('a last use is told in whole units, and not to the minute', () => {
  const now = new Date(2026, 10, 22, 12);
  const before = (hours) => ago('en', new Date(now.getTime() - hours * 3600_000), now);
  assert.deepEqual([0, 0.9, 1, 1.9, 23, 24, 24 * 29, 24 * 30, 24 * 364, 24 * 365, -3].map(before),
    [null, null, '1 hour ago', '1 hour ago', '23 hours ago', '1 day ago', '29 days ago', '1 month ago', '12 months ago', '1 year ago', null]);
});

test('who has no name any longer is called so', () => {
  assert.deepEqual(['Kim', '', undefined].map(shownName), ['Kim', 'Deleted account', 'Deleted account']);
});

test('a password has 8 to 256 bytes', () => {
  assert.deepEqual(['1234567', '12345678', 'ä'.repeat(4), 'x'.repeat(256), 'ä'.repeat(129)].map((word) => checkPassword(word) === null),
    [false, true, true, true, false]);
});

test('what was recalled stays a message of its author, and is never the first unread', () => {
  const rows = rowsOf([message(1), message(2, { kind: 'recalled', msg: '' }), message(3, { kind: 'recalled', msg: '', from: 3 }), message(4)],
    [], { me: 3, unreadAfter: 1 }).filter((row) => row.kind !== 'day');
  assert.deepEqual(rows.map((row) => [row.kind, row.mine, row.message?.seq]),
    [['message', false, 1], ['message', false, 2], ['message', true, 3], ['unread', undefined, undefined], ['message', false, 4]]);
});

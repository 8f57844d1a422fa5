// How the log looks: notices that say the same are one row, code is told from prose, dates are those of the reader's country.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setLanguage } from '../../www/js/i18n.js';
import { runText } from '../../www/js/notice.js';
import { rowsOf } from '../../www/js/rows.js';
import { looksLikeCode, oneLine, parts } from '../../www/js/text.js';
import { day, localeOf } from '../../www/js/time.js';
import { message } from './tools.js';

const ME = 3;
const view = { me: ME, unreadAfter: null };
const at = (minutes) => new Date(2026, 10, 22, 12, minutes).toISOString();
const who = (id) => (id ? { id, name: `N${id}` } : undefined);
let seq = 0;
const notice = (what, by, user, minutes = 0) =>
  message(++seq, { kind: 'notice', msg: '', from: by, timestamp: at(minutes), notice: { what, by: who(by), user: who(user) } });
const shapes = (messages) => rowsOf(messages, [], view).slice(1).map((row) => row.run?.length ?? row.kind);

test('notices of one kind by one person are one row', () => {
  const added = [11, 12, 13, 14].map((user) => notice('member-added', ME, user));
  const rows = rowsOf(added, [], view);
  assert.deepEqual(rows.map((row) => row.kind), ['day', 'run']);
  assert.deepEqual(rows[1].run, added);
  assert.deepEqual(shapes([notice('member-added', ME, 11)]), ['notice']);
  assert.deepEqual(shapes([notice('member-added', 8, 11), notice('member-added', 9, 12)]), ['notice', 'notice'], 'by two');
  assert.deepEqual(shapes([notice('member-added', 8, 11), notice('member-removed', 8, 12)]), ['notice', 'notice'], 'of two kinds');
  assert.deepEqual(shapes([notice('member-added', 8, 11), message(++seq, { timestamp: at(0) }), notice('member-added', 8, 12)]),
    ['notice', 'message', 'notice'], 'with words between');
  assert.deepEqual(shapes([notice('member-joined', 11, 11), notice('member-joined', 12, 12), notice('member-joined', 13, 13)]), [3], 'each for oneself');
});

test('a run ends after five minutes without one, and with the day', () => {
  const settings = (minutes) => notice('group-settings', 8, undefined, minutes);
  assert.deepEqual(shapes([settings(0), settings(4), settings(8), settings(13)]), [3, 'notice']);
  const midnight = [-1, 1].map((minutes) => ({ ...settings(0), timestamp: new Date(2026, 10, 22, 0, minutes).toISOString() }));
  assert.deepEqual(shapes(midnight), ['notice', 'day', 'notice']);
});

test('what is about oneself, and what names alone do not tell, stands alone', () => {
  assert.deepEqual(shapes([notice('member-added', 8, 11), notice('member-added', 8, ME), notice('member-added', 8, 12)]), ['notice', 'notice', 'notice']);
  assert.deepEqual(shapes([notice('member-joined', 11, 11), notice('member-joined', ME, ME)]), ['notice', 'notice']);
  assert.deepEqual(shapes([notice('member-promoted', 8, 11), notice('member-promoted', 8, 12)]), ['notice', 'notice']);
  assert.deepEqual(shapes([notice('member-nickname', 11, 11), notice('member-nickname', 11, 11)]), [2]);
});

test('a run keeps its key when older ones come from above', () => {
  const run = [11, 12, 13].map((user) => notice('member-added', 8, user));
  const key = (messages) => rowsOf(messages, [], view).at(-1).key;
  assert.equal(key(run.slice(1)), key(run));
  assert.equal(key(run.slice(2)), key(run));
});

test('a run is one line, in both languages', () => {
  const added = [11, 12, 13, 14, 15].map((user) => notice('member-added', ME, user));
  const joined = [11, 12].map((user) => notice('member-joined', user, user));
  const left = [11, 12, 13].map((user) => notice('member-left', user, user));
  const lines = () => [added, added.slice(0, 3), added.slice(0, 2), joined, left].map((run) => runText(run, ME));
  setLanguage('zh-CN');
  const chinese = lines();
  setLanguage('en');
  assert.deepEqual(lines().map((line) => line.replace(', and', ' and')),
    ['You added N11, N12 and 3 others', 'You added N11, N12 and N13', 'You added N11 and N12', 'N11 and N12 joined', 'N11, N12 and N13 left']);
  assert.equal(chinese[0], '你将 N11、N12 和另外 3 人添加到群组');
  assert.equal(chinese[3], 'N11 和 N12 加入了群组');
  assert.match(runText([1, 2].map(() => notice('group-settings', ME)), ME), /^You changed the settings.* ×2$/);
});

test('code is told from prose, lists, verses and letters', () => {
  for (const code of [
    'static int\nmain(void)\n{\n\treturn 0;\n}',
    'for (const x of y) {\n  use(x);\n}',
    'def f(x):\n    return x + 1\n\nprint(f(2))',
    'if a:\n    b()\nelse:\n    c()',
    '{\n  "name": "x",\n  "tags": [1, 2]\n}',
    'select 1;\nselect 2;\nselect 3;',
  ]) assert.ok(looksLikeCode(code), code);
  for (const prose of [
    '', 'one line; with signs {}', 'Dear Kim;\nI am late;\nsorry', 'Two\nlines', '- one\n  - two\n  - three\n- four',
    'Shopping:\n  1. milk\n  2. bread', 'Roses are red,\n    violets are blue,\n        and so on', '第一段。\n\u3000\u3000第二段；\n\u3000\u3000第三段。',
    'Plan:\n\n  we meet at ten\n', 'see https://a.example/x\nand https://b.example/y', 'Hi :)\nhow are you :)\nwell, I hope :)', 'a (b)\nc (d)',
  ]) assert.ok(!looksLikeCode(prose), prose);
});

test('code between fences is told from what is around it', () => {
  const cut = (/** @type {string} */ text) => parts(text).map((part) => (part.isCode ? `${part.language ?? ''}[${part.text}]` : part.text));
  for (const [text, ...expected] of [
    ['words', 'words'], ['', ''], ['```\nany thing\n```', '[any thing]'], ['int f() {\n\treturn g(1);\n}', '[int f() {\n\treturn g(1);\n}]'],
    ['hi\n\n```sh\necho 1\n  echo 2\n```\nbye', 'hi', 'sh[echo 1\n  echo 2]', 'bye'], ['```ls\npwd```', 'ls[pwd]'],
    ['```c \nint x;\n```  \n``` \ny\n```\n', 'c[int x;]', '[y]'], ['say\n```sh\nnever closed', 'say\n```sh\nnever closed'],
    ['a ``` b\n``` c ```', 'a ``` b\n``` c ```'], ['```\n\n```\nnothing in it', '```\n\n```\nnothing in it'], ['```', '```'],
    ['```\n```\nprose\n```\nx\n```', '```\n```\nprose', '[x]'],
    [`a${'\n'.repeat(3900)}b\n\`\`\`\nx\n\`\`\``, `a${'\n'.repeat(3900)}b`, '[x]'],
  ]) assert.deepEqual(cut(text), expected, text);
  assert.equal(oneLine('look:\n```c\nint  x;\n```\nwell?'), 'look: int x; well?');
});

test('dates stand in the order of the reader’s country, in the page’s language', () => {
  assert.equal(localeOf('en', ['zh-CN', 'en-GB', 'en-US']), 'en-GB');
  assert.equal(localeOf('en', ['de-DE']), 'en');
  assert.equal(localeOf('zh-CN', ['zh-TW', 'zh-CN']), 'zh-CN', 'no other script');
  assert.equal(localeOf('en', ['en']), 'en');
  assert.match(day('zh-CN', new Date(2026, 10, 25)), /2026年11月25日/);
});

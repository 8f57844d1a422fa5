// Every text is there in every language, and none stands in the code itself.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { choose, LANGUAGES, problemText, setLanguage, t } from '../../www/js/i18n.js';
import { noticeText, preview } from '../../www/js/notice.js';
import { message } from './tools.js';

const folder = new URL('../../www/js/', import.meta.url);
const sources = readdirSync(folder).concat(readdirSync(new URL('elements/', folder)).map((f) => `elements/${f}`))
  .filter((f) => f.endsWith('.js')).map((f) => [f, readFileSync(new URL(f, folder), 'utf8')]);
const all = sources.map(([, text]) => text).join('\n');

// What is put together from parts: each must lead to a text for every value that it can have.
const MADE = {
  keys: /^keys\./, settings: /^settings\.(language|theme|send)(-.+)?$/, problem: /^problem\./, notice: /^notice\./,
  state: /^state\./, presence: /^presence\.(presence|last_seen)/,
  alerts: /^alerts\.(notices|text|sound|quiet|quiet-(from|to)|is-.+|state-.+)$/,
  account: /^account\.(what|messages)-/, people: /^people\.is-/, chat: /^chat\.ended-/, view: /^view\.(done|clear-sure)-/, access: /^access\.done-/,
  group: /^group\.(act-|set-|mute-\d|role-|is-p|done-(admin|member)|(open|join|ask|withdraw)(-of)?$)/, privacy: /^privacy\.(?!title)/,
};

test('both languages have the same keys, with the same {names}', () => {
  const names = (text) => [...new Set(Object.values(typeof text === 'string' ? { text } : text).join().match(/\{\w+\}/g) ?? [])].sort();
  assert.deepEqual(Object.keys(LANGUAGES['zh-CN']).sort(), Object.keys(LANGUAGES.en).sort());
  for (const key of Object.keys(LANGUAGES.en)) assert.deepEqual(names(LANGUAGES['zh-CN'][key]), names(LANGUAGES.en[key]), key);
});

test('every key in the code has a text', () => {
  const literal = /(?<=[(?:] ?|\[)'([a-z]+\.[a-z][a-z.-]*)'/g;
  const used = [...all.matchAll(literal)].map((m) => m[1]).filter((key) => key.split('.')[0] in prefixes());
  assert.ok(used.length > 80);
  for (const key of used) assert.ok(key in LANGUAGES.en, key);
});

test('every text is used', () => {
  for (const key of Object.keys(LANGUAGES.en)) {
    const made = Object.values(MADE).some((pattern) => pattern.test(key));
    assert.ok(made || all.includes(`'${key}'`), `${key} is used nowhere`);
  }
});

test('Chinese texts are Chinese', () => {
  const same = ['list.from', 'app.title-unread', 'settings.language-en', 'settings.language-zh-CN', 'settings.send-enter', 'settings.send-ctrl-enter'];
  for (const [key, text] of Object.entries(LANGUAGES['zh-CN'])) {
    if (same.includes(key)) continue;
    assert.match(typeof text === 'string' ? text : text.other, /\p{Script=Han}/u, key);
  }
});

test('titles have no full stop', () => {
  const titles = [...all.matchAll(/title: t\('([a-z.-]+)'/g)].map((m) => m[1]);
  assert.ok(titles.length > 12);
  for (const key of titles) for (const texts of Object.values(LANGUAGES)) assert.doesNotMatch(String(texts[key]), /[.。]$/, key);
});

test('no element has a text of its own', () => {
  for (const [file, source] of sources.filter(([f]) => f.startsWith('elements/') || f === 'main.js')) {
    const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '').replaceAll("text: 'Magpie'", '').replaceAll(": 'Magpie'", '');
    assert.doesNotMatch(code, /(text|label|title|placeholder|textContent)\s*[:=]\s*'[A-Z]/, file);
    assert.doesNotMatch(code, /'[A-Z][a-z]+ [a-z]+/, file);
  }
});

test('plurals and numbers are the language’s', () => {
  setLanguage('en');
  assert.equal(t('list.unread', { count: 1 }), '1 unread message');
  assert.equal(t('list.unread', { count: 1200 }), '1,200 unread messages');
  setLanguage('zh-CN');
  assert.equal(t('list.unread', { count: 1 }), '1 条未读消息');
  setLanguage('en');
});

test('Chinese has spaces between its characters and others, and none between its own', () => {
  setLanguage('zh-CN');
  assert.equal(t('notice.member-added.others', { by: 'Kim', user: '王 小明' }), 'Kim 将王 小明添加到群组');
  assert.equal(t('notice.member-added.others', { by: '王小明', user: 'Kim' }), '王小明将 Kim 添加到群组');
  assert.equal(t('welcome.unread', { count: 3 }), '有 3 条未读消息。');
  assert.equal(t('app.title-unread', { unread: 3, title: '王小明 – Magpie' }), '(3) 王小明 – Magpie');
  setLanguage('en');
  assert.equal(t('notice.member-added.others', { by: '王小明', user: '林晓雨' }), '王小明 added 林晓雨');
});

test('what people wrote is never taken for a {name}', () => {
  assert.equal(t('list.from', { name: '{text}', text: '$& {name}' }), '{text}: $& {name}');
});

test('the language is the first that the browser prefers and we speak', () => {
  assert.equal(choose('auto', ['fr', 'zh-TW', 'en']), 'zh-CN');
  assert.equal(choose('auto', ['de', 'en-GB']), 'en');
  assert.equal(choose('auto', []), 'en');
  assert.equal(choose('zh-CN', ['en']), 'zh-CN');
});

test('every notice is told, from each side', () => {
  const notice = { by: { id: 1, name: 'Alex' }, user: { id: 2, name: 'Kim' }, name: 'Hikers' };
  const told = (what, me) => noticeText(message(1, { kind: 'notice', notice: { what, ...notice } }), me);
  assert.equal(told('member-added', 9), 'Alex added Kim');
  assert.equal(told('member-added', 2), 'Alex added you');
  assert.equal(told('member-removed', 1), 'You removed Kim');
  assert.equal(told('group-created', 1), 'You created the group');
  assert.equal(told('member-left', 9), 'Alex left');
  assert.equal(told('painted-green', 9), 'Something changed here');
});

test('all that a group can tell is told in words of its own, whoever reads it', () => {
  const more = {
    'group-created': {}, 'group-renamed': {}, 'group-described': {}, 'group-settings': { settings: { muted: true } }, 'group-avatar': {},
    'group-dissolved': {}, announcement: { text: 'Hear,\nhear' }, 'announcement-removed': {}, 'member-added': {}, 'member-joined': {},
    'member-left': {}, 'member-removed': {}, 'member-banned': {}, 'member-unbanned': {}, 'member-promoted': {}, 'member-demoted': {},
    'owner-passed': {}, 'member-muted': { until: '2026-11-25T17:00:00.000Z' }, 'member-unmuted': {}, 'member-nickname': { nickname: 'Kimmy' },
  };
  const told = (what, me, extra) => noticeText(message(1, { kind: 'notice', notice: {
    what, by: { id: 1, name: 'Alex' }, ...(what.startsWith('member') || what === 'owner-passed' ? { user: { id: 2, name: 'Kim' } } : { name: 'Hikers' }), ...extra,
  } }), me);
  for (const name of ['en', 'zh-CN']) {
    setLanguage(name);
    for (const [what, extra] of Object.entries(more))
      for (const me of [1, 2, 9]) {
        const text = told(what, me, extra);
        assert.notEqual(text, t('notice.unknown'), `${what} in ${name}`);
        assert.doesNotMatch(text, /[{}]|undefined|\n/, text);
      }
  }
  setLanguage('en');
  assert.equal(told('announcement', 9, more.announcement), 'Alex announced: Hear, hear');
  assert.equal(told('group-renamed', 1, {}), 'You named the group Hikers');
  assert.equal(told('member-nickname', 2, { nickname: 'Kimmy' }), 'You are called Kimmy in this group now');
  assert.equal(told('member-nickname', 2, { by: { id: 2, name: 'Kim' }, nickname: '' }), 'You have no nickname in this group any longer');
  assert.match(told('member-muted', 2, more['member-muted']), /^Alex muted you until .*2026/);
});

test('problems are told in words, known or not', () => {
  assert.equal(problemText({ name: 'username-taken', status: 409 }), 'This user name is taken.');
  assert.equal(problemText({ name: 'new-fangled', status: 503 }), t('problem.server'));
  assert.equal(problemText(new Error('?')), t('problem.unknown'));
});

test('a notice names whoever deleted the account as such, and the heir of a group', () => {
  const gone = { id: 7, name: '' };
  const notice = (what, user) => message(1, { kind: 'notice', notice: { what, by: gone, user } });
  const passed = (me) => noticeText(notice('owner-passed', { id: 8, name: 'Kim' }), me);
  assert.deepEqual([passed(3), passed(8)], ['Kim owns the group now', 'You own the group now']);
  assert.equal(noticeText(notice('member-left', gone), 3), 'Deleted account left');
});

test('the list shows who said what', () => {
  const c = (type, last) => ({ type, last });
  assert.equal(preview(c('group', message(1, { msg: 'a\nb' })), 3), 'Kim: a b');
  assert.equal(preview(c('single', message(1)), 3), 'm1');
  assert.equal(preview(c('single', message(1, { from: 3 })), 3), 'You: m1');
  assert.equal(preview(c('single', null), 3), 'Say hello');
  assert.equal(preview(c('single', message(1, { kind: 'recalled', msg: '' })), 3), 'Message deleted');
  assert.equal(preview(c('group', message(1, { kind: 'recalled', msg: '', from_name: '' })), 3), 'Deleted account: Message deleted');
});

function prefixes() {
  return Object.fromEntries(Object.keys(LANGUAGES.en).map((key) => [key.split('.')[0], true]));
}

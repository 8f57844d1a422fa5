// Names found by the letters they are read with, emoji by what they are called or by when they were taken, members by an @.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedFor, EMOJI, emojiFor } from '../../www/js/emoji.js';
import { matching } from '../../www/js/matching.js';
import { mentionable, mentionAsked } from '../../www/js/mentioning.js';
import { isKnown, readsAs } from '../../www/js/pinyin.js';
import { noteEmoji, recentEmoji } from '../../www/js/recent.js';
import { MemoryShelf } from '../../www/js/shelf.js';

// A few hundred characters, those of common names among them, by the letter that they are read with.
const READ = {
  a: '阿安艾爱敖', b: '白柏包毕边卞波博', c: '蔡曹陈程成崔常春', d: '邓丁董杜段戴丹东', e: '鄂娥恩', f: '方冯范傅樊符芳飞',
  g: '高郭龚顾关葛耿桂国', h: '何胡黄韩郝贺洪侯华海红', j: '贾江姜蒋金季建杰娟静军', k: '康孔柯凯可', l: '李刘林梁罗卢陆吕兰丽龙',
  m: '马毛孟莫梅苗明敏', n: '倪聂牛宁农娜', o: '欧瓯', p: '潘彭裴庞平培鹏', q: '秦邱钱乔齐强琴青', r: '任阮荣若蕊', s: '孙宋苏沈石施史松思',
  t: '唐田谭陶汤童涛婷天', w: '王吴汪魏韦文伟薇', x: '许徐谢薛肖夏熊晓霞雪', y: '杨叶余于袁姚易尹英颖玉', z: '张赵周郑朱钟邹庄志子',
};

test('a Chinese character is found by its letter', () => {
  assert.ok(isKnown, 'this node knows the order');
  for (const [letter, characters] of Object.entries(READ))
    for (const character of characters) assert.ok(readsAs(character, letter), `${character} is read with ${letter}`);
  for (const other of 'abcdefghjklmnopqrstwxyz') if (other !== 'w') assert.ok(!readsAs('王', other), other);
});

test('letters stand for characters that follow each other', () => {
  for (const letters of ['wxm', 'w', 'xm', 'm']) assert.ok(readsAs('王小明', letters), letters);
  for (const letters of ['wm', 'wxmx', 'mx', '', 'w小', 'wx m']) assert.ok(!readsAs('王小明', letters), letters);
  assert.ok(readsAs('小明 Li', 'xml'));
  assert.ok(!readsAs('Kim', 'k'), 'others are found by what is written');
  for (const letters of ['zxm', 'cxm']) assert.ok(readsAs('曾小明', letters), 'read in two ways');
  assert.ok(!readsAs('〇鿿', 'z'), 'what has no reading has no letter');
});

test('conversations are found so, by each of their names', () => {
  const list = [{ name: '林晓雨' }, { name: 'Work', givenName: '王小明' }, { name: 'Lxy', username: 'lx' }];
  const found = (text) => matching(list, text).map((c) => c.name);
  assert.deepEqual(found('lxy'), ['林晓雨', 'Lxy']);
  assert.deepEqual(found('WXM'), ['Work']);
  assert.deepEqual(found('work xm'), ['Work']);
  assert.deepEqual(found('lz'), []);
});

test('emoji are found by English, Chinese and pinyin, the best first', () => {
  const first = (words) => emojiFor(words)[0]?.emoji;
  for (const [words, emoji] of [['joy', '😂'], ['ROCKET', '🚀'], ['微笑', '🙂'], ['weixiao', '🙂'], ['+1', '👍'], ['xique', '🐦'], ['mag', '🐦']])
    assert.equal(first(words), emoji, words);
  assert.deepEqual(emojiFor('nothing_like_it'), []);
  assert.ok(emojiFor('a').length <= 6);
});

test('each emoji stands there once, with names in both languages and a pinyin for each Chinese one', () => {
  assert.ok(EMOJI.length >= 200, `${EMOJI.length}`);
  assert.equal(new Set(EMOJI.map((e) => e.emoji)).size, EMOJI.length);
  for (const { emoji, english, chinese, pinyin } of EMOJI) {
    assert.match(emoji, /^\p{Emoji}/u);
    assert.ok(english.length > 0 && english.every((name) => /^[a-z0-9_+-]{2,}$/.test(name)), `${emoji} ${english}`);
    assert.ok(chinese.every((name) => /^\p{Script=Han}+$/u.test(name)), `${emoji} ${chinese}`);
    assert.equal(pinyin.length, chinese.length, emoji);
    for (const [i, name] of chinese.entries()) assert.ok(readsAs(name, pinyin[i][0]) || 'lv' === pinyin[i], `${name} ${pinyin[i]}`);
  }
});

test('a colon asks, but not in a word, a time or an address', () => {
  const words = (text) => askedFor(text, text.length)?.words;
  for (const [text, asked] of [[':smile', 'smile'], ['hi :sm', 'sm'], ['(:sm', 'sm'], ['🙂:sm', 'sm'], ['你好:weixiao', 'weixiao'], ['：微笑', '微笑'],
    ['a\n:+1', '+1'], ['hi ：微', '微']]) assert.equal(words(text), asked, text);
  for (const text of ['', ':', ':D', 'http://smile', 'see http://x/:smile', 'foo:smile', '10:30', 'at 10:smile', '他说：好', '他说:好', 'a::smile', ':sm ile', '/:smile'])
    assert.equal(words(text), undefined, text);
  assert.deepEqual(askedFor('a :smile b', 6), { start: 2, words: 'smi' });
});

test('9: an @ asks for a member, but not in an address', () => {
  const words = (text) => mentionAsked(text, text.length)?.words;
  for (const [text, asked] of [['@', ''], ['@ki', 'ki'], ['hi @王小', '王小'], ['你好@kim', 'kim'], ['你好＠王', '王'], ['(@kim.l', 'kim.l'], ['@kim @', '']])
    assert.equal(words(text), asked, text);
  for (const text of ['', 'kim', 'me@ki', 'http://x/@ki', '@@ki', '＠@ki', 'me＠ki', '@kim ', '@kim，', '.@ki']) assert.equal(words(text), undefined, text);
  assert.deepEqual(mentionAsked('a @kim b', 4), { start: 2, words: 'k' });
});

test('9: members are found by all their names, the best first; oneself and who is no more are not, and all is for those who may', () => {
  const member = (id, shown, username) => ({ id, name: shown, username, nickname: '', role: 'member' });
  const members = [member(1, 'Me', 'me'), member(2, 'Zoe Kimber', 'zoe'), member(3, 'Kim', 'kim'), member(4, '王小明', 'ming'), member(5, '', '')];
  const found = (words, role = 'member') => mentionable({ role, members }, words, {
    me: 1, nameOf: (id, given) => (id === 2 ? 'Boss' : given), everybody: 'Everybody' }).map((m) => m.username);
  assert.deepEqual(found('kim'), ['kim', 'zoe']);
  assert.deepEqual(found('bo'), ['zoe'], 'as I call her');
  assert.deepEqual(found('xm'), ['ming']);
  assert.deepEqual(found('').length, 3);
  assert.deepEqual(found('al'), []);
  assert.deepEqual(found('al', 'admin'), ['all']);
  assert.deepEqual(found('every', 'owner'), ['all']);
});

test('9: what was taken lately is kept, each once, the newest first', () => {
  const shelf = new MemoryShelf();
  assert.deepEqual(recentEmoji(shelf), []);
  for (const emoji of ['😀', '👍', '❤️', '😀']) noteEmoji(shelf, emoji);
  assert.deepEqual(recentEmoji(shelf), ['😀', '❤️', '👍']);
  for (const { emoji } of EMOJI.slice(0, 20)) noteEmoji(shelf, emoji);
  assert.deepEqual([recentEmoji(shelf).length, recentEmoji(shelf)[0]], [16, EMOJI[19].emoji]);
  noteEmoji({ getItem: () => null, setItem: () => { throw new Error('full'); } }, '😀');
});

// Names found by the letters they are read with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching } from '../../www/js/matching.js';
import { isKnown, readsAs } from '../../www/js/pinyin.js';

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

// pinyin.js: the letters that Chinese characters begin with when they are read, by the order that Intl sorts them in: no table is
// needed but of where each letter begins. Where the browser has no such order, nothing is found by letters. Pure.

// The first character of each letter in that order. No syllable begins with i, u or v.
const BEGIN = '吖a丷b嚓c咑d妸e发f旮g哈h丌j咔k垃l呣m拏n喔o妑p七q呥r仨s他t穵w夕x丫y帀z';
// Characters that are read otherwise in names, or in two ways: both letters find them.
const ALSO = '曾z单s解x仇q查z区o盖g朴p覃q翟z缪m乐y长c行h重c尉y召s种c员y冼x贾j柏b石s传c朝c藏z都d喔w调t';

const LAST = '咗';                      // behind it come those that have no reading there

const HAN = /\p{Script=Han}/u;
const LETTERS = /^[a-z]+$/;

/** @param {string} text pairs of a character and its letter */
const pairs = (text) => text.match(/../gu)?.map((pair) => /** @type {[string, string]} */ ([pair[0], pair[1]])) ?? [];

const begins = pairs(BEGIN);
const also = new Map(pairs(ALSO));
const order = new Intl.Collator('zh-u-co-pinyin');
/** @type {Map<string, string>} */
const known = new Map();

/** @param {string} han one character */
function letterOf(han) {
  if (order.compare(han, LAST) > 0) return '';
  let at = -1;
  while (at + 1 < begins.length && order.compare(begins[at + 1][0], han) <= 0) at++;
  return at === -1 ? '' : begins[at][1];
}

/** Does this browser sort so? */
export const isKnown = ['王w', '林l', '张z', '陈c', '欧o', '女n', '阿a', '徐x'].every((pair) => letterOf(pair[0]) === pair[1]);

/** The letters that a character may stand for. @param {string} character */
function lettersOf(character) {
  if (!HAN.test(character)) return character;
  const had = known.get(character);
  if (had !== undefined) return had;
  const letters = letterOf(character) + (also.get(character) ?? '');
  known.set(character, letters);
  return letters;
}

/** Do these letters stand for characters of the name that follow each other? @param {string} name @param {string} letters */
export function readsAs(name, letters) {
  if (!isKnown || !LETTERS.test(letters) || !HAN.test(name)) return false;
  const characters = [...name.toLowerCase()].filter((c) => /[\p{L}\p{N}]/u.test(c)).map(lettersOf);
  return characters.some((_, start) => [...letters].every((letter, i) => characters[start + i]?.includes(letter)));
}

// How the messages look: 15: the time once for a group of them; notices that say the same in one line; code as code;
// what leads down covers no text.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { at, closeBrowser, faults, name, pair, password, Quick, until } from './people.js';

after(closeBrowser);

const CODE = `static int\nmain(void)\n{\n\treturn ${'very_'.repeat(60)}long();\n}`;
const topOf = (locator) => locator.evaluate((node) => node.getBoundingClientRect().top);

test('15: of messages that belong together the last one shows the time, the others when asked; nothing moves by that', async () => {
  const { kim, alex, tab } = await pair(undefined, 3);
  await tab.hears('number 3');
  const times = tab.log.locator('.meta');
  const shown = () => times.evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).opacity));
  assert.deepEqual(await shown(), ['0', '0', '1']);
  assert.equal(await tab.log.locator('time').count(), 3, 'readers hear all');
  const place = () => tab.log.locator('.text').evaluateAll((nodes) => nodes.map((node) => Object.values(node.getBoundingClientRect().toJSON())));
  const before = await place();
  await tab.log.locator('.bubble').first().hover();
  assert.deepEqual(await shown(), ['1', '0', '1']);
  assert.deepEqual(await place(), before);
  await tab.page.mouse.move(0, 0);
  await kim.say('single', alex.id, 'see https://example.org/');
  await tab.log.getByRole('link').waitFor();
  await kim.say('single', alex.id, 'number 5');
  await tab.hears('number 5');
  await tab.log.getByRole('link').focus();
  assert.deepEqual(await shown(), ['0', '0', '0', '1', '1']);
  await tab.leave();
});

test('15: on a phone a time that is asked for covers no line', async () => {
  const { tab } = await pair({ viewport: { width: 360, height: 740 } }, 3);
  await tab.hears('number 3');
  await tab.log.locator('.bubble').nth(1).hover();
  const covered = await tab.log.evaluate((log) => {
    const time = log.querySelectorAll('.meta')[1].getBoundingClientRect();
    const isOnTop = document.elementFromPoint(time.left + 8, time.bottom - 2)?.closest('.meta') !== null;
    const lines = [...log.querySelectorAll('.text')].map((text) => text.getBoundingClientRect());
    return { isOnTop, lines: lines.filter((line) => line.left < time.right && time.left < line.right && line.top < time.bottom && time.top < line.bottom).length };
  });
  assert.deepEqual(covered, { isOnTop: true, lines: 0 });
  await tab.leave();
});

test('15: the time has no line of its own: where it does not fit, the last word goes along', async () => {
  const { kim, alex, tab } = await pair({ viewport: { width: 360, height: 740 } });
  for (let length = 22; length < 40; length += 3) {
    await kim.say('single', alex.id, `${'Where magpies sleep at night is anybody’s guess'.slice(0, length)} `);
    await alex.say('single', kim.id, '第二天早上喜鹊又飞到屋顶上来了嘴里叼着一枚闪亮的硬币'.slice(0, length / 2));
  }
  await until('all of them', async () => await tab.log.locator('.last .meta').count() === 12);
  const isBeside = async (rows) => {
    const gaps = await rows.locator('.bubble').evaluateAll((bubbles) => bubbles.map((bubble) => {
      const words = document.createRange();
      words.selectNodeContents(bubble.querySelector('.text'));
      const [line, time] = [[...words.getClientRects()].at(-1), bubble.querySelector('.meta').getBoundingClientRect()];
      return { below: time.top - line.bottom, beside: time.left - line.right };
    }));
    assert.ok(gaps.every(({ below, beside }) => below < -10 && beside > 4), JSON.stringify(gaps));
  };
  await isBeside(tab.log.locator('.last'));
  await kim.call('POST', '/api/me/delete', { password, messages: 'delete' });
  const recalled = tab.log.locator('.last.recalled');
  await until('what was recalled', async () => await recalled.count() === 6);
  await isBeside(recalled);
  await tab.leave();
});

test('notices that say the same are one line, which unfolds where it is and stays so', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  const { group } = await alex.call('POST', '/api/groups', { name: name('Climbers') });
  const add = async (shown) => {
    const friend = await Quick.make(name('friend'), shown);
    await friend.befriend(alex);
    await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: friend.id });
    return friend;
  };
  const kim = await add('Kim Lindqvist');
  for (const shown of ['Sam Okafor', 'Wei', 'Zoë']) await add(shown);
  for (let i = 0; i < 30; i++) await alex.say('group', group.id, `line ${i}`);
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five', 'Six'])
    await alex.call('PATCH', `/api/groups/${group.id}`, { description: title });
  const tab = await at(kim, `#/c/group/${group.id}`);
  await tab.hears('line 29');
  const lines = tab.log.locator('.run');
  await tab.log.getByText('Alex Morgan added Sam Okafor, Wei and Zoë').waitFor({ state: 'attached' });
  const newest = lines.last().locator('summary');
  await newest.waitFor();
  assert.match(await newest.textContent(), /Alex Morgan changed the description ×6/);
  await tab.log.evaluate((node) => { node.scrollTop = 0; });
  for (let width = 320; width < 420; width += 6) {
    await tab.page.setViewportSize({ width, height: 740 });
    const [words, sign] = await lines.first().locator('summary span').evaluate((node) => {
      const range = document.createRange();
      range.selectNodeContents(node.firstChild);
      return [[...range.getClientRects()].at(-1), node.querySelector('.icon').getBoundingClientRect()].map((box) => box.toJSON());
    });
    assert.ok(sign.top < words.bottom && sign.bottom > words.top && sign.left >= words.right, `at ${width}: ${JSON.stringify([words, sign])}`);
  }
  await tab.page.setViewportSize({ width: 320, height: 740 });
  await lines.first().locator('summary').click();
  await until('what unfolds to be below the line', () => lines.first().evaluate((run) => run.querySelector('li')?.getBoundingClientRect().top
    >= run.querySelector('summary span').getBoundingClientRect().bottom));
  await lines.first().locator('summary').click();
  await tab.page.setViewportSize({ width: 1280, height: 800 });
  await tab.log.evaluate((node) => { node.scrollTop = node.scrollHeight; });
  const before = await topOf(newest);
  await newest.click();
  await until('six lines', async () => await lines.last().locator('li:visible').count() === 6);
  assert.equal(await topOf(newest), before);
  await tab.page.getByRole('button', { name: 'To the newest message' }).waitFor();
  assert.deepEqual(await faults(tab), []);
  await newest.press('Enter');
  await tab.page.getByRole('button', { name: 'To the newest message' }).waitFor({ state: 'hidden' });
  await tab.leave();
});

test('code keeps its lines and is scrolled by itself, by keyboard, too', async () => {
  const { kim, alex, tab } = await pair({ viewport: { width: 360, height: 740 } });
  await kim.say('single', alex.id, CODE);
  const code = tab.log.locator('code');
  await code.waitFor();
  const look = await code.evaluate((node) => [node.scrollWidth > node.clientWidth, getComputedStyle(node).tabSize, node.textContent]);
  assert.deepEqual(look, [true, '4', CODE]);
  await code.focus();
  await tab.page.keyboard.press('ArrowRight');
  await until('it to scroll', () => code.evaluate((node) => node.scrollLeft > 0));
  assert.equal(await tab.log.evaluate((node) => node.scrollLeft), 0);
  await tab.say('plain words\nin two lines');
  await tab.hears('plain words');
  assert.equal(await code.count(), 1);
  await tab.say('Before\n```sh\necho 1\n```\nand after');
  await tab.log.locator('code.among').waitFor();
  await until('it to be what stands between the fences, and prose beside it', () => tab.log.evaluate((node) => {   // (drawn anew once it is sent)
    const text = [...node.querySelectorAll('.text')].at(-1);
    const among = text?.querySelector('code.among');
    return among?.textContent === 'echo 1' && getComputedStyle(text).fontFamily !== getComputedStyle(among).fontFamily;
  }));
  await tab.leave();
});

test('12: what leads down stands on a strip of its own, over the whole width of the text', async () => {
  const { tab } = await pair({ viewport: { width: 360, height: 740 } }, 40, 40);
  await tab.hears('number 40');
  await tab.log.evaluate((node) => { node.scrollTop -= 300; });
  const newer = tab.page.getByRole('button', { name: 'To the newest message' });
  await newer.waitFor();
  const boxes = await newer.evaluate((node) => [node, node.parentElement, document.querySelector('.rows')].map((n) => n.getBoundingClientRect().toJSON()));
  const [pill, strip, rows] = boxes;
  assert.ok(Math.abs((pill.left + pill.right) / 2 - (rows.left + rows.right) / 2) < 10, JSON.stringify(boxes));
  assert.ok(strip.left <= rows.left - 1 && strip.right >= rows.right + 1 && strip.top < pill.top && strip.bottom >= pill.bottom, JSON.stringify(boxes));
  const isPaper = await newer.evaluate((node) =>
    getComputedStyle(node.parentElement).backgroundImage.includes(getComputedStyle(document.documentElement).backgroundColor));
  assert.ok(isPaper);
  const toastEnd = await tab.page.evaluate(() => {
    const toast = Object.assign(document.createElement('div'), { className: 'toast', textContent: 'Done' });
    document.body.append(toast);
    return toast.getBoundingClientRect().bottom;
  });
  assert.ok(toastEnd <= pill.top, `${toastEnd} ${pill.top}: a toast leaves it free`);
  await tab.leave();
});

test('no word is left alone in the last line of a message, in whichever width', async () => {
  const { kim, alex, tab } = await pair();
  const texts = ['Sunday is on so bring the binoculars and a thermos because it will be cold up there', '上周日的照片我洗出来了，一共三十六张，最后一张就是那只苍鹭。'];
  for (const text of texts) await kim.say('single', alex.id, text);
  await tab.hears(texts[1]);
  /** How many words or signs are in the last of several lines. */
  const last = () => tab.log.locator('.text').evaluateAll((all) => all.map((node) => {
    const [range, letters] = [document.createRange(), node.firstChild];
    const tops = [...letters.data].map((_, i) => {
      range.setStart(letters, i);
      range.setEnd(letters, i + 1);
      return range.getClientRects()[0]?.top ?? 0;
    });
    const from = tops.findIndex((top) => top > Math.max(...tops) - 5);
    const line = letters.data.slice(from).trim();
    return from === 0 ? Infinity : line.split(/ |(?<=\p{Script=Han})/u).length;
  }));
  for (let width = 640; width <= 800; width += 10) {
    await tab.page.setViewportSize({ width, height: 800 });
    assert.ok((await last()).every((count) => count > 1), `${width}`);
  }
  await tab.leave();
});

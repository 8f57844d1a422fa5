// The main views, as docs/gallery/ keeps them: a layout that has broken is seen. MAGPIE_WRITE=1 keeps what there is now.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { closeBrowser, person, until, url } from './people.js';
import { CELL, Easel, isAlike, moved, places } from './likeness.js';
import { World } from './world.js';

const folder = new URL('../../docs/gallery/', import.meta.url);
const picture = (file) => new URL(`${file}.webp`, folder);
const listed = new URL('places.json', folder);
const isWriting = !!process.env.MAGPIE_WRITE;

const WIDE = { width: 1440, height: 900 };
const MEDIUM = { width: 820, height: 1000 };
const PHONE = { width: 360, height: 740 };
const UTC = { timezoneId: 'UTC' };

/** Whose browser each is. */
const BROWSERS = {
  alex: { viewport: WIDE, locale: 'en-GB', ...UTC },
  nora: { viewport: WIDE, locale: 'zh-CN', ...UTC },
  xiaoyu: { viewport: PHONE, locale: 'zh-CN', deviceScaleFactor: 2, hasTouch: true, isMobile: true, ...UTC },
};

let world;
let easel;
const stood = existsSync(listed) ? JSON.parse(readFileSync(listed, 'utf8')) : {};
const ones = {};

const talk = (who) => `#/c/single/${world.people[who].id}`;
const group = (which) => `#/c/group/${world.groups[which]}`;
const ANNOUNCED = 'magpie-announcement:not([hidden])';
const titled = (title) => `.who h1:text-is("${title}")`;

/** Goes to a place, and waits for what is fetched later. */
const goes = (hash, ...ready) => async ({ page }) => {
  await page.evaluate((to) => { location.hash = to; }, hash());
  for (const part of ready) await page.locator(part).first().waitFor();
};

/** A message that isn't let through, in one conversation, and a draft in another. */
async function writeSome(one) {
  const { page } = one;
  await goes(() => talk('ines'), titled('Inés Duarte'))(one);
  await page.locator('.composer textarea').fill('Shall I bring the');
  await goes(() => group('crew'), '.text code', 'magpie-details .entries')(one);
  const muted = { status: 403, contentType: 'application/problem+json', body: '{"type":"urn:magpie:problem:muted","status":403}' };
  await page.route('**/api/send', (route) => route.fulfill(muted));
  await page.locator('.composer textarea').fill('One more thing: who has the key of the cupboard?');
  await page.locator('.composer textarea').press('Enter');
  await page.locator('.failure').waitFor();
  await page.unroute('**/api/send');
}

async function openFinder(one) {
  await goes(() => talk('kim'), titled('Kim Lindqvist'), '.mine .bubble', 'magpie-details :text-is("@kim")')(one);
  await one.page.keyboard.press('Control+k');
  await one.page.getByRole('dialog').getByRole('combobox').fill('k');
  await one.page.locator('.found li').first().waitFor();
}

async function openMenu({ page }) {
  await goes(() => '#/', '.conversation')({ page });
  await page.locator('.conversation').nth(1).dispatchEvent('contextmenu');
  await page.getByRole('menuitem').first().waitFor();
}

/** The link has the address of a server that has a name. @param {string} username */
const named = (username) => async ({ page }) => {
  const link = page.locator('.copied input').nth(1);
  await link.waitFor();
  await link.evaluate((node, to) => { node.value = to; }, `https://chat.example.org/#/add/${username}`);
};

async function openPeople(one) {
  await goes(() => '#/people', '.requests li')(one);
  await named('alex')(one);
}

const inEnglish = async ({ page }) => {
  await page.evaluate(() => localStorage.setItem('magpie.language', 'en'));
  await page.goto(`${url}/${group('hikers')}`);
  await page.reload();
  for (const part of ['.theirs .bubble', ANNOUNCED]) await page.locator(part).first().waitFor();
};

/** Each: the picture, in whose browser, in which colours, what to do, and the size where it is another. */
const VIEWS = [
  ['login', 'alex', 'light', async () => {}],
  ['group', 'alex', 'light', goes(() => group('hikers'), '.row.unread', ANNOUNCED, 'magpie-details .entries')],
  ['code', 'alex', 'dark', writeSome],
  ['find', 'alex', 'light', openFinder],
  ['contacts', 'alex', 'light', goes(() => '#/contacts', '.contact', '.requests li')],
  ['person', 'alex', 'dark', goes(() => `#/u/${world.people.kim.id}`, '.facts select')],
  ['group-settings', 'alex', 'light', goes(() => `${group('hikers')}/settings`, '.sheet .field')],
  ['settings', 'alex', 'dark', goes(() => '#/settings', '.sessions li')],
  ['talk-medium', 'alex', 'light', goes(() => talk('xiaoyu'), titled('林晓雨'), '.theirs .bubble'), MEDIUM],
  ['people-medium', 'alex', 'dark', openPeople, MEDIUM],
  ['first', 'nora', 'light', named('nora')],
  ['login-phone', 'xiaoyu', 'dark', async () => {}],
  ['list-phone', 'xiaoyu', 'light', goes(() => '#/', '.conversation')],
  ['group-phone', 'xiaoyu', 'light', goes(() => group('books'), titled('读书会'), '.theirs .bubble', ANNOUNCED)],
  ['menu-phone', 'xiaoyu', 'dark', openMenu],
  ['contacts-phone', 'xiaoyu', 'light', goes(() => '#/contacts', '.contact', '.requests li')],
  ['details-phone', 'xiaoyu', 'dark', goes(() => `${group('books')}/info`, '.roles li')],
  ['group-phone-en', 'xiaoyu', 'dark', inEnglish],
  ['settings-phone', 'xiaoyu', 'light', goes(() => '#/settings', '.sessions li')],
];

before(async () => {
  const one = await person();
  easel = new Easel(one.page);
  world = await World.make((svg) => easel.webp('image/svg+xml', svg));
  mkdirSync(folder, { recursive: true });
});

after(async () => {
  if (isWriting) writeFileSync(listed, `${JSON.stringify(stood, null, 1).replace(/\[[^\]]*\]/g, (edges) => edges.replace(/\s+/g, ' '))}\n`);
  await closeBrowser();
});

/** The browser of one: at first at the form to log in. */
async function browserOf(who) {
  if (ones[who]) return ones[who];
  const one = ones[who] = await person(BROWSERS[who]);
  await world.showTo(one);
  await one.page.goto(`${url}/#/`);
  await one.page.locator('.card input').first().waitFor();
  return one;
}

/** All that is on its way has come. */
const settle = (page) => page.evaluate(async () => {
  await document.fonts.ready;
  const inView = ({ top, bottom }) => bottom > 0 && top < innerHeight;
  await Promise.all([...document.images].filter((image) => inView(image.getBoundingClientRect())).map((image) => image.decode().catch(() => {})));
  const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
});

for (const [file, who, colorScheme, act, viewport = BROWSERS[who].viewport] of VIEWS)
  test(`31, 32: ${file} looks as docs/gallery/${file}.webp does`, async () => {
    const one = await browserOf(who);
    const { page } = one;
    const isOut = await page.locator('magpie-auth').isVisible();
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (isOut && !file.startsWith('login')) {
      await one.logIn(world.people[who].username);
      await page.locator('magpie-shell').waitFor();
    }
    if (await page.locator('dialog[open]').count() > 0) await page.keyboard.press('Escape');
    await act(one);
    await settle(page);
    let stands = await places(page);
    await until('it to stand still', async () => {
      const last = stands;
      stands = await places(page);
      return JSON.stringify(last) === JSON.stringify(stands);
    });
    const png = await page.screenshot({ caret: 'hide', animations: 'disabled' });
    await one.shot(`gallery-${file}`);
    if (isWriting) {
      stood[file] = stands;
      writeFileSync(picture(file), await easel.webp('image/png', png));
      return;
    }
    const share = await easel.differing(readFileSync(picture(file)), png, Math.round(viewport.width / CELL));
    const wrongs = moved(stood[file] ?? {}, stands);
    if (!isAlike(share)) wrongs.unshift(`${(share * 100).toFixed(1)} % of it has other colours`);
    assert.deepEqual(wrongs, []);
  });

test('nothing went wrong meanwhile', async () => {
  for (const one of Object.values(ones)) await one.leave();
});

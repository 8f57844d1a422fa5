// Pictures: choosing one, what others see of it, and that there are initials where none comes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { closeBrowser, faults, name, pair, person, Quick, until, url } from './people.js';

after(closeBrowser);

const file = (stem) => new URL(`../fuzz/corpus/picture/${stem}`, import.meta.url).pathname;
const chooseIn = (part, what) => part.locator('input[type=file]').setInputFiles(what);
const face = (part) => part.locator('.avatar img').first();

/** A picture has come, and is shown. */
const isShown = (img) => until('a picture', () => img.evaluate((i) => i.complete && i.naturalWidth > 0));

/** Colours of the picture's corners, as the browser shows it. */
const corners = (img) => img.evaluate((i) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [40, 40];
  const pen = canvas.getContext('2d');
  pen.drawImage(i, 0, 0, 40, 40);
  return [[4, 4], [35, 4], [4, 35], [35, 35]].map(([x, y]) => {
    const [r, g, b] = pen.getImageData(x, y, 1, 1).data;
    return r > g && r > b ? 'r' : g > b ? 'g' : 'b';
  }).join('');
});

async function settingsOf(username, options) {
  const one = await person(options);
  await one.page.goto(`${url}/#/settings`);
  await one.logIn(username);
  await one.page.getByRole('heading', { name: 'Settings' }).waitFor();
  return Object.assign(one, { card: one.page.locator('magpie-settings .card-head') });
}

test('a picture of myself: chosen, looked at, kept, seen by a friend and in my other tab, and taken away', async () => {
  const { kim, alex, tab } = await pair();
  const hers = await settingsOf(kim.username);
  const again = await hers.context.newPage();
  await again.goto(`${url}/#/settings`);
  await again.locator('magpie-settings .avatar').waitFor();

  assert.equal(await face(hers.card).count(), 0);
  await chooseIn(hers.card, file('turned-6.jpg'));
  await isShown(face(hers.card));
  assert.deepEqual(await faults(hers), []);
  await hers.shot('avatars-chosen');
  await hers.page.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await face(hers.card).count(), 0, 'it was only looked at');

  await chooseIn(hers.card, file('turned-6.jpg'));
  await hers.page.getByRole('button', { name: 'Use this picture' }).click();
  const mine = hers.card.locator('.avatar img[src^="/api/avatars/"]');
  await isShown(mine);
  assert.equal(await corners(mine), 'rgbg', 'upright');
  await isShown(again.locator('magpie-settings .avatar img'));
  await isShown(face(tab.list));
  await isShown(tab.page.locator('magpie-chat .head .avatar img'));
  await tab.shot('avatars-seen');
  assert.equal(await face(tab.list).getAttribute('loading'), 'lazy');
  assert.deepEqual(await face(tab.list).evaluate((i) => [i.width, i.height]), [44, 44]);

  await tab.page.reload();
  await isShown(face(tab.list));
  const { friends } = await alex.call('GET', '/api/friends');
  assert.match(friends[0].avatar, /^[0-9a-f-]{36}$/);

  await hers.page.getByRole('button', { name: 'Remove the picture' }).click();
  await until('no picture', async () => await face(hers.card).count() === 0);
  await until('none at the friend\'s', async () => await face(tab.list).count() === 0);
  assert.equal(await tab.list.locator('.avatar').first().textContent(), 'KL');
  await hers.page.getByRole('button', { name: 'Add a picture' }).waitFor();
  for (const one of [hers, tab]) await one.leave();
});

test('what is no picture is refused, and a large one is made small', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  const here = await settingsOf(alex.username);
  await chooseIn(here.card, { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await here.card.getByRole('alert').getByText('cannot be used').waitFor();
  await chooseIn(here.card, { name: 'broken.png', mimeType: 'image/png', buffer: readFileSync(file('short-pixels.png')).subarray(0, 40) });
  const use = here.page.getByRole('button', { name: 'Use this picture' });
  await use.click();                                                     // the browser can't read it, the server is asked
  await here.card.getByRole('alert').getByText('cannot be used').waitFor();
  await here.page.getByRole('button', { name: 'Cancel' }).click();

  // A drawing of six million pixels without a pattern: as PNG more than the server takes.
  const large = await here.page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [5000, 1200];
    const pen = canvas.getContext('2d');
    const noise = pen.createImageData(1000, 1200);
    for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
    for (let x = 0; x < 5000; x += 1000) pen.putImageData(noise, x, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  });
  const buffer = Buffer.from(large, 'base64');
  assert.ok(buffer.length > 3_000_000);
  await chooseIn(here.card, { name: 'large.png', mimeType: 'image/png', buffer });
  await use.click();
  await isShown(here.card.locator('.avatar img[src^="/api/avatars/"]'));
  await here.leave();
});

test('a group: its owner gives it a picture, members see it and each other\'s', async () => {
  const { kim, alex, tab } = await pair();
  const { group } = await alex.call('POST', '/api/groups', { name: name('Climbing') });
  await alex.call('POST', `/api/groups/${group.id}/members`, { user_id: kim.id });
  await kim.say('group', group.id, 'hello all');
  /** What was chosen, while the group becomes another. */
  const stays = async (part, max_members) => {
    await isShown(part.locator('img.chosen'));
    await alex.call('PATCH', `/api/groups/${group.id}`, { max_members });
    await part.locator('.card-text', { hasText: String(max_members) }).waitFor();
    await isShown(part.locator('img.chosen'));
    assert.equal(await part.getByRole('button', { name: 'Use this picture' }).evaluate((node) => node === document.activeElement), true);
  };
  const hers = await person();
  await hers.page.goto(`${url}/#/c/group/${group.id}`);
  await hers.logIn(kim.username);
  await hers.hears('hello all');

  await tab.page.goto(`${url}/#/c/group/${group.id}/settings`);
  const head = tab.page.locator('magpie-group-settings .card-head', { hasText: group.name });
  await head.getByRole('button', { name: 'Add a picture' }).waitFor();
  await chooseIn(head, file('rgba.png'));
  await stays(head, 60);
  await tab.page.getByRole('button', { name: 'Use this picture' }).click();
  await isShown(head.locator('.avatar img[src^="/api/avatars/"]'));
  await hers.log.getByText('Alex Morgan changed the picture of the group').waitFor();
  await isShown(hers.page.locator('magpie-chat .head .avatar img'));
  await isShown(hers.list.getByRole('link', { name: group.name }).locator('img'));
  await tab.page.goto(`${url}/#/c/group/${group.id}/info`);
  const details = tab.page.getByRole('complementary');
  await isShown(details.locator('.card-head .avatar img'));
  await details.getByRole('link', { name: 'Group settings' }).waitFor();
  assert.equal(await details.getByRole('button', { name: /picture/ }).count(), 0, 'it shows the group, and is no form');
  await tab.shot('avatars-group');

  await hers.page.goto(`${url}/#/c/group/${group.id}/info`);
  await hers.page.getByRole('complementary').getByText('2 members').waitFor();
  assert.equal(await hers.page.getByRole('button', { name: /picture/ }).count(), 0, 'a member changes nothing');

  await hers.page.goto(`${url}/#/settings`);
  const card = hers.page.locator('magpie-settings .card-head');
  await chooseIn(card, file('plain.jpg'));
  await hers.page.getByRole('button', { name: 'Use this picture' }).click();
  await isShown(card.locator('.avatar img[src^="/api/avatars/"]'));
  await tab.page.goto(`${url}/#/c/group/${group.id}`);
  await isShown(tab.log.locator('.avatar img').first());

  await tab.page.goto(`${url}/#/c/group/${group.id}/settings`);
  await isShown(head.locator('.avatar img'));
  await chooseIn(head, file('plain.jpg'));
  await stays(head, 70);
  await head.getByRole('button', { name: 'Cancel' }).click();
  await head.getByRole('button', { name: 'Remove the picture' }).click();
  await until('no picture', async () => await hers.list.getByRole('link', { name: group.name }).locator('img').count() === 0);
  for (const one of [hers, tab]) await one.leave();
});

test('where a picture doesn\'t come there are initials', async () => {
  const { kim, tab } = await pair();
  await tab.context.route('**/api/avatars/*', (route) => route.fulfill({ status: 503, body: '' }));
  const hers = await settingsOf(kim.username);
  await chooseIn(hers.card, file('plain.jpg'));
  await hers.page.getByRole('button', { name: 'Use this picture' }).click();
  await isShown(hers.card.locator('.avatar img[src^="/api/avatars/"]'));
  await tab.page.reload();
  await tab.log.waitFor();
  await until('initials', async () => await tab.list.locator('.avatar').count() === 1 && await tab.list.locator('.avatar img').count() === 0);
  assert.equal(await tab.list.locator('.avatar').first().textContent(), 'KL');
  for (const one of [hers, tab]) await one.leave();
});

// Two people who have never seen Magpie: sign up, find each other, talk, make a group.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, name, pair, person, Quick, signingUp, until, url } from './people.js';

after(closeBrowser);

test('errors stand in words beside their field', async () => {
  const { page, ...alex } = await person();
  await page.goto(`${url}/`);
  await page.getByRole('button', { name: 'Create account' }).click();
  await signingUp(page);
  await page.getByLabel('User name').fill('No Spaces!');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('no capitals').waitFor();
  await page.getByText('Please fill this in').waitFor();
  await page.getByText('Use at least 8 characters').waitFor();
  assert.equal(await page.getByLabel('User name').evaluate((node) => node === document.activeElement), true);
  await alex.context.close();
  assert.deepEqual(alex.wrongs, []);
});

test('a taken user name and wrong credentials are told', async () => {
  const [first, second] = [await person(), await person()];
  const taken = name('taken');
  await first.signUp(taken, 'First');
  await second.page.goto(`${url}/`);
  await second.page.getByRole('button', { name: 'Create account' }).click();
  await signingUp(second.page);
  await second.page.getByLabel('User name').fill(taken);
  await second.page.getByLabel('Name', { exact: true }).fill('Second');
  await second.page.getByLabel('Password').fill('12345678');
  await second.page.getByRole('button', { name: 'Create account' }).click();
  await second.page.getByText('This user name is taken').waitFor();
  await second.page.getByRole('button', { name: 'Log in' }).click();
  await second.page.getByLabel('User name').fill(taken);
  await second.page.getByLabel('Password').fill('wrong wrong');
  await second.page.getByRole('button', { name: 'Log in' }).click();
  await second.page.getByText('User name or password is wrong').waitFor();
  await second.logIn(taken.toUpperCase().replace('-', '－'));                        // as keyboards write by themselves
  await second.page.getByRole('heading', { name: 'Hello, First' }).waitFor();
  for (const one of [first, second]) await one.leave();
});

test('two people sign up, befriend, chat both ways, and in a group', async () => {
  const [alex, kim] = [await person(), await person()];
  await alex.signUp(name('alex'), 'Alex Morgan');
  await kim.signUp(name('kim'), 'Kim Lindqvist');
  await alex.page.getByText('Nobody here yet').waitFor();
  await alex.shot('first-empty');
  await befriend(alex, kim);

  await kim.say('Hello Alex');
  await alex.open('Kim Lindqvist');
  await alex.hears('Hello Alex');
  await alex.say('Hello Kim');
  await alex.say('first line');
  await kim.hears('Hello Kim');
  await kim.hears('first line');
  assert.deepEqual(await kim.texts(), ['Hello Alex', 'Hello Kim', 'first line']);
  await until('the state sign of the last message', async () => await alex.log.getByText('sent', { exact: true }).count() === 2);

  await makeGroup(alex, kim);
  await alex.page.getByRole('link', { name: 'Magpie' }).click();
  for (const one of [alex, kim]) await one.leave();
});

test('a friend who opens a tab has the dot, and has it no more a while after closing it', async () => {
  const { kim, tab } = await pair();
  const link = tab.list.getByRole('link', { name: 'Kim Lindqvist' });
  const dot = link.locator('.dot');
  const word = tab.page.locator('.presence');
  assert.deepEqual([await dot.count(), await word.textContent()], [0, 'offline']);
  for (const time of ['first', 'second']) {
    const other = await person();
    await other.page.goto(`${url}/`);
    await other.logIn(kim.username);
    await dot.waitFor();
    await until(`the word to say so the ${time} time`, async () => await word.textContent() === 'online');
    await tab.list.getByRole('link', { name: /Kim Lindqvist *, online/ }).waitFor();
    await other.leave();
    // A server waits ten seconds, since a tab that only polls anew has not left.
    await dot.waitFor({ state: 'detached', timeout: 30_000 });
    await until(`the word to go the ${time} time`, async () => /^last seen at/.test(await word.textContent() ?? ''));
  }
  await tab.leave();
});

test('a request that is declined goes on both sides, and may be made again', async () => {
  const alex = await Quick.make(name('alex'), 'Alex Morgan');
  const [kim, asker] = [await person(), await person()];
  await kim.signUp(name('kim'), 'Kim Lindqvist');
  await asker.page.goto(`${url}/#/people`);
  await asker.logIn(alex.username);
  for (const note of ['From the lake', 'From the hill']) {
    await asker.page.getByLabel('Their user name').fill(kim.username);
    await asker.page.getByRole('button', { name: 'Add Kim Lindqvist as a friend' }).click();
    await asker.page.getByLabel('A note').fill(note);
    await asker.page.getByRole('button', { name: 'Send request' }).click();
    await asker.page.getByRole('heading', { name: 'Waiting for an answer' }).waitFor();
    await kim.page.getByRole('link', { name: '1 request waiting' }).click();
    await kim.page.getByText(note).waitFor();
    await kim.page.getByRole('button', { name: 'Decline the request of Alex Morgan' }).click();
    await kim.page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click();
    await kim.page.getByText(note).waitFor({ state: 'detached' });
    await asker.page.getByRole('heading', { name: 'Waiting for an answer' }).waitFor({ state: 'detached' });
    assert.equal(await kim.page.getByRole('link', { name: 'request waiting' }).count(), 0);
  }
  for (const one of [kim, asker]) {
    assert.equal(await one.list.locator('.conversation').count(), 0);
    await one.page.reload();
    await one.page.locator('.sheet').waitFor();
    assert.equal(await one.page.getByText('From the').count(), 0);
    await one.leave();
  }
});

async function befriend(alex, kim) {
  await alex.page.getByLabel('Their user name').fill(kim.username);
  await alex.page.getByRole('button', { name: 'Add Kim Lindqvist as a friend' }).click();
  await alex.page.getByLabel('A note').fill('From the lake');
  await alex.page.getByRole('button', { name: 'Send request' }).click();
  await alex.page.getByText('on its way').waitFor();
  await alex.page.getByRole('heading', { name: 'Waiting for an answer' }).waitFor();
  await kim.page.getByRole('link', { name: '1 request waiting' }).click();
  await kim.page.getByText('From the lake').waitFor();
  await kim.shot('request');
  await kim.page.getByRole('button', { name: 'Accept the request of Alex Morgan' }).click();
  await kim.page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
  await kim.page.getByRole('heading', { name: 'Alex Morgan', level: 1 }).waitFor();
  await alex.list.getByRole('link', { name: /Kim Lindqvist/ }).waitFor();
  await until('the answered request to go', async () => await alex.page.getByText('Waiting for an answer').count() === 0);
}

async function makeGroup(alex, kim) {
  await alex.page.getByRole('button', { name: 'Add a friend or a group' }).click();
  await alex.page.getByRole('menuitem', { name: 'New group' }).click();
  const group = name('Hikers');
  await alex.page.getByLabel('Name of the group').fill(group);
  await alex.page.getByLabel('What it is about').fill('Where we go on Sunday');
  await alex.page.getByRole('button', { name: 'Create group' }).click();
  await alex.page.getByText('You created the group').first().waitFor();
  await alex.page.getByRole('button', { name: 'Add Kim Lindqvist' }).click();
  await alex.page.getByText('You added Kim Lindqvist').first().waitFor();
  await alex.page.getByText('2 members').waitFor();
  await kim.open(group);
  await kim.page.getByText('Alex Morgan added you').first().waitFor();
  await kim.say('Nice');
  await alex.hears('Nice');
  await alex.shot('group');
  assert.equal(await alex.log.locator('.from').textContent(), 'Kim Lindqvist');
  await kim.page.getByRole('button', { name: 'Leave group' }).click();
  await kim.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await kim.page.getByText('You left this group').waitFor();
  await alex.page.getByText('Kim Lindqvist left').first().waitFor();
  await alex.page.getByText('1 member').waitFor();
}

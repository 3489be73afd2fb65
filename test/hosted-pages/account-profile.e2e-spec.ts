import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import * as images from '../media/images.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { AccountBrowser, errorAt, textOf, valueIn } from './account-browser.js';

let directory: string;
let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let browser: AccountBrowser;

beforeAll(async () => {
  directory = makeTemporaryDirectory('account-pages');
  app = await startApp({ env: { DATA_DIR: directory } });
});
afterAll(async () => {
  await app.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member' });
  browser = new AccountBrowser(app, organization, max.token);
});

const profileOf = async (user: TestUser) => (await app.api.as(user).get('/v1/me/profile')).body;

describe('The page of one’s profile', () => {
  const typed = {
    fullName: '  Maximilian Müller ',
    givenName: 'Maximilian',
    familyName: 'Müller',
    displayName: 'Max',
    phoneNumber: '0049 30 / 123-456',
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
  };

  it('saves what is typed, and shows it', async () => {
    const saved = await browser.press(await browser.open('/profile'), 'save', typed);

    const stored = { ...typed, fullName: 'Maximilian Müller', phoneNumber: '+4930123456' };
    expect(await profileOf(max)).toMatchObject(stored);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'profile.updated', actor_id: max.id, target_id: max.id },
    ]);
    const page = await browser.follow(saved);
    // In the language that was chosen on it.
    expect(textOf(page)).toContain('Ihr Profil ist gespeichert.');
    for (const [name, value] of Object.entries(stored)) expect(valueIn(page, name)).toBe(value);
  });

  it('takes away what is left empty', async () => {
    await browser.press(await browser.open('/profile'), 'save', typed);
    await app.given.forgetAudit(organization);

    const nothing = Object.fromEntries(Object.keys(typed).map((name) => [name, ' ']));
    await browser.press(await browser.open('/profile'), 'save', nothing);

    const taken = Object.fromEntries(Object.keys(typed).map((name) => [name, null]));
    expect(await profileOf(max)).toMatchObject(taken);
    expect(await app.given.auditOf(organization)).toEqual(['profile.updated']);
  });

  it('says at each field what is wrong with it, keeps what was typed, and saves nothing', async () => {
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(await browser.open('/profile'), 'save', {
      ...typed,
      fullName: 'x'.repeat(201),
      displayName: 'Two\nlines',
      phoneNumber: '030 123456',
      locale: 'nonsense!',
      timeZone: 'Atlantis/Capital',
    });

    expect(refused.status).toBe(400);
    expect(refused.text).toContain('<title>Error: Profile');
    expect(errorAt(refused, 'fullName')).toMatch(/200 characters/);
    expect(errorAt(refused, 'displayName')).toMatch(/on one line/);
    expect(errorAt(refused, 'phoneNumber')).toMatch(/code of a country/);
    expect(errorAt(refused, 'locale')).toBeDefined();
    expect(errorAt(refused, 'timeZone')).toBeDefined();
    expect(errorAt(refused, 'givenName')).toBeUndefined();
    expect(refused.text).toContain('<a href="#phoneNumber">Phone number: ');
    expect(valueIn(refused, 'phoneNumber')).toBe('030 123456');
    expect(valueIn(refused, 'givenName')).toBe('Maximilian');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('says that a telephone number is somebody else’s', async () => {
    await app.given.user(organization, { phoneNumber: '+4930123456' });
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(await browser.open('/profile'), 'save', typed);

    expect(refused.status).toBe(409);
    expect(errorAt(refused, 'phoneNumber')).toMatch(/Somebody else here/);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('overwrites nothing that was saved meanwhile, unless it is sent once more', async () => {
    const page = await browser.open('/profile');
    await app.api
      .as(owner)
      .patch(`/v1/organizations/${organization.slug}/users/${max.id}/profile`, { displayName: 'Maxi' });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const stale = await browser.press(page, 'save', { displayName: 'Mad Max' });

    expect(stale.status).toBe(412);
    expect(textOf(stale)).toContain('has been changed elsewhere');
    expect(textOf(stale)).toContain('Saved meanwhile: Maxi');
    expect(valueIn(stale, 'displayName')).toBe('Mad Max');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);

    const saved = await browser.press(stale, 'save');
    expect(saved.status).toBe(303);
    expect(await profileOf(max)).toMatchObject({ displayName: 'Mad Max' });
  });

  it('loses nothing of many that are sent at once', async () => {
    const page = await browser.open('/profile');
    const names = Array.from({ length: 10 }, (_, index) => `Max ${index}`);

    const answers = await Promise.all(
      names.map((displayName) => browser.press(page, 'save', { displayName })),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([303, ...Array<number>(9).fill(412)]);
    expect(await profileOf(max)).toMatchObject({ displayName: names[statuses.indexOf(303)] });
    expect(await app.given.auditOf(organization)).toEqual(['profile.updated']);
  });

  it.each(['', 'x', '-1', '99999999999'])('saves nothing without a version ("%s")', async (version) => {
    const before = await app.given.snapshot(organization);

    const stale = await browser.press(await browser.open('/profile'), 'save', { ...typed, version });

    expect(stale.status).toBe(412);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('changes nothing beyond its fields', async () => {
    const before = await app.api.as(max).get('/v1/me');

    await browser.press(await browser.open('/profile'), 'save', {
      email: 'evil@example.org',
      username: 'root',
      status: 'locked',
      metadata: '{"admin":true}',
      userId: owner.id,
    });

    const after = await app.api.as(max).get('/v1/me');
    expect(after.body).toMatchObject({ email: before.body.email, username: null, roles: before.body.roles });
    expect(await profileOf(max)).toMatchObject({ metadata: {}, userMetadata: {} });
  });

  it('offers the language and the time zone that somebody has, however rare', async () => {
    await app.api.as(max).patch('/v1/me/profile', { locale: 'gsw-CH', timeZone: 'Asia/Katmandu' });

    const page = await browser.open('/profile');

    expect(valueIn(page, 'locale')).toBe('gsw-CH');
    expect(valueIn(page, 'timeZone')).toBe('Asia/Katmandu');
  });
});

describe('The picture on it', () => {
  it('is shown once it is uploaded, and removed', async () => {
    const saved = await browser.upload(await browser.open('/profile'), await images.png());

    expect(saved.headers['location']).toMatch(/\/account\/profile\?done=pictureSaved\./);
    const page = await browser.follow(saved);
    expect(textOf(page)).toContain('Your picture is saved.');
    const { picture } = await profileOf(max);
    expect(page.text).toContain(`src="${new URL(picture as string).pathname}"`);
    expect(await app.given.auditOf(organization)).toEqual(['picture.changed']);

    const removed = await browser.follow(await browser.press(page, 'removePicture'));
    expect(textOf(removed)).toContain('Your picture is removed.');
    expect(await profileOf(max)).toMatchObject({ picture: null });
    expect(await app.given.auditOf(organization)).toEqual(['picture.changed', 'picture.removed']);
  });

  it.each<[string, () => Buffer | Promise<Buffer>, number, RegExp]>([
    ['nothing', () => Buffer.alloc(0), 400, /Choose a picture/],
    ['something else', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, /no PNG, JPEG/],
    ['half of one', async () => (await images.png()).subarray(0, 60), 422, /damaged/],
    ['too much', () => Buffer.alloc(5 * 1024 * 1024 + 1), 413, /larger than 5 MB/],
  ])('is not made of %s, which is said at the field', async (_, file, status, error) => {
    const before = await app.given.snapshot(organization);

    const refused = await browser.upload(await browser.open('/profile'), await file());

    expect(refused.status).toBe(status);
    expect(errorAt(refused, 'file')).toMatch(error);
    expect(valueIn(refused, 'fullName')).toBe('Max Member');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is taken from the page’s own form of this browser only', async () => {
    const page = await browser.open('/profile');
    const elsewhere = new AccountBrowser(app, organization, max.token);
    const before = await app.given.snapshot(organization);

    const refused = await elsewhere.upload(page, await images.png());

    expect(refused.status).toBe(403);
    expect(textOf(refused)).toContain('Please send this once more.');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is nobody’s who is not signed in', async () => {
    const page = await browser.open('/profile');
    await app.api.as(max).delete('/v1/session');
    await app.given.forgetAudit(organization);

    const refused = await browser.upload(page, await images.png());

    expect(refused.headers['location']).toContain('/sign-in?return_to=account-profile');
    expect(await app.given.auditOf(organization)).toEqual([]);
    expect((await browser.open('/picture')).headers['location']).toBe(
      `/o/${organization.slug}/account/profile`,
    );
  });
});

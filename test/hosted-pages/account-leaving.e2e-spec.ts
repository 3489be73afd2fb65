import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, errorAt, textOf } from './account-browser.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;
let browser: AccountBrowser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member' });
  browser = new AccountBrowser(app, organization, max.token);
});

const statusOf = async ({ id }: TestUser) =>
  (await app.sql<{ status: string }>('select status from users where id = $1', [id]))[0]?.status ?? null;

describe('One’s data', () => {
  it('come as a file to keep', async () => {
    const file = await browser.press(await browser.open('/data'), 'export');

    expect(file.status).toBe(200);
    expect(file.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="my-account.json"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(JSON.parse(file.text)).toMatchObject({
      organization: { slug: organization.slug },
      user: { id: max.id, fullName: 'Max Member' },
    });
    expect(file.text).not.toContain('$argon2');
    expect(await app.given.auditOf(organization)).toEqual(['user.exported']);
  });

  it('come ten times an hour', async () => {
    const page = await browser.open('/data');
    for (let count = 0; count < 10; count += 1) await browser.press(page, 'export');
    await app.given.forgetAudit(organization);

    const refused = await browser.press(page, 'export');

    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(textOf(refused)).toContain('too often');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

describe('Leaving', () => {
  it.each([
    ['/deactivation', 'user.deactivated', 'deactivated', 'Your account is deactivated'],
    ['/deletion', 'user.deleted', null, 'Your account is deleted'],
  ])(
    'by %s needs no password once more, signs out everywhere, and says so',
    async (path, action, status, title) => {
      const other = await app.given.session(max);
      const page = await browser.open(path);

      const left = await browser.press(page, 'leave', { understood: 'on' });

      expect(left.cookies.find((cookie) => cookie.includes('-session-'))).toMatch(/Expires=Thu, 01 Jan 1970/);
      const goodbye = await browser.follow(left);
      expect(goodbye.status).toBe(200);
      expect(textOf(goodbye)).toContain(title);
      expect(await statusOf(max)).toBe(status);
      expect(await app.given.auditOf(organization)).toEqual([action]);
      expect(await app.api.as({ ...max, token: other }).get('/v1/me')).toBeProblem('unauthenticated');
      expect((await browser.open()).status).toBe(303);
    },
  );

  it.each(['/deactivation', '/deletion'])('by %s needs a recent proof', async (path) => {
    const page = await browser.open(path);
    expect(page.text).not.toContain('type="password"');
    await app.given.timePasses(organization, '11 minutes');

    const refused = await browser.press(page, 'leave', { understood: 'on' });

    expect(refused.status).toBe(303);
    expect(refused.headers['location']).toContain('/sign-in?');
    expect(await statusOf(max)).toBe('active');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('for good has to be understood', async () => {
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(await browser.open('/deletion'), 'leave', {});

    expect(refused.status).toBe(400);
    expect(errorAt(refused, 'understood')).toBe('Tick this to go on.');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it.each(['/deactivation', '/deletion'])('by %s is not for the last owner', async (path) => {
    const olga = new AccountBrowser(app, organization, owner.token);

    const refused = await olga.press(await olga.open(path), 'leave', {
      understood: 'on',
    });

    expect(refused.status).toBe(409);
    expect(textOf(refused)).toContain('You are the last owner');
    expect(refused.cookies.filter((cookie) => cookie.includes('-session-'))).toEqual([]);
    expect(await statusOf(owner)).toBe('active');
  });

  it('is said to whoever has just left, and to nobody else', async () => {
    const left = await browser.press(await browser.open('/deletion'), 'leave', {
      understood: 'on',
    });
    const address = left.headers['location']!;

    const stranger = new AccountBrowser(app, organization, null);

    expect((await stranger.get(address)).headers['location']).toBe(`/o/${organization.slug}/account`);
    expect((await stranger.open('/goodbye')).status).toBe(303);
    expect((await stranger.open('/goodbye?done=profileSaved.x')).status).toBe(303);
  });
});

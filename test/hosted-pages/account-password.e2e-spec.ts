import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, errorAt, textOf, valueIn } from './account-browser.js';

let app: TestApp;
let organization: TestOrganization;
let max: TestUser;
let browser: AccountBrowser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization } = await app.given.organization());
  max = await app.given.user(organization, { fullName: 'Max Member', emailVerifiedAt: new Date() });
  await app.mailbox.clear();
  browser = new AccountBrowser(app, organization, max.token);
});

const next = 'copper bicycle 19 beneath Tall Pines';
const change = async (typed: Record<string, string>) =>
  browser.press(await browser.open('/password'), 'change', typed);
const signIn = (password: string) =>
  app.api.post(`/v1/organizations/${organization.slug}/sign-in`, { identifier: max.email, password });

describe('The page of the password', () => {
  it('changes it, ends all other sessions, and says so', async () => {
    const other = await app.given.session(max);

    const changed = await change({ currentPassword: testPassword, password: next, again: next });

    const page = await browser.follow(changed);
    expect(page.status).toBe(200);
    expect(textOf(page)).toContain('Your password is changed. Everywhere else you have been signed out.');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password.changed', actor_id: max.id, change: { sessionsEnded: 1 } },
    ]);
    expect(await app.api.as({ ...max, token: other }).get('/v1/me')).toBeProblem('unauthenticated');
    expect((await signIn(next)).status).toBe(200);
    expect(await signIn(testPassword)).toBeProblem('invalid_credentials');
  });

  it.each<[string, Record<string, string>, number, Record<string, RegExp | undefined>]>([
    [
      'nothing',
      { currentPassword: '', password: '', again: '' },
      400,
      { currentPassword: /needed/, password: /needed/, again: undefined },
    ],
    [
      'two that differ',
      { currentPassword: testPassword, password: next, again: `${next}!` },
      400,
      { currentPassword: undefined, password: undefined, again: /not the same/ },
    ],
    [
      'a short one',
      { currentPassword: testPassword, password: 'short', again: 'short' },
      422,
      { currentPassword: undefined, password: /15 characters are needed/ },
    ],
    [
      'a long one',
      { currentPassword: testPassword, password: 'x'.repeat(257), again: 'x'.repeat(257) },
      400,
      { password: /256 characters at most/ },
    ],
    [
      'one that is guessed first',
      { currentPassword: testPassword, password: 'passwordpassword', again: 'passwordpassword' },
      422,
      { password: /guessed first/ },
    ],
    [
      'the same one',
      { currentPassword: testPassword, password: testPassword, again: testPassword },
      422,
      { password: /that you have/ },
    ],
  ])('takes %s for a flaw of the field, and changes nothing', async (_, typed, status, errors) => {
    const page = await browser.open('/password');
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(page, 'change', typed);

    expect(refused.status).toBe(status);
    for (const [name, error] of Object.entries(errors)) {
      if (error === undefined) expect(errorAt(refused, name)).toBeUndefined();
      else expect(errorAt(refused, name)).toMatch(error);
    }
    for (const name of ['currentPassword', 'password', 'again']) expect(valueIn(refused, name)).toBe('');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('says that the current one is wrong, and after five of them how long to wait', async () => {
    const wrong = { currentPassword: 'not the password', password: next, again: next };

    const refused = await change(wrong);

    expect(refused.status).toBe(422);
    expect(errorAt(refused, 'currentPassword')).toBe('This is not your password.');
    expect(await app.given.auditOf(organization)).toEqual(['password.change_refused (refused)']);
    for (let count = 1; count < 5; count += 1) await change(wrong);
    const throttled = await change({ ...wrong, currentPassword: testPassword });
    expect(throttled.headers['retry-after']).toMatch(/^\d+$/);
    expect(errorAt(throttled, 'currentPassword')).toMatch(/looked at in \d+ seconds?\.$/);
    expect((await signIn(testPassword)).status).toBe(200);
  });

  it('tells a password manager whose it is', async () => {
    const { text } = await browser.open('/password');

    expect(text).toMatch(new RegExp(`autocomplete="username" value="${max.email}"`));
    expect(text).toContain('autocomplete="current-password"');
    expect(text.match(/autocomplete="new-password"/g)).toHaveLength(2);
  });

  it('mails whoever has none a link to set the first one', async () => {
    await app.sql('update users set password_hash = null where id = $1', [max.id]);
    const { token } = await givenSessionOf();
    await app.mailbox.clear();
    browser = new AccountBrowser(app, organization, token);
    const page = await browser.open('/password');
    expect(textOf(page)).toContain('You have no password yet');

    const asked = await browser.press(page, 'mailLink');

    expect(textOf(await browser.follow(asked))).toContain('The mail with the link is on its way.');
    expect(await app.given.auditOf(organization)).toEqual(['password_reset.requested']);
    expect((await app.mailbox.next(max.email)).link).toContain('/password-reset?token=');
  });

  async function givenSessionOf() {
    return { token: await app.given.session(max) };
  }
});

describe('What a stolen session must not do', () => {
  const pages = ['/password', '/email/change', '/deactivation', '/deletion'];

  it.each(pages)('asks for a recent proof: %s', async (path) => {
    await app.given.timePasses(organization, '11 minutes');

    const { status, headers } = await browser.open(path);

    expect(status).toBe(303);
    const place = `account${path}`.replaceAll('/', '-');
    expect(headers['location']).toBe(`/o/${organization.slug}/sign-in?return_to=${place}&prompt=login`);
  });

  it.each<[string, string, string]>([
    ['/password', 'change', 'account-password'],
    ['/email/change', 'change', 'account-email-change'],
    ['/deactivation', 'leave', 'account-deactivation'],
    ['/deletion', 'leave', 'account-deletion'],
    ['/data', 'export', 'account-data'],
  ])('is refused by a form that was opened in time: %s', async (path, action, place) => {
    const page = await browser.open(path);
    await app.given.timePasses(organization, '11 minutes');
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(page, action, {
      currentPassword: testPassword,
      password: next,
      again: next,
      email: 'new@mail.example',
      understood: 'on',
    });

    expect(refused.status).toBe(303);
    expect(refused.headers['location']).toBe(
      `/o/${organization.slug}/sign-in?return_to=${place}&prompt=login`,
    );
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is what the organization says for how long', async () => {
    const { organization: strict, owner } = await app.given.organization();
    const policy = { recentAuthenticationSeconds: 60 };
    await app.api.as(owner).put(`/v1/organizations/${strict.slug}/policies/session`, policy);
    const olga = new AccountBrowser(app, strict, owner.token);
    expect((await olga.open('/password')).status).toBe(200);

    await app.given.timePasses(strict, '2 minutes');

    expect((await olga.open('/password')).status).toBe(303);
  });

  it('leaves the rest of the account alone', async () => {
    await app.given.timePasses(organization, '1 hour');

    for (const path of ['', '/profile', '/email', '/sessions', '/applications', '/activity', '/data'])
      expect([path, (await browser.open(path)).status]).toEqual([path, 200]);
  });
});

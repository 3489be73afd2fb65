import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { AccountBrowser, errorAt, textOf, valueIn } from './account-browser.js';

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
  max = await app.given.user(organization, { emailVerifiedAt: new Date() });
  await app.mailbox.clear();
  browser = new AccountBrowser(app, organization, max.token);
});

const wanted = 'new.max@mail.example';
const ask = async (typed: Record<string, string>) =>
  browser.press(await browser.open('/email/change'), 'change', typed);
const emailOf = async () => {
  const path = `/v1/organizations/${organization.slug}/users/${max.id}`;
  const { email, pendingEmail, emailVerified } = (await app.api.as(owner).get(path)).body;
  return { email, pendingEmail, emailVerified };
};
const wantCodes = (type: string) =>
  app.api.as(owner).put(`/v1/organizations/${organization.slug}/verification-token-types/${type}`, {
    lifetimeSeconds: 3600,
    codeLength: 6,
  });

describe('Another address', () => {
  it('waits on the page until the mail to it is confirmed', async () => {
    const asked = await ask({ email: ' New.Max@Mail.example ' });

    const waiting = await browser.follow(asked);
    expect(asked.headers['location']).not.toContain('ew.');
    expect(textOf(waiting)).toContain('Nearly done');
    expect(textOf(waiting)).toContain(`We have sent a mail to ${wanted}.`);
    expect(await emailOf()).toEqual({ email: max.email, pendingEmail: wanted, emailVerified: true });
    expect(await app.given.auditOf(organization)).toEqual(['email_change.requested']);
    const { link } = await app.mailbox.next(wanted);
    await browser.submit(await browser.arriveAt(new URL(link!).pathname + new URL(link!).search));
    expect(await emailOf()).toEqual({ email: wanted, pendingEmail: null, emailVerified: true });
    expect(textOf(await browser.open('/email'))).toContain(`${wanted} Confirmed`);
  });

  it.each<[string, () => Record<string, string>, number, Record<string, RegExp>]>([
    ['nothing', () => ({ email: '' }), 400, { email: /needed/ }],
    ['no address', () => ({ email: 'max at home' }), 400, { email: /no e-mail address/ }],
    ['the present one', () => ({ email: max.email.toUpperCase() }), 400, { email: /that you have/ }],
  ])('is not asked for with %s', async (_, typed, status, errors) => {
    const refused = await ask(typed());

    expect(refused.status).toBe(status);
    for (const [name, error] of Object.entries(errors)) {
      expect(errorAt(refused, name)).toMatch(error);
    }
    expect(valueIn(refused, 'email')).toBe(typed()['email']);
    expect(await emailOf()).toMatchObject({ email: max.email, pendingEmail: null });
    expect((await app.given.auditOf(organization)).filter((event) => !event.endsWith('(refused)'))).toEqual(
      [],
    );
  });

  it('is for whoever has proven not long ago who they are, which takes the place of the password', async () => {
    const page = await browser.open('/email/change');
    expect(page.text).not.toContain('type="password"');
    await app.given.timePasses(organization, '11 minutes');
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(page, 'change', { email: wanted });

    expect(refused.status).toBe(303);
    expect(refused.headers['location']).toContain('/sign-in?');
    expect((await browser.open('/email/change')).status).toBe(303);
    expect((await app.given.snapshot(organization))['users']).toBe(before['users']);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is mailed again, and the mail before is worth nothing', async () => {
    const waiting = await browser.follow(await ask({ email: wanted }));
    const first = await app.mailbox.next(wanted);
    await app.given.forgetAudit(organization);

    const resent = await browser.press(waiting, 'resend');

    expect(textOf(await browser.follow(resent))).toContain('Another mail is on its way.');
    expect(await app.given.auditOf(organization)).toEqual(['email_change.requested']);
    const second = await app.mailbox.next(wanted);
    const confirm = (token: string) => app.api.post('/v1/me/email/confirm', { token });
    expect(await confirm(first.token!)).toBeProblem('invalid_token');
    expect((await confirm(second.token!)).status).toBe(204);
  });

  it('is not mailed to a mailbox over and over', async () => {
    const waiting = await browser.follow(await ask({ email: wanted }));
    await browser.press(waiting, 'resend');
    await browser.press(waiting, 'resend');
    await app.given.forgetAudit(organization);
    await app.mailbox.next(wanted);
    await app.mailbox.clear();

    const refused = await browser.press(waiting, 'resend');

    expect(refused.status).toBe(429);
    expect(textOf(refused)).toContain('too often');
    expect(refused.headers['retry-after']).toBeDefined();
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is withdrawn, and its link ends', async () => {
    const waiting = await browser.follow(await ask({ email: wanted }));
    const { token } = await app.mailbox.next(wanted);
    await app.given.forgetAudit(organization);

    const withdrawn = await browser.press(waiting, 'withdraw');

    const page = await browser.follow(withdrawn);
    expect(textOf(page)).toContain('Your address stays as it is.');
    expect(textOf(page)).not.toContain(wanted);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_change.withdrawn', actor_id: max.id, change: { to: wanted } },
    ]);
    expect(await app.api.post('/v1/me/email/confirm', { token: token! })).toBeProblem('invalid_token');
    expect(await emailOf()).toEqual({ email: max.email, pendingEmail: null, emailVerified: true });
  });

  it.each(['resend', 'withdraw'])('that waits no more cannot be meant by "%s"', async (action) => {
    const waiting = await browser.follow(await ask({ email: wanted }));
    await browser.press(waiting, 'withdraw');
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const refused = await browser.press(waiting, action);

    expect(refused.status).toBe(404);
    expect(textOf(refused)).toContain('There was nothing left to do');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is confirmed with the code of the mail, where mails have codes', async () => {
    expect(textOf(await browser.follow(await ask({ email: wanted })))).not.toContain('Code from the mail');
    expect((await wantCodes('email_change')).status).toBe(200);
    await browser.press(await browser.open('/email'), 'resend');
    const code = codeIn((await app.mailbox.next(wanted)).text, (await app.mailbox.next(wanted)).text);
    await app.given.forgetAudit(organization);
    const page = await browser.open('/email');

    const malformed = await browser.press(page, 'changeCode', { changeCode: '12' });
    const wrong = await browser.press(page, 'changeCode', {
      changeCode: code === '000000' ? '000001' : '000000',
    });
    const right = await browser.press(page, 'changeCode', {
      changeCode: ` ${code.slice(0, 3)} ${code.slice(3)}`,
    });

    expect([malformed.status, wrong.status, right.status]).toEqual([400, 422, 303]);
    expect(errorAt(malformed, 'changeCode')).toMatch(/six to ten digits/);
    expect(errorAt(wrong, 'changeCode')).toMatch(/wrong or too old/);
    expect(textOf(await browser.follow(right))).toContain('Your address is changed.');
    expect(await emailOf()).toEqual({ email: wanted, pendingEmail: null, emailVerified: true });
    expect(await app.given.auditOf(organization)).toEqual([
      'email_change.refused (refused)',
      'email.changed',
    ]);
  });
});

describe('An address that nobody has confirmed', () => {
  beforeEach(async () => {
    await app.sql('update users set email_verified_at = null where id = $1', [max.id]);
    await app.mailbox.clear();
  });

  it('is confirmed by a mail that the page sends', async () => {
    const page = await browser.open('/email');
    expect(textOf(page)).toContain('Not confirmed');

    const sent = await browser.press(page, 'verify');

    expect(textOf(await browser.follow(sent))).toContain('The mail is on its way.');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_verification.requested', actor_id: max.id },
    ]);
    expect((await app.mailbox.next(max.email)).link).toContain('/verify-email?token=');
  });

  it('is confirmed with the code of that mail, where mails have codes', async () => {
    await wantCodes('email_verification');
    await browser.press(await browser.open('/email'), 'verify');
    const code = codeIn((await app.mailbox.next(max.email)).text);
    await app.given.forgetAudit(organization);

    const confirmed = await browser.press(await browser.open('/email'), 'verifyCode', { verifyCode: code });

    expect(textOf(await browser.follow(confirmed))).toContain('Your address is confirmed.');
    expect(await app.given.auditOf(organization)).toEqual(['email.verified']);
    expect(await emailOf()).toMatchObject({ emailVerified: true });
  });

  it('and is confirmed by now gets no mail', async () => {
    const page = await browser.open('/email');
    await app.sql('update users set email_verified_at = now() where id = $1', [max.id]);

    const refused = await browser.press(page, 'verify');

    expect(refused.status).toBe(404);
    expect(textOf(refused)).toContain('There was nothing left to do');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

/** The digits that stand by themselves in the last of these mails that has some. */
function codeIn(...texts: string[]): string {
  const code = texts
    .map((text) => /^\s*(\d{6})\s*$/m.exec(text)?.[1])
    .findLast((found) => found !== undefined);
  if (code === undefined) throw new Error(`no mail has a code: ${texts.join('\n')}`);
  return code;
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

function start(organization: TestOrganization, email: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/email-verification`, { email });
}

function confirm(organization: TestOrganization, token: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/email-verification/confirm`, { token });
}

async function isVerified(user: { token: string }): Promise<boolean> {
  return (await app.api.as(user).get('/v1/me')).body.emailVerified as boolean;
}

async function givenMax(options: Parameters<TestApp['given']['user']>[1] = {}) {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization, options);
  await app.mailbox.clear();
  return { organization, owner, max };
}

describe('Verifying an address', () => {
  it('takes the token of the mail that was asked for', async () => {
    const { organization, max } = await givenMax();

    const asked = await start(organization, max.email.toUpperCase());
    const { subject, link, token } = await app.mailbox.next(max.email);
    const response = await confirm(organization, token!);

    expect([asked.status, asked.text]).toEqual([202, '']);
    expect(subject).toBe('Confirm your e-mail address');
    expect(link).toContain(`/o/${organization.slug}/verify-email?token=`);
    expect([response.status, response.text]).toEqual([204, '']);
    expect(await isVerified(max)).toBe(true);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_verification.requested', actor_type: 'anonymous', target_id: max.id },
      { action: 'email.verified', actor_type: 'anonymous', target_id: max.id },
    ]);
  });

  it('takes the token of the welcome, which lets in whoever must be verified', async () => {
    const { organization } = await app.given.organization({
      registration: { mode: 'open', emailVerification: 'required' },
    });
    const [email, password] = ['nora@mail.example', 'seven grey herons at dawn'];
    const path = `/v1/organizations/${organization.slug}`;
    await app.api.post(`${path}/sign-up`, { email, password });
    const signIn = () => app.api.post(`${path}/sign-in`, { identifier: email, password });
    const early = await signIn();

    const { token } = await app.mailbox.next(email);
    await confirm(organization, token!);

    expect(early).toBeProblem('email_unverified');
    expect((await signIn()).status).toBe(200);
  });

  it('happens once, however many use the token at once', async () => {
    const { organization, max } = await givenMax();
    await start(organization, max.email);
    const { token } = await app.mailbox.next(max.email);
    await app.given.forgetAudit(organization);

    const responses = await Promise.all(Array.from({ length: 100 }, () => confirm(organization, token!)));

    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(99).fill(422)]);
    expect(await app.given.auditOf(organization)).toEqual(['email.verified']);
  });

  it('gives one answer to every token that is no good', async () => {
    const { organization, max } = await givenMax();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const gina = await app.given.user(globex);
    const tokenFor = async (home: TestOrganization, email: string) => {
      await app.mailbox.clear();
      await start(home, email);
      return (await app.mailbox.next(email)).token!;
    };
    const foreign = await tokenFor(globex, gina.email);
    const replaced = await tokenFor(organization, max.email);
    const expired = await tokenFor(organization, max.email);
    await app.given.timePasses(organization, '25 hours');
    const before = await app.given.snapshot(organization);

    const answers = [];
    for (const token of [foreign, replaced, expired, 'ten_ver_nonsense'])
      answers.push(await confirm(organization, token));

    for (const answer of answers) expect(answer).toBeProblem('invalid_token');
    const bodies = new Set(answers.map(({ body }) => JSON.stringify({ ...body, instance: null })));
    expect(bodies.size).toBe(1);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await isVerified(gina)).toBe(false);
  });

  it('does nothing for an address that the account has no more', async () => {
    const { organization, max } = await givenMax({ username: 'max' });
    await start(organization, max.email);
    const { token } = await app.mailbox.next(max.email);
    await app.sql('update users set email = null where id = $1', [max.id]);

    expect(await confirm(organization, token!)).toBeProblem('invalid_token');
  });

  it('needs an address, and an organization that is there', async () => {
    const { organization } = await app.given.organization();

    expect(await start(organization, 'max')).toBeProblem('invalid_request', { pointer: '/email' });
    expect(await start({ ...organization, slug: 'nowhere' }, 'max@acme.example')).toBeProblem('not_found');
    expect(await confirm({ ...organization, slug: 'nowhere' }, 'ten_ver_x')).toBeProblem('not_found');
  });
});

describe('Who is verified already', () => {
  it('gets no mail, and the same answer', async () => {
    const { organization, max } = await givenMax({ emailVerifiedAt: new Date() });
    const before = await app.given.snapshot(organization);

    const response = await start(organization, max.email);

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_verification.requested', outcome: 'refused', change: { reason: 'verified_already' } },
    ]);
  });
});

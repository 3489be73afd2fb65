import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import {
  type ApiResponse,
  startApp,
  type TestApp,
  type TestOrganization,
  type TestUser,
} from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(() => app.mailbox.clear());
afterAll(() => app.stop());

const newPassword = 'seven grey herons at dawn';

function start(organization: TestOrganization, identifier: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/password-reset`, { identifier });
}

function confirm(
  organization: TestOrganization,
  token: string,
  password = newPassword,
): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/password-reset/confirm`, { token, password });
}

function signIn(organization: TestOrganization, identifier: string, password: string): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/sign-in`, { identifier, password });
}

/** A token as it comes to that user, who has asked for it. */
async function tokenOf(organization: TestOrganization, { email }: { email: string }): Promise<string> {
  await app.mailbox.clear();
  await start(organization, email);
  const { token } = await app.mailbox.next(email);
  await app.given.forgetAudit(organization);
  return token!;
}

async function givenMax(options: Parameters<TestApp['given']['user']>[1] = {}) {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization, options);
  await app.mailbox.clear();
  return { organization, owner, max };
}

async function statusOf(user: TestUser): Promise<string> {
  const [row] = await app.sql<{ status: string }>('select status from users where id = $1', [user.id]);
  return row!.status;
}

describe('Asking for a new password', () => {
  it('sends a link to the address of the account, by whichever of its names', async () => {
    const { organization, max } = await givenMax({ username: 'max', fullName: 'Max Member' });

    const responses = [await start(organization, max.email), await start(organization, 'MAX')];

    expect(responses.map(({ status, text }) => [status, text])).toEqual([
      [202, ''],
      [202, ''],
    ]);
    const mails = await app.mailbox.all(max.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Set a new password', 'Set a new password']);
    expect(mails[0]!.link).toContain(`/o/${organization.slug}/password-reset?token=ten_ver_`);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password_reset.requested', actor_type: 'anonymous', target_id: max.id, outcome: 'done' },
      { action: 'password_reset.requested', actor_type: 'anonymous', target_id: max.id, outcome: 'done' },
    ]);
  });

  it.each(['locked', 'deactivated'] as const)('sends nothing to who is %s', async (status) => {
    const { organization, max } = await givenMax({ status });

    const response = await start(organization, max.email);

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.mailbox.all(max.email)).toEqual([]);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password_reset.requested', outcome: 'refused', change: { reason: status } },
    ]);
  });

  it('sends nothing where only administrators start it', async () => {
    const { organization, owner, max } = await givenMax();
    await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/policies/password`, { reset: 'administrator' });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const response = await start(organization, max.email);

    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['password_reset.requested (refused)']);
  });
});

describe('A new password', () => {
  it('ends every session, other token and pending change, and signs in from then on', async () => {
    const { organization, max } = await givenMax();
    await app.api.as(max).put('/v1/me/email', { email: 'thief@evil.example', currentPassword: max.password });
    const change = await app.mailbox.next('thief@evil.example');
    const token = await tokenOf(organization, max);

    const response = await confirm(organization, token);

    expect([response.status, response.text]).toEqual([204, '']);
    expect(await app.api.as(max).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(organization, max.email, max.password)).toBeProblem('invalid_credentials');
    expect((await signIn(organization, max.email, newPassword)).body.user).toMatchObject({
      id: max.id,
      emailVerified: true,
    });
    expect(await app.api.post('/v1/me/email/confirm', { token: change.token })).toBeProblem('invalid_token');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password.reset', actor_type: 'anonymous', target_id: max.id },
      { action: 'session.refused' },
      { action: 'session.created' },
    ]);
    expect((await app.mailbox.next(max.email)).subject).toBe('Your password was changed');
  });

  it('is the first one of who waited for it, and makes the account active', async () => {
    const { organization, owner } = await givenMax();
    const path = `/v1/organizations/${organization.slug}/users`;
    const email = `nora@${organization.slug}.example`;
    const { body: nora } = await app.api.as(owner).post(path, { email, fullName: 'Nora New' });
    const mail = await app.mailbox.next(email);

    const response = await confirm(organization, mail.token!);

    expect(mail.subject).toBe('Set your password for Acme');
    expect(nora.status).toBe('initializing');
    expect(response.status).toBe(204);
    expect(await statusOf(nora as TestUser)).toBe('active');
    expect((await signIn(organization, email, newPassword)).status).toBe(200);
    expect(await app.mailbox.all(email)).toEqual([]);
  });

  it('must be good enough, and one that is not leaves the token alive', async () => {
    const { organization, max } = await givenMax({ fullName: 'Maximilian Mustermann' });
    const token = await tokenOf(organization, max);
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const weak = await confirm(organization, token, 'maximilian mustermann');

    expect(weak).toBeProblem('weak_password', { pointer: '/password' });
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
    expect((await confirm(organization, token)).status).toBe(204);
  });

  it('is the first one of an owner whose organization was made without', async () => {
    const email = 'gina@globex.example';
    const { body: globex } = await app.api
      .as(await app.given.operator())
      .post('/v1/organizations', { name: 'Globex', slug: 'globex', owner: { email } });
    const { subject, token } = await app.mailbox.next(email);

    const response = await confirm(globex as TestOrganization, token!);

    expect(subject).toBe('Set your password for Globex');
    expect(response.status).toBe(204);
    expect((await signIn(globex as TestOrganization, email, newPassword)).status).toBe(200);
  });

  it('is set once by a hundred who use one token at once, and hashed once', async () => {
    const { organization, max } = await givenMax();
    const token = await tokenOf(organization, max);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        confirm(organization, token, `the ${index}th of a hundred good words`),
      ),
    );

    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array<number>(99).fill(422)]);
    expect(await app.given.auditOf(organization)).toEqual(['password.reset']);
    expect(app.get(PasswordHasher).hashesRun - hashesBefore).toBe(1);
  });

  it('makes up for the failures of whoever had forgotten it', async () => {
    const { organization, max } = await givenMax({ username: 'max' });
    for (let count = 0; count < 6; count += 1) await signIn(organization, 'max', 'not the password');
    const token = await tokenOf(organization, max);

    await confirm(organization, token);

    expect((await signIn(organization, 'max', newPassword)).status).toBe(200);
  });
});

describe('A token that is no good', () => {
  it('gets one answer whatever is wrong with it, without a hash, and nothing is written', async () => {
    const { organization, max } = await givenMax();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const gina = await app.given.user(globex);
    const used = await tokenOf(organization, max);
    await confirm(organization, used);
    const replaced = await tokenOf(organization, max);
    const ended = await tokenOf(organization, max);
    await app.sql(`update users set status = 'locked' where id = $1`, [max.id]);
    const nora = await app.given.user(organization);
    await app.mailbox.clear();
    await app.api.post(`/v1/organizations/${organization.slug}/email-verification`, { email: nora.email });
    const otherType = (await app.mailbox.next(nora.email)).token!;
    const expired = await tokenOf(organization, nora);
    await app.given.timePasses(organization, '31 minutes');
    const foreign = await tokenOf(globex, gina);
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const answers = [];
    for (const token of [used, replaced, ended, otherType, expired, foreign, `${foreign}x`, 'nonsense'])
      answers.push(await confirm(organization, token));

    for (const answer of answers) expect(answer).toBeProblem('invalid_token');
    const bodies = new Set(answers.map(({ body }) => JSON.stringify({ ...body, instance: null })));
    expect(bodies.size).toBe(1);
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await confirm(globex, foreign)).status).toBe(204);
  });
});

describe('A reset that an administrator starts', () => {
  const path = (organization: TestOrganization, user: string) =>
    `/v1/organizations/${organization.slug}/users/${user}/password-reset`;

  it('sends the mail, and shows no link', async () => {
    const { organization, max } = await givenMax();
    const ada = await app.given.user(organization, { roles: ['admin'] });

    const response = await app.api.as(ada).post(path(organization, max.email));

    expect([response.status, response.body]).toEqual([202, {}]);
    const { subject, token } = await app.mailbox.next(max.email);
    expect(subject).toBe('Set a new password');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password_reset.started', actor_id: ada.id, target_id: max.id, change: { delivery: 'mail' } },
    ]);
    expect((await confirm(organization, token!)).status).toBe(204);
  });

  it('shows the link of who has no address, each time another one', async () => {
    const { organization, owner } = await givenMax();
    const users = `/v1/organizations/${organization.slug}/users`;
    const { body: nora } = await app.api.as(owner).post(users, { username: 'nora' });
    await app.given.forgetAudit(organization);

    const first = await app.api.as(owner).post(path(organization, 'nora'));
    const second = await app.api.as(owner).post(path(organization, 'nora'));

    const tokens = [first, second].map(({ body }) => new URL(body.link as string).searchParams.get('token')!);
    expect(first.body.link).toMatch(
      new RegExp(`^${app.origin}/o/${organization.slug}/password-reset\\?token=`),
    );
    expect(first.headers['cache-control']).toBe('no-store');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'password_reset.started', target_id: nora.id, change: { delivery: 'link' } },
      { action: 'password_reset.started', target_id: nora.id, change: { delivery: 'link' } },
    ]);
    expect(await confirm(organization, tokens[0]!)).toBeProblem('invalid_token');
    expect((await confirm(organization, tokens[1]!)).status).toBe(204);
    expect((await signIn(organization, 'nora', newPassword)).status).toBe(200);
  });

  it('lives for three days where it sets the first password, unless the organization says otherwise', async () => {
    const { organization, owner, max } = await givenMax();
    const users = `/v1/organizations/${organization.slug}/users`;
    await app.api.as(owner).post(users, { email: 'nora@acme.example' });
    const welcome = await app.mailbox.next('nora@acme.example');
    await app.api.as(owner).post(path(organization, max.email));
    const reset = await app.mailbox.next(max.email);

    expect(welcome.text).toContain('for 3 days');
    expect(reset.text).toContain('for 30 minutes');
    await app.given.timePasses(organization, '71 hours');
    expect(await confirm(organization, reset.token!)).toBeProblem('invalid_token');
    expect((await confirm(organization, welcome.token!)).status).toBe(204);
    expect(await confirm(organization, welcome.token!)).toBeProblem('invalid_token');

    const lifetime = { lifetimeSeconds: 7_200 };
    const types = `/v1/organizations/${organization.slug}/verification-token-types`;
    await app.api.as(owner).put(`${types}/first_password`, lifetime);
    await app.api.as(owner).post(users, { username: 'nils' });
    const { body } = await app.api.as(owner).post(path(organization, 'nils'));
    await app.given.timePasses(organization, '121 minutes');
    const late = new URL(body.link as string).searchParams.get('token')!;
    expect(await confirm(organization, late)).toBeProblem('invalid_token');
  });

  it('is for those whom one outranks, and never for oneself', async () => {
    const { organization, owner, max } = await givenMax();
    const ada = await app.given.user(organization, { roles: ['admin'] });
    await app.mailbox.clear();
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(ada).post(path(organization, owner.id))).toBeProblem('permission_denied');
    expect(await app.api.as(ada).post(path(organization, ada.id))).toBeProblem('own_account');
    expect(await app.api.as(max).post(path(organization, ada.id))).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([
      'password_reset.started (refused)',
      'access.refused (refused)',
    ]);
  });

  it('is not for who is locked or deactivated', async () => {
    const { organization, owner } = await givenMax();
    for (const status of ['locked', 'deactivated'] as const) {
      const user = await app.given.user(organization, { status });

      expect(await app.api.as(owner).post(path(organization, user.id))).toBeProblem('conflict');
    }
  });

  it('stops after three mails in ten minutes, whatever strangers have asked for', async () => {
    const { organization, owner, max } = await givenMax();
    for (let count = 0; count < 5; count += 1) await start(organization, max.email);

    const statuses = [];
    for (let count = 0; count < 4; count += 1)
      statuses.push((await app.api.as(owner).post(path(organization, max.id))).status);

    expect(statuses).toEqual([202, 202, 202, 429]);
    expect(await app.mailbox.all(max.email)).toHaveLength(6);
  });
});

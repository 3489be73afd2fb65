import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1', LIMIT_SIGN_UPS_PER_ADDRESS: '3' } });
});
afterAll(() => app.stop());

const password = 'seven grey herons at dawn';

/** Acme with that registration policy, written directly; open unless told. */
async function givenOpen(registration: Record<string, unknown> = {}): Promise<TestOrganization> {
  const { organization } = await app.given.organization();
  await app.sql(`insert into tenantry.policies (org_id, kind, document) values ($1, 'registration', $2)`, [
    organization.id,
    { mode: 'open', ...registration },
  ]);
  return organization;
}

async function givenEmpty(registration: Record<string, unknown>): Promise<TestOrganization> {
  const organization = await givenOpen(registration);
  await app.sql('delete from tenantry.users where org_id = $1', [organization.id]);
  return organization;
}

function signUp(
  organization: { slug: string },
  person: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/sign-up`, { password, ...person }, { headers });
}

function signIn(organization: TestOrganization, identifier: string, typed = password): Promise<ApiResponse> {
  return app.api.post(`/v1/organizations/${organization.slug}/sign-in`, { identifier, password: typed });
}

async function rolesOf(organization: TestOrganization): Promise<string[]> {
  const rows = await app.sql<{ name: string }>(
    `select r.name from tenantry.user_roles g
       join tenantry.roles r on r.org_id = g.org_id and r.id = g.role_id
      where g.org_id = $1 order by 1`,
    [organization.id],
  );
  return rows.map(({ name }) => name);
}

describe('Signing up', () => {
  it('makes an account that can sign in, with the default role', async () => {
    const organization = await givenOpen();

    const response = await signUp(organization, { email: 'Max@Acme.Example', fullName: 'Max Member' });

    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      user: {
        id: expect.any(String),
        email: 'max@acme.example',
        username: null,
        fullName: 'Max Member',
        status: 'active',
        createdAt: expect.any(String),
      },
    });
    const { id } = response.body.user as { id: string };
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'user.signed_up',
        actor_type: 'anonymous',
        target_type: 'user',
        target_id: id,
        change: { roles: ['member'] },
      },
    ]);
    const { body } = await signIn(organization, 'max@acme.example');
    const me = await app.api.as(body.token as string).get('/v1/me');
    expect(me.body).toMatchObject({ id, emailVerified: false, roles: ['member'], permissions: [] });
  });

  it('takes a user name instead of an address', async () => {
    const organization = await givenOpen();

    const response = await signUp(organization, { username: 'Max.M' });

    expect(response.body.user).toMatchObject({ email: null, username: 'max.m' });
    expect((await signIn(organization, 'max.m')).status).toBe(200);
  });

  it.each(['closed', 'invitation'])('is refused where registration is %s', async (mode) => {
    const organization = await givenOpen({ mode });
    const before = await app.given.snapshot(organization);

    const response = await signUp(organization, { email: 'max@acme.example' });

    expect(response).toBeProblem('registration_closed');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is closed unless somebody opened it', async () => {
    const { organization } = await app.given.organization();

    expect(await signUp(organization, { email: 'max@acme.example' })).toBeProblem('registration_closed');
  });

  it('needs an organization that exists and is active', async () => {
    const organization = await givenOpen();
    await app.sql(`update tenantry.organizations set status = 'suspended' where id = $1`, [organization.id]);

    expect(await signUp(organization, { email: 'max@acme.example' })).toBeProblem('not_found');
    expect(await signUp({ slug: newId() }, { email: 'max@acme.example' })).toBeProblem('not_found');
  });

  it.each([
    [{}, '/email'],
    [{ email: 'max' }, '/email'],
    [{ email: 'max@acme.example, eve@evil.example' }, '/email'],
    [{ username: 'max m' }, '/username'],
    [{ username: newId() }, '/username'],
    [{ email: 'max@acme.example', role: 'owner' }, '/role'],
    [{ email: 'max@acme.example', status: 'active' }, '/status'],
    [{ email: 'max@acme.example', password: 'a'.repeat(257) }, '/password'],
    [{ email: 'max@acme.example', password: 123456789012345 }, '/password'],
  ])('refuses %j', async (person, pointer) => {
    const organization = await givenOpen();
    const before = await app.given.snapshot(organization);

    const response = await signUp(organization, person);

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it.each([
    ['fourteen chars', 'too short'],
    ['passwordpassword', 'guessed first'],
    ['Acme acme 12345', 'easy to guess'],
    ['max.mustermann!', 'easy to guess'],
    ['Mustermann, Max', 'easy to guess'],
  ])('refuses the password %p', async (weak, reason) => {
    const organization = await givenOpen();
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const response = await signUp(organization, {
      email: 'max.mustermann@mail.example',
      fullName: 'Max Mustermann',
      password: weak,
    });

    expect(response).toBeProblem('weak_password', { pointer: '/password' });
    expect(response.body.errors[0].detail).toContain(reason);
    expect(response.text).not.toContain(weak);
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('keeps the password policy of the organization', async () => {
    const organization = await givenOpen();
    await app.sql(`insert into tenantry.policies (org_id, kind, document) values ($1, 'password', $2)`, [
      organization.id,
      { minLength: 20, blockedWords: ['Roadrunner'] },
    ]);

    const short = await signUp(organization, { username: 'max', password: 'nineteen characters' });
    const blocked = await signUp(organization, { username: 'max', password: 'the roadrunner runs again' });
    const long = await signUp(organization, { username: 'max' });

    expect(short).toBeProblem('weak_password');
    expect(blocked).toBeProblem('weak_password');
    expect(long.status).toBe(201);
  });

  it('takes addresses of the allowed domains only', async () => {
    const organization = await givenOpen({ domains: ['acme.example'] });
    const before = await app.given.snapshot(organization);

    const foreign = await signUp(organization, { email: 'max@evil.example' });
    const nearly = await signUp(organization, { email: 'max@sub.acme.example' });
    const without = await signUp(organization, { username: 'max' });

    for (const response of [foreign, nearly, without])
      expect(response).toBeProblem('email_domain_not_allowed', { pointer: '/email' });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await signUp(organization, { email: 'max@ACME.example' })).status).toBe(201);
  });

  it('goes on where the default role is gone, without a role', async () => {
    const organization = await givenOpen({ defaultRole: 'gone' });

    expect((await signUp(organization, { email: 'max@acme.example' })).status).toBe(201);
    expect(await rolesOf(organization)).toEqual(['owner']);
  });

  it('does not sign in before the address is verified where that is required', async () => {
    const organization = await givenOpen({ emailVerification: 'required' });

    const response = await signUp(organization, { email: 'max@acme.example' });

    expect(response.status).toBe(201);
    expect(await signIn(organization, 'max@acme.example')).toBeProblem('email_unverified');
  });

  it('is one request for one idempotency key', async () => {
    const organization = await givenOpen();
    const key = { 'idempotency-key': 'sign-up-of-max' };

    const first = await signUp(organization, { email: 'max@acme.example' }, key);
    const again = await signUp(organization, { email: 'max@acme.example' }, key);
    const other = await signUp(organization, { email: 'nora@acme.example' }, key);

    expect(again.body).toEqual(first.body);
    expect(other).toBeProblem('idempotency_key_reused');
    expect(await app.given.auditOf(organization)).toEqual(['user.signed_up']);
  });
});

describe('Signing up with what somebody has', () => {
  it.each([
    ['the address', { email: 'max@acme.example' }, 'email_taken'],
    ['the address in another spelling', { email: 'MAX@ACME.example' }, 'email_taken'],
    ['the user name', { username: 'MAX' }, 'username_taken'],
    ['the user name and a new address', { username: 'max', email: 'new@acme.example' }, 'username_taken'],
  ])('answers the same and writes nothing but a mail: %s', async (_, taken, reason) => {
    const organization = await givenOpen();
    const max = await app.given.user(organization, { email: 'max@acme.example', username: 'max' });
    await app.mailbox.clear();
    const { mails: _mailsBefore, ...before } = await app.given.snapshot(organization);
    const hasher = app.get(PasswordHasher);
    const hashesBefore = hasher.hashesRun;

    const response = await signUp(organization, { ...taken, fullName: 'Eve' });

    expect(hasher.hashesRun - hashesBefore).toBe(1);
    expect(await app.given.snapshot(organization)).toMatchObject(before);
    const mails = await app.mailbox.all(max.email);
    expect(mails.map(({ subject }) => subject)).toEqual(
      reason === 'email_taken' ? ['You already have an account'] : [],
    );
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'user.sign_up_refused', outcome: 'refused', target_id: null, change: { reason } },
    ]);
    const fresh = await signUp(organization, {
      ...('email' in taken && { email: 'eve@acme.example' }),
      ...('username' in taken && { username: 'eve' }),
      fullName: 'Eve',
    });
    expect(hasher.hashesRun - hashesBefore).toBe(2);
    expect([response.status, fresh.status]).toEqual([201, 201]);
    expect(Object.keys(response.body.user as object)).toEqual(Object.keys(fresh.body.user as object));
    expect(Object.keys(response.headers).sort()).toEqual(Object.keys(fresh.headers).sort());
    expect(response.body.user).toMatchObject({ fullName: 'Eve', status: 'active' });
    expect(response.body.user.id).not.toBe(max.id);
    expect(response.body.user.id).toMatch(/^[0-9a-f-]{14}7/);
    expect(await signIn(organization, 'max@acme.example')).toBeProblem('invalid_credentials');
    expect((await signIn(organization, 'max@acme.example', max.password)).status).toBe(200);
  });

  it('makes one account when fifty do it at once', async () => {
    const organization = await givenOpen();

    const responses = await Promise.all(
      Array.from({ length: 50 }, () => signUp(organization, { email: 'max@acme.example' })),
    );

    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(201));
    expect(new Set(responses.map(({ body }) => body.user.id as string)).size).toBe(50);
    const users = await app.sql('select 1 from tenantry.users where org_id = $1 and email = $2', [
      organization.id,
      'max@acme.example',
    ]);
    expect(users).toHaveLength(1);
    expect((await app.given.auditOf(organization)).sort()).toEqual([
      ...Array(49).fill('user.sign_up_refused (refused)'),
      'user.signed_up',
    ]);
    expect(await rolesOf(organization)).toEqual(['member', 'owner']);
  });
});

describe('The first user', () => {
  it('becomes the owner where the policy says so, and no other does', async () => {
    const organization = await givenEmpty({ firstUserRole: 'owner' });

    await signUp(organization, { email: 'first@acme.example' });
    await signUp(organization, { email: 'second@acme.example' });

    expect(await rolesOf(organization)).toEqual(['member', 'owner']);
  });

  it('is one, when many come first at once', async () => {
    const organization = await givenEmpty({ firstUserRole: 'owner' });

    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, index) => signUp(organization, { email: `user-${index}@acme.example` })),
    );

    expect(responses.map(({ status }) => status)).toEqual(Array(30).fill(201));
    expect(await rolesOf(organization)).toEqual([...Array(29).fill('member'), 'owner']);
  });

  it('is nobody special without that policy', async () => {
    const organization = await givenEmpty({});

    await signUp(organization, { email: 'first@acme.example' });

    expect(await rolesOf(organization)).toEqual(['member']);
  });
});

describe('Sign-ups from one address', () => {
  it('are limited by the hour, known or unknown', async () => {
    const organization = await givenOpen();
    await app.given.user(organization, { email: 'max@acme.example' });
    const from = (ip: string) => ({ 'x-forwarded-for': ip });
    for (const email of ['one@acme.example', 'max@acme.example', 'two@acme.example'])
      expect((await signUp(organization, { email }, from('203.0.113.7'))).status).toBe(201);
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const refused = await signUp(organization, { email: 'three@acme.example' }, from('203.0.113.7'));

    expect(refused).toBeProblem('too_many_requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(3600);
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
    const elsewhere = await signUp(organization, { email: 'three@acme.example' }, from('203.0.113.8'));
    expect(elsewhere.status).toBe(201);
    await app.given.timePasses(organization, '1 hour');
    const later = await signUp(organization, { email: 'four@acme.example' }, from('203.0.113.7'));
    expect(later.status).toBe(201);
  });

  it('are free on the own machine outside production', async () => {
    const organization = await givenOpen();

    for (let count = 0; count < 5; count += 1)
      expect((await signUp(organization, { email: `user-${count}@acme.example` })).status).toBe(201);
  });
});

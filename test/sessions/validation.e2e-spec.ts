import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueToken } from '../../src/platform/crypto/secret-token.js';
import { PrincipalLookup } from '../../src/sessions/principal-lookup.js';
import { UseRecorder } from '../../src/sessions/use-recorder.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function acme() {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization, {
    username: `max-${organization.slug}`,
    fullName: 'Max Weber',
    permissions: ['articles:publish'],
  });
  const key = await app.given.apiKey(owner, { permissions: ['sessions:validate'] });
  return { organization, owner, max, key };
}

const validate = (credential: { token: string }, token: string) =>
  app.api.as(credential).post('/v1/sessions/validate', { token });

describe('POST /v1/sessions/validate', () => {
  it('tells whose session it is, with organization, roles and permissions', async () => {
    const { organization, max, key } = await acme();

    const response = await validate(key, max.token);

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      active: true,
      session: {
        id: expect.any(String),
        expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        authenticatedAt: expect.any(String),
        methods: ['pwd'],
      },
      user: {
        id: max.id,
        email: max.email,
        emailVerified: false,
        username: `max-${organization.slug}`,
        fullName: 'Max Weber',
      },
      organization: { id: organization.id, slug: organization.slug },
      roles: [expect.stringMatching(/^role-/)],
      permissions: ['articles:publish'],
    });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('answers inactive for everything that is no session, and for another organization’s', async () => {
    const { key, owner } = await acme();
    const globex = await acme();
    const unknown = issueToken('session', globex.organization.id).token;

    for (const token of [
      globex.max.token,
      unknown,
      key.token,
      'nonsense',
      `${owner.token}x`,
      owner.token.slice(0, -1),
    ]) {
      const response = await validate(key, token);
      expect(response.status).toBe(200);
      expect(response.text).toBe('{"active":false}');
    }
  });

  it('refuses the very next request once a session was ended', async () => {
    const { max, key } = await acme();
    expect((await validate(key, max.token)).body.active).toBe(true);

    expect((await app.api.as(max).delete('/v1/session')).status).toBe(204);

    expect((await validate(key, max.token)).body).toEqual({ active: false });
    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
  });

  it('answers inactive for a locked user, a suspended organization and an expired session', async () => {
    const { organization, max, key } = await acme();
    const operator = await app.given.operator();
    await app.sql(`update tenantry.users set status = 'locked' where id = $1`, [max.id]);
    expect((await validate(key, max.token)).body).toEqual({ active: false });
    await app.sql(`update tenantry.users set status = 'active' where id = $1`, [max.id]);
    expect((await validate(key, max.token)).body).toEqual({ active: false });

    const token = await app.given.session(max);
    await app.given.timePasses(organization, '6 days');
    expect((await validate(key, token)).body.active).toBe(true);
    await app.given.timePasses(organization, '8 days');
    expect((await validate(key, token)).body).toEqual({ active: false });

    await app.api.as(operator).put(`/v1/organizations/${organization.slug}/suspension`);
    expect(await validate(key, max.token)).toBeProblem('unauthenticated');
  });

  it('asks for a valid credential with the permission, and records the refusal', async () => {
    const { organization, owner, max } = await acme();
    const weak = await app.given.apiKey(owner, { permissions: ['users:read'] });
    await app.given.forgetAudit(organization);

    expect(await app.api.post('/v1/sessions/validate', { token: max.token })).toBeProblem('unauthenticated');
    expect(await validate(weak, max.token)).toBeProblem('permission_denied');
    expect(await validate(max, max.token)).toBeProblem('permission_denied');

    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'access.refused (refused)',
    ]);
  });

  it.each([
    ['no body', undefined],
    ['a list', []],
    ['no token', {}],
    ['a number', { token: 7 }],
    ['an empty token', { token: '' }],
    ['an unknown key', { token: 'x', organization: 'acme' }],
    ['a huge token', { token: 'x'.repeat(4_097) }],
  ])('refuses %s as malformed', async (_, body) => {
    const { key } = await acme();

    const response = await app.exchange.send({
      method: 'POST',
      path: '/v1/sessions/validate',
      headers: { authorization: `Bearer ${key.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

    expect(response.status).toBe(400);
    expect(JSON.parse(response.text)).toMatchObject({ code: 'invalid_request' });
  });

  it('gives each of many parallel requests its own answer', async () => {
    const { organization, key, owner } = await acme();
    const globex = await acme();
    const users = await Promise.all(
      Array.from({ length: 20 }, () => app.given.user(organization, { roles: ['member'] })),
    );

    const answers = await Promise.all(
      [...users, ...users].map(async (user, index) => {
        const response = await validate(index % 5 === 0 ? globex.key : key, user.token);
        return { index, user, body: response.body };
      }),
    );

    for (const { index, user, body } of answers) {
      if (index % 5 === 0) expect(body).toEqual({ active: false });
      else expect(body.user.id).toBe(user.id);
    }
    expect((await validate(key, owner.token)).body.permissions).toEqual(['*']);
  });

  it('gathers parallel look-ups into few statements', async () => {
    const { max, key } = await acme();
    let statements = 0;
    app.get(PrincipalLookup).pool.on('acquire', () => (statements += 1));

    const answers = await Promise.all(Array.from({ length: 100 }, () => validate(key, max.token)));

    expect(answers.every(({ body }) => body.active === true)).toBe(true);
    // Each request asks for two secrets: one by one that would be 200.
    expect(statements).toBeLessThan(100);
  });
});

describe('GET /v1/session', () => {
  it('answers the same as validation, and in headers for a proxy', async () => {
    const { organization, max, key } = await acme();

    const response = await app.api.as(max).get('/v1/session');

    expect(response.status).toBe(200);
    expect(response.text).toBe((await validate(key, max.token)).text);
    expect(response.headers['x-user-id']).toBe(max.id);
    expect(response.headers['x-organization']).toBe(organization.slug);
    expect(response.headers['x-roles']).toMatch(/^role-\d+$/);
  });

  it('refuses API keys, other organizations’ sessions where one is named, and strangers', async () => {
    const { organization, max, key } = await acme();
    const globex = await acme();

    expect((await app.api.as(max).get(`/v1/session?organization=${organization.slug}`)).status).toBe(200);
    expect(await app.api.as(max).get(`/v1/session?organization=${globex.organization.slug}`)).toBeProblem(
      'unauthenticated',
    );
    expect(await app.api.as(key).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.as('ten_ses_nonsense').get('/v1/session')).toBeProblem('unauthenticated');
  });

  it('takes the cookie of a browser, the named organization’s where there are several', async () => {
    const one = await acme();
    const two = await acme();
    const cookie = [one, two]
      .map(({ organization, max }) => `tenantry-session-${organization.slug}=${max.token}`)
      .join('; ');

    const named = await app.api.get(`/v1/session?organization=${two.organization.slug}`, {
      headers: { cookie },
    });
    const unnamed = await app.api.get('/v1/session', { headers: { cookie } });
    const single = await app.api.get('/v1/session', { headers: { cookie: cookie.split('; ')[0]! } });

    expect(named.body.user.id).toBe(two.max.id);
    expect(unnamed).toBeProblem('unauthenticated');
    expect(single.body.user.id).toBe(one.max.id);
  });

  it('takes a cookie for changes from its own site only', async () => {
    const { organization, max } = await acme();
    const cookie = `tenantry-session-${organization.slug}=${max.token}`;
    const signOut = (headers: Record<string, string>) =>
      app.api.delete('/v1/session', { headers: { cookie, ...headers } });

    expect(await signOut({ 'sec-fetch-site': 'cross-site' })).toBeProblem('cross_site_request');
    expect(await signOut({ 'sec-fetch-site': 'same-site' })).toBeProblem('cross_site_request');
    expect(await signOut({ origin: 'https://evil.example' })).toBeProblem('cross_site_request');
    expect(await app.given.auditOf(organization)).toEqual([]);

    const response = await signOut({ 'sec-fetch-site': 'same-origin' });
    expect(response.status).toBe(204);
    expect(response.cookies[0]).toMatch(new RegExp(`^tenantry-session-${organization.slug}=;`));
    expect(await app.given.auditOf(organization)).toEqual(['session.ended']);
  });

  it('answers HEAD like GET without a body, behind the same check', async () => {
    const { max } = await acme();

    const known = await app.exchange.send({
      method: 'HEAD',
      path: '/v1/session',
      headers: { authorization: `Bearer ${max.token}` },
    });
    const unknown = await app.exchange.send({ method: 'HEAD', path: '/v1/session' });

    expect([known.status, known.text]).toEqual([200, '']);
    expect([unknown.status, unknown.text]).toEqual([401, '']);
  });
});

describe('the idle end of a session', () => {
  it('moves with each use, up to the absolute end', async () => {
    const { organization, max, key } = await acme();
    for (let week = 0; week < 4; week += 1) {
      await app.given.timePasses(organization, '6 days');
      expect((await validate(key, max.token)).body.active).toBe(true);
      await app.get(UseRecorder).flush();
    }

    await app.given.timePasses(organization, '6 days 1 hour');

    expect((await validate(key, max.token)).body).toEqual({ active: false });
  });
});

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IssuerKeys } from '../../src/access-tokens/issuer-keys.js';
import { statementsOf } from '../access-control/statements.js';
import { signed, TestTokens, type TestApplication } from '../support/access-tokens.js';
import { exampleOf, type Schema } from '../support/examples.js';
import type { Route } from '../support/openapi-contract.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let tokens: TestTokens;
beforeAll(async () => {
  app = await startApp();
  tokens = new TestTokens(app);
});
afterAll(() => app.stop());

interface World {
  organization: TestOrganization;
  owner: TestUser;
  max: TestUser;
  application: TestApplication;
  sessionId: string;
  grantId: string;
}

/** Max, an editor, has signed in to an application. */
async function world(): Promise<World> {
  const { organization, owner } = await app.given.organization();
  const max = await app.given.user(organization, {
    username: `max-${organization.slug}`,
    permissions: ['articles:publish', 'users:read', 'signing-keys:*'],
  });
  const application = await tokens.application(organization);
  const { sessionId, grantId } = await tokens.grant(max, application);
  await app.given.forgetAudit(organization);
  return { organization, owner, max, application, sessionId, grantId };
}

const isCredential = async (token: string): Promise<boolean> =>
  (await app.api.as(token).get('/v1/session')).status === 200;

describe('An access token for this server', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('signed with %s says who somebody is', async (alg) => {
    const { organization, max, application, sessionId } = await world();
    const token = await tokens.of(organization, max, application, { scope: 'users:read', alg });

    const response = await app.api.as(token).get('/v1/session');

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      active: true,
      session: {
        id: sessionId,
        expiresAt: expect.any(String),
        authenticatedAt: expect.any(String),
        methods: ['pwd'],
      },
      user: { id: max.id, email: max.email, emailVerified: false, username: max.username, fullName: null },
      organization: { id: organization.id, slug: organization.slug },
      roles: expect.any(Array),
      permissions: ['users:read'],
      application: { id: application.id, name: application.name },
      scopes: ['users:read'],
      audience: [`urn:tenantry:${organization.slug}`],
    });
    expect(Date.parse(response.body.session.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    expect(response.headers).toMatchObject({ 'x-user-id': max.id, 'x-organization': organization.slug });
  });

  it('may do what its user may and its scopes grant, and nothing else', async () => {
    const { organization, max, application } = await world();
    const path = `/v1/organizations/${organization.slug}`;
    const [some, all, none] = await Promise.all(
      ['users:read roles:read', '*', ''].map((scope) => tokens.of(organization, max, application, { scope })),
    );

    expect((await app.api.as(some!).get(`${path}/users`)).status).toBe(200);
    expect(await app.api.as(some!).get(`${path}/roles`)).toBeProblem('permission_denied');
    expect(await app.api.as(some!).get(`${path}/signing-keys`)).toBeProblem('permission_denied');
    expect((await app.api.as(all!).get(`${path}/signing-keys`)).status).toBe(200);
    expect(await app.api.as(all!).get(`${path}/roles`)).toBeProblem('permission_denied');
    expect(await app.api.as(none!).get(`${path}/users`)).toBeProblem('permission_denied');
  });

  it('is worth nothing in another organization', async () => {
    const { organization, max, application } = await world();
    const other = await world();
    const token = await tokens.of(organization, max, application);

    const path = `/v1/organizations/${other.organization.slug}/users`;
    expect(await app.api.as(token).get(path)).toBeProblem('not_found');
    const key = await app.given.apiKey(other.owner);
    expect((await app.api.as(key).post('/v1/sessions/validate', { token })).body).toEqual({ active: false });
    const check = await app.api.as(key).post('/v1/access/check', { token, permission: 'users:read' });
    expect(check.body).toEqual({ allowed: false, because: [] });
  });

  it('says in the audit log who did it, and through which application', async () => {
    const { organization, max, application } = await world();
    const token = await tokens.of(organization, max, application);

    await app.api.as(token).post(`/v1/organizations/${organization.slug}/signing-keys`, {});

    const event = (await app.given.auditEventsOf(organization)).find(
      ({ actor_type }) => actor_type !== 'system',
    );
    expect(event).toMatchObject({ action: 'signing_key.published', actor_type: 'user', actor_id: max.id });
    const { body } = await app.api
      .as((await app.given.apiKey(await app.given.user(organization, { roles: ['admin'] }))).token)
      .get(`/v1/organizations/${organization.slug}/audit-events?action=signing_key.published&limit=1`);
    expect(body.items[0].actor).toEqual({ type: 'user', id: max.id, applicationId: application.id });
  });

  it('is for no account of its user’s own: nobody has granted that', async () => {
    const { organization, max, application } = await world();
    const token = await tokens.of(organization, max, application);
    const before = await app.given.snapshot(organization);

    const api = app.api.as(token);
    expect(await api.get('/v1/me')).toBeProblem('permission_denied');
    expect(await api.patch('/v1/me', { fullName: 'Mallory' })).toBeProblem('permission_denied');
    expect(await api.get('/v1/me/export')).toBeProblem('permission_denied');
    expect(await api.delete('/v1/session')).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('makes no API key, which would outlive it', async () => {
    const { organization, owner, application } = await world();
    await tokens.grant(owner, application);
    const token = await tokens.of(organization, owner, application);

    const path = `/v1/organizations/${organization.slug}/api-keys`;
    const response = await app.api.as(token).post(path, { name: 'for ever', permissions: ['users:read'] });

    expect(response).toBeProblem('permission_denied');
    expect((await app.api.as(owner).get(path)).body.items).toEqual([]);
  });
});

describe('An access token is dead from the next request on', () => {
  it.each<[string, (world: World) => Promise<unknown>]>([
    ['signs out', ({ max }) => app.api.as(max).delete('/v1/session')],
    [
      'is signed out by an administrator',
      ({ organization, owner, max }) =>
        app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${max.id}/sessions`),
    ],
    [
      'is locked',
      ({ organization, owner, max }) =>
        app.api.as(owner).put(`/v1/organizations/${organization.slug}/users/${max.id}/lock`),
    ],
    [
      'is deleted',
      ({ organization, owner, max }) =>
        app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${max.id}`),
    ],
    [
      'is of an organization that is suspended',
      async ({ organization }) =>
        app.api.as(await app.given.operator()).put(`/v1/organizations/${organization.slug}/suspension`),
    ],
    [
      'takes back what the application may',
      ({ grantId }) => app.sql('update oidc_grants set revoked_at = now() where id = $1', [grantId]),
    ],
    [
      'used an application that is disabled',
      ({ application }) =>
        app.sql(`update applications set status = 'disabled' where id = $1`, [application.id]),
    ],
    [
      'used an application that is gone',
      ({ application }) => app.sql('delete from applications where id = $1', [application.id]),
    ],
    [
      'has reached the end of the session',
      ({ sessionId }) => app.sql('update sessions set expires_at = now() where id = $1', [sessionId]),
    ],
    [
      'had a key that was removed in an emergency',
      async ({ organization, owner }) => {
        const { kid } = await tokens.signingKey(organization);
        return app.api.as(owner).delete(`/v1/organizations/${organization.slug}/signing-keys/${kid}`);
      },
    ],
  ])('when its user %s', async (_, happens) => {
    const given = await world();
    const { organization, owner, max, application } = given;
    const token = await tokens.of(organization, max, application);
    const key = await app.given.apiKey(owner);
    expect(await isCredential(token)).toBe(true);

    await happens(given);

    expect(await isCredential(token)).toBe(false);
    const validation = await app.api.as(key).post('/v1/sessions/validate', { token });
    expect(validation.status === 401 || validation.body.active === false).toBe(true);
  });

  it('on every server', async () => {
    const { organization, max, application, owner } = await world();
    const second = await startApp({ beside: app, env: { PUBLIC_URL: app.origin } });
    const token = await tokens.of(organization, max, application);
    expect((await second.api.as(token).get('/v1/session')).status).toBe(200);

    const { kid } = await tokens.signingKey(organization);
    await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/signing-keys/${kid}`);

    expect((await second.api.as(token).get('/v1/session')).status).toBe(401);
    const next = await tokens.of(organization, max, application);
    expect((await second.api.as(next).get('/v1/session')).status).toBe(200);
    await second.stop();
  });

  it('but not when the browser was idle: its refresh token has an end of its own', async () => {
    const { organization, max, application, sessionId } = await world();
    const token = await tokens.of(organization, max, application);

    await app.sql('update sessions set idle_expires_at = now() where id = $1', [sessionId]);

    expect((await app.api.as(max).get('/v1/session')).status).toBe(401);
    expect(await isCredential(token)).toBe(true);
  });

  it('and another grant in the same session does not bring it back', async () => {
    const { organization, max, application, grantId } = await world();
    const past = Math.floor(Date.now() / 1_000) - 60;
    const old = await tokens.of(organization, max, application, { claims: { iat: past } });
    await app.sql(
      `update oidc_grants set revoked_at = now(), created_at = now() - interval '2 minutes' where id = $1`,
      [grantId],
    );

    await tokens.grant(max, application);

    expect(await isCredential(old)).toBe(false);
    expect(await isCredential(await tokens.of(organization, max, application))).toBe(true);
  });
});

describe('What is no access token of this server', () => {
  const now = () => Math.floor(Date.now() / 1_000);

  it.each<[string, (world: World) => Promise<string>]>([
    [
      'expired',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { iat: now() - 301, exp: now() } }),
    ],
    [
      'not valid yet',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { nbf: now() + 120 } }),
    ],
    [
      'from the future',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { iat: now() + 120 } }),
    ],
    [
      'an id token',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { header: { typ: 'JWT' } }),
    ],
    [
      'a logout token',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { header: { typ: 'logout+jwt' } }),
    ],
    [
      'for another API',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { aud: 'https://api.acme.example' } }),
    ],
    [
      'for the same API elsewhere',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { aud: 'urn:tenantry:globex' } }),
    ],
    [
      'of another issuer',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { iss: 'https://evil.example/o/acme' } }),
    ],
    [
      'of an issuer that is none',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { iss: tokens.issuer({ slug: 'nowhere' }) } }),
    ],
    [
      'of an address beneath an issuer',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { iss: `${tokens.issuer(organization)}/` } }),
    ],
    [
      'without a session, although it is a person’s',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { sid: undefined } }),
    ],
    [
      'bound to a key, without its proof',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { cnf: { jkt: 'x' } } }),
    ],
    [
      'with a header that must be understood',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { header: { crit: ['exp'], exp: 1 } }),
    ],
    [
      'of a key that nobody knows',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { header: { kid: 'k'.repeat(43) } }),
    ],
    [
      'without the id of a key',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { header: { kid: undefined } }),
    ],
    [
      'unsigned',
      async ({ organization, max, application }) => {
        const [, body] = (await tokens.of(organization, max, application)).split('.');
        const { kid } = await tokens.signingKey(organization);
        const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString('base64url');
        return `${header}.${body}.`;
      },
    ],
    [
      'signed with the public key as a secret',
      async ({ organization, max, application }) => {
        const [, body] = (await tokens.of(organization, max, application)).split('.');
        const { kid, publicKey } = await tokens.signingKey(organization);
        const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid })).toString(
          'base64url',
        );
        const secret = publicKey.export({ format: 'pem', type: 'spki' });
        return `${header}.${body}.${createHmac('sha256', secret).update(`${header}.${body}`).digest('base64url').padEnd(86, 'A')}`;
      },
    ],
    [
      'that names another algorithm of the same key',
      ({ organization, max, application }) =>
        tokens.of(organization, max, application, { alg: 'RS256', header: { alg: 'ES256' } }),
    ],
    [
      'signed with a key of somebody else’s',
      async ({ organization, max, application }) => {
        const key = await tokens.signingKey(organization);
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const token = await tokens.of(organization, max, application);
        const text = token.slice(0, token.lastIndexOf('.'));
        expect(key.alg).toBe('ES256');
        return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
      },
    ],
    [
      'signed by another organization for this one',
      async ({ organization, max, application }) => {
        const other = await world();
        const key = await tokens.signingKey(other.organization);
        const payload = {
          iss: tokens.issuer(organization),
          aud: `urn:tenantry:${organization.slug}`,
          sub: max.id,
          client_id: application.id,
          sid: await tokens.sessionOf(max),
          scope: '*',
          iat: now(),
          exp: now() + 300,
        };
        return signed(key, { alg: 'ES256', typ: 'at+jwt', kid: key.kid }, payload);
      },
    ],
    [
      'that names a session of another organization',
      async ({ organization, max, application }) => {
        const other = await world();
        return tokens.of(organization, max, application, { claims: { sid: other.sessionId } });
      },
    ],
    [
      'that names an application of another organization',
      async ({ organization, max, application }) => {
        const other = await world();
        return tokens.of(organization, max, application, { claims: { client_id: other.application.id } });
      },
    ],
    [
      'that names an application which the session was never used for',
      async ({ organization, max }) => tokens.of(organization, max, await tokens.application(organization)),
    ],
    [
      'of a person, made to look like a machine’s',
      async ({ organization, max, application }) =>
        tokens.of(organization, max, application, { claims: { sid: undefined, sub: application.id } }),
    ],
  ])('is refused: %s', async (_, make) => {
    const given = await world();

    const token = await make(given);

    expect(await isCredential(token)).toBe(false);
    expect(await app.api.as(token).get(`/v1/organizations/${given.organization.slug}/users`)).toBeProblem(
      'unauthenticated',
    );
  });

  it('is refused with any bit changed', async () => {
    const { organization, max, application } = await world();
    const token = await tokens.of(organization, max, application);
    const [header, body, signature] = token.split('.') as [string, string, string];
    const changed = (text: string, index: number) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[index % bytes.length]! ^= 1;
      return bytes.toString('base64url');
    };

    for (let index = 0; index < 64; index += 1) {
      const forged = [
        `${changed(header, index)}.${body}.${signature}`,
        `${header}.${changed(body, index)}.${signature}`,
        `${header}.${body}.${changed(signature, index)}`,
      ];
      for (const text of forged) expect(await isCredential(text)).toBe(false);
    }
    expect(await isCredential(token)).toBe(true);
  });

  it('costs few statements, however many come with made-up keys and organizations', async () => {
    const { organization, max, application } = await world();
    const made = await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        tokens.of(organization, max, application, {
          header: { kid: String(number).padStart(43, 'k') },
          claims: number % 2 === 0 ? {} : { iss: tokens.issuer({ slug: `made-up-${number}` }) },
        }),
      ),
    );
    const slugs = Array.from({ length: 200 }, (_, number) => `made-up-${number}`);

    const answers = await Promise.all(made.map(isCredential));
    const statements = await statementsOf(() => {
      const keys = app.get(IssuerKeys);
      return Promise.all([...slugs, ...slugs].map((slug) => keys.read(slug)));
    });

    expect(answers.every((isValid) => !isValid)).toBe(true);
    expect(statements).toBeLessThan(3);
  });
});

describe('A machine with a token of its own', () => {
  async function machine() {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'sync', ['users:*', 'articles:publish']);
    const application = await tokens.application(organization, { type: 'machine', roles: ['sync'] });
    await app.given.forgetAudit(organization);
    return { organization, owner, application };
  }

  it('may do what its roles may and its scopes grant', async () => {
    const { organization, application } = await machine();
    const path = `/v1/organizations/${organization.slug}`;
    const reader = app.api.as(await tokens.ofMachine(organization, application, 'users:read'));
    const writer = app.api.as(await tokens.ofMachine(organization, application));

    expect((await reader.get(`${path}/users`)).status).toBe(200);
    expect(await reader.post(`${path}/users`, { username: 'new' })).toBeProblem('permission_denied');
    expect(await writer.get(`${path}/roles`)).toBeProblem('permission_denied');
    const created = await writer.post(`${path}/users`, { username: 'new' });

    expect(created.status).toBe(201);
    const events = await app.given.auditEventsOf(organization);
    expect(events.find(({ action }) => action === 'user.created')).toMatchObject({
      actor_type: 'application',
      actor_id: application.id,
    });
  });

  it('has no session and is nobody', async () => {
    const { organization, application } = await machine();
    const api = app.api.as(await tokens.ofMachine(organization, application));

    expect(await api.get('/v1/session')).toBeProblem('unauthenticated');
    expect(await api.get('/v1/me')).toBeProblem('permission_denied');
  });

  it('is told to services as what it is', async () => {
    const { organization, owner, application } = await machine();
    const key = app.api.as(await app.given.apiKey(owner));
    const token = await tokens.ofMachine(organization, application, 'users:read');

    const validation = await key.post('/v1/sessions/validate', { token });
    const check = await key.post('/v1/access/check', {
      token,
      permissions: ['users:read', 'articles:publish'],
    });

    expect(validation.body).toEqual({
      active: true,
      organization: { id: organization.id, slug: organization.slug },
      roles: ['sync'],
      permissions: ['users:read'],
      application,
      scopes: ['users:read'],
      audience: [`urn:tenantry:${organization.slug}`],
    });
    expect(check.body).toEqual({
      allowed: false,
      results: [
        { permission: 'users:read', allowed: true, because: [{ role: 'sync', through: 'application' }] },
        { permission: 'articles:publish', allowed: false, because: [] },
      ],
    });
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['is disabled', (id) => app.sql(`update applications set status = 'disabled' where id = $1`, [id])],
    ['is deleted', (id) => app.sql('delete from applications where id = $1', [id])],
  ])('is refused once it %s', async (_, happens) => {
    const { organization, application } = await machine();
    const api = app.api.as(await tokens.ofMachine(organization, application));
    const path = `/v1/organizations/${organization.slug}/users`;
    expect((await api.get(path)).status).toBe(200);

    await happens(application.id);

    expect(await api.get(path)).toBeProblem('unauthenticated');
  });

  it('loses a role from the next request on', async () => {
    const { organization, application } = await machine();
    const api = app.api.as(await tokens.ofMachine(organization, application));
    const path = `/v1/organizations/${organization.slug}/users`;
    expect((await api.get(path)).status).toBe(200);

    await app.sql('update application_roles set expires_at = now() where application_id = $1', [
      application.id,
    ]);

    expect(await api.get(path)).toBeProblem('permission_denied');
  });

  it('makes no server error, whatever it asks for', async () => {
    const { organization, application } = await machine();
    await app.given.role(organization, 'everything', ['*']);
    await app.sql(
      `insert into application_roles (org_id, application_id, role_id) select org_id, $2, id from roles where org_id = $1 and name = 'everything'`,
      [organization.id, application.id],
    );
    const token = await tokens.ofMachine(organization, application);
    const answers = await everyRoute(organization, token);

    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(10);
  });
});

describe('Services that ask about an access token', () => {
  it('are told of tokens for their own API, with what was granted there', async () => {
    const { organization, owner, max, application, sessionId } = await world();
    const key = app.api.as(await app.given.apiKey(owner));
    const token = await tokens.of(organization, max, application, {
      scope: 'articles:read',
      claims: { aud: ['https://api.acme.example'] },
    });

    const validation = await key.post('/v1/sessions/validate', { token });
    const check = await key.post('/v1/access/check', { token, permission: 'articles:publish' });

    expect(validation.body).toMatchObject({
      active: true,
      session: { id: sessionId },
      user: { id: max.id },
      permissions: ['articles:publish', 'signing-keys:*', 'users:read'],
      scopes: ['articles:read'],
      audience: ['https://api.acme.example'],
    });
    expect(check.body.allowed).toBe(true);
  });

  it('are told of tokens for this server what those may do here', async () => {
    const { organization, owner, max, application } = await world();
    const key = app.api.as(await app.given.apiKey(owner));
    const token = await tokens.of(organization, max, application, { scope: 'users:read' });

    const check = await key.post('/v1/access/check', {
      token,
      permissions: ['users:read', 'articles:publish'],
    });

    expect(check.body.results.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, false]);
  });

  it('may be access tokens themselves', async () => {
    const { organization, owner, max, application } = await world();
    await tokens.grant(owner, application);
    const [may, mayNot] = await Promise.all(
      ['sessions:validate access:check', 'users:read'].map((scope) =>
        tokens.of(organization, owner, application, { scope }),
      ),
    );

    expect((await app.api.as(may!).post('/v1/sessions/validate', { token: max.token })).body.active).toBe(
      true,
    );
    expect(
      (await app.api.as(may!).post('/v1/access/check', { token: max.token, permission: 'users:read' })).body
        .allowed,
    ).toBe(true);
    expect(await app.api.as(mayNot!).post('/v1/sessions/validate', { token: max.token })).toBeProblem(
      'permission_denied',
    );
    expect(
      await app.api.as(mayNot!).post('/v1/access/check', { token: max.token, permission: 'users:read' }),
    ).toBeProblem('permission_denied');
  });
});

function bodyOf({ operation }: Route): unknown {
  const schema = operation.requestBody?.content['application/json']?.schema;
  return schema === undefined ? {} : exampleOf(app.contract.document, schema as Schema);
}

/** One request to each route of the organization that asks for a permission. */
async function everyRoute(
  organization: TestOrganization,
  token: string,
): Promise<{ route: string; status: number }[]> {
  const answers = [];
  for (const route of app.contract.routes) {
    if (route.operation['x-access']?.kind !== 'permission') continue;
    const path = route.path.replace('{organization}', organization.slug).replaceAll(/\{\w+\}/g, 'something');
    const { status } = await app.exchange.send({
      method: route.method,
      path,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(route.operation.requestBody && { body: JSON.stringify(bodyOf(route)) }),
    });
    answers.push({ route: `${route.method} ${route.path}`, status });
  }
  return answers;
}

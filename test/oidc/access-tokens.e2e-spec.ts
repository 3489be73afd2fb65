import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import {
  Browser,
  clientOf,
  givenApplication,
  givenResource,
  issuerOf,
  redirectUri,
  signInTo,
} from './world.js';

const api = 'https://articles.acme.example';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  await givenResource(app, acme, api, 'jwt', ['articles:read', 'articles:publish']);
  await givenResource(app, acme, 'https://opaque.acme.example', 'opaque', ['articles:publish']);
});
afterAll(() => app.stop());

const browser = (user: TestUser = olga) => new Browser(app.origin).as(acme, user);

/** As a service does it, with nothing but the issuer's address. */
async function verified(token: string, audience: string) {
  const keys = createRemoteJWKSet(new URL(`${issuerOf(app, acme)}/jwks`));
  const { payload } = await jwtVerify(token, keys, { issuer: issuerOf(app, acme), audience, typ: 'at+jwt' });
  return payload;
}

async function tokenFor(resource: string, parameters: Record<string, string>, columns = {}, user = olga) {
  const application = await givenApplication(app, acme, columns);
  const client = await clientOf(app, acme, application);
  const first = await signInTo(client, browser(user), { resource, ...parameters });
  const second = await oidc.refreshTokenGrant(client, first.refresh_token!, { resource });
  return { application, client, tokens: second };
}

describe('An access token for an API', () => {
  it('says who acts, in which session and with what rights (RFC 9068)', async () => {
    const max = await app.given.user(acme, { permissions: ['articles:publish'] });

    const { tokens, application } = await tokenFor(api, { scope: 'openid articles:read' }, {}, max);
    const payload = await verified(tokens.access_token, api);

    const [session] = await app.sql<{ id: string }>('select id from tenantry.sessions where user_id = $1', [
      max.id,
    ]);
    expect(payload).toMatchObject({
      sub: max.id,
      client_id: application.id,
      aud: api,
      scope: 'articles:read',
      sid: session!.id,
      org: { id: acme.id, slug: 'acme' },
      roles: [expect.stringMatching(/^role-/)],
      permissions: ['articles:publish'],
      amr: ['pwd'],
      acr: 'urn:tenantry:acr:1',
      auth_time: expect.any(Number),
      jti: expect.any(String),
    });
    expect(payload.exp! - payload.iat!).toBe(300);
  });

  it('fits into a header of 4 KB with 200 permissions', async () => {
    const permissions = Array.from({ length: 200 }, (_, index) => `articles-of-department-${index}:publish`);
    const max = await app.given.user(acme, { permissions });

    const { tokens } = await tokenFor(api, { scope: 'openid articles:read' }, {}, max);
    const payload = await verified(tokens.access_token, api);

    expect(`authorization: Bearer ${tokens.access_token}`.length).toBeLessThan(4_096);
    expect(payload).toMatchObject({ permission_set: expect.stringMatching(/^urn:tenantry:permission-set:/) });
    expect(payload).not.toHaveProperty('permissions');
  });

  it('is opaque where the API says so, and tells the same by introspection', async () => {
    const { tokens, client } = await tokenFor('https://opaque.acme.example', {
      scope: 'openid articles:publish',
    });

    expect(tokens.access_token).toMatch(/^ten_at_/);
    expect(await oidc.tokenIntrospection(client, tokens.access_token)).toMatchObject({
      active: true,
      aud: 'https://opaque.acme.example',
      scope: 'articles:publish',
      org: { slug: 'acme' },
      roles: ['owner'],
      permissions: ['*'],
    });
  });

  it('lives no longer than its session, however it was got, and says so', async () => {
    const max = await app.given.user(acme);
    await app.sql(
      `update tenantry.sessions set expires_at = now() + interval '2 minutes' where org_id = $1 and user_id = $2`,
      [acme.id, max.id],
    );
    const within = (seconds: number | undefined) => expect(seconds! > 60 && seconds! <= 120).toBe(true);

    const { tokens, client } = await tokenFor(api, { scope: 'openid articles:read' }, {}, max);
    const { exp } = await verified(tokens.access_token, api);
    const opaque = await oidc.refreshTokenGrant(client, tokens.refresh_token!);

    within(tokens.expires_in);
    within(exp! - Date.now() / 1_000);
    within(opaque.expires_in);
  });

  it('is for no other API, and not for userinfo', async () => {
    const { tokens, client } = await tokenFor(api, { scope: 'openid articles:read' });

    await expect(verified(tokens.access_token, 'https://other.example')).rejects.toThrow(/aud/);
    await expect(oidc.fetchUserInfo(client, tokens.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('is not given for what is no API here', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme, { type: 'machine' }));

    await expect(
      oidc.clientCredentialsGrant(client, { resource: 'https://nowhere.example' }),
    ).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  it('has no more scopes than the application may have', async () => {
    const columns = { type: 'machine' as const, allowed_scopes: ['articles:read'] };
    const client = await clientOf(app, acme, await givenApplication(app, acme, columns));

    const tokens = await oidc.clientCredentialsGrant(client, {
      resource: api,
      scope: 'articles:read articles:publish',
    });

    expect(tokens.scope).toBe('articles:read');
  });
});

describe('An access token for the product itself', () => {
  it('gives what its holder holds and the application was given by name, and is a credential', async () => {
    const columns = { allowed_scopes: ['openid', 'users:read', 'roles:read'] };
    const parameters = { scope: 'openid users:read users:write' };

    const { tokens } = await tokenFor('urn:tenantry:acme', parameters, columns);
    const payload = await verified(tokens.access_token, 'urn:tenantry:acme');

    expect(payload).toMatchObject({ scope: 'users:read', permissions: ['users:read'] });
  });
});

describe('A machine', () => {
  it('acts with the permissions of its roles', async () => {
    const application = await givenApplication(app, acme, { type: 'machine' });
    const role = await app.given.role(acme, 'robot', ['articles:publish']);
    await app.sql(
      'insert into tenantry.application_roles (org_id, application_id, role_id) values ($1, $2, $3)',
      [acme.id, application.id, role.id],
    );
    const client = await clientOf(app, acme, application);

    const tokens = await oidc.clientCredentialsGrant(client, { resource: api, scope: 'articles:publish' });
    const payload = await verified(tokens.access_token, api);

    expect(payload).toMatchObject({
      sub: application.id,
      client_id: application.id,
      scope: 'articles:publish',
      roles: ['robot'],
      permissions: ['articles:publish'],
    });
    expect(payload).not.toHaveProperty('sid');
  });
});

describe('An application that wants structured tokens for itself', () => {
  it('is their audience, and userinfo takes them', async () => {
    const application = await givenApplication(app, acme, { access_token_format: 'jwt' });
    const client = await clientOf(app, acme, application);

    const tokens = await signInTo(client, browser());
    const payload = await verified(tokens.access_token, application.id);

    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(payload).toMatchObject({ sub: olga.id, scope: 'openid profile email', roles: ['owner'] });
    expect((await oidc.fetchUserInfo(client, tokens.access_token, olga.id)).email).toBe(olga.email);
  });
});

describe('A pairwise subject', () => {
  it('is another one in each sector, and always the same there', async () => {
    const pairwise = (sector: string) => ({ subject_type: 'pairwise', sector_identifier: sector });
    const subjects: string[] = [];
    for (const sector of ['a.example', 'a.example', 'b.example']) {
      const client = await clientOf(app, acme, await givenApplication(app, acme, pairwise(sector)));
      const tokens = await signInTo(client, browser());
      const { sub } = tokens.claims()!;
      expect((await oidc.fetchUserInfo(client, tokens.access_token, sub)).sub).toBe(sub);
      expect((await oidc.tokenIntrospection(client, tokens.access_token)).sub).toBe(sub);
      subjects.push(sub);
    }

    expect(subjects[0]).toBe(subjects[1]);
    expect(new Set([...subjects, olga.id]).size).toBe(3);
  });
});

describe('An id token', () => {
  it('is signed as the application wants it', async () => {
    for (const alg of ['RS256', 'EdDSA']) {
      const created = await app.api.as(olga).post('/v1/organizations/acme/applications', {
        name: `Wiki ${alg}`,
        type: 'web',
        redirectUris: [redirectUri],
        consent: 'none',
        idTokenSigningAlg: alg,
      });
      const { clientId, clientSecret } = created.body as { clientId: string; clientSecret: string };
      const client = await oidc.discovery(
        new URL(issuerOf(app, acme)),
        clientId,
        { id_token_signed_response_alg: alg },
        oidc.ClientSecretBasic(clientSecret),
        { execute: [oidc.allowInsecureRequests] },
      );

      const tokens = await signInTo(client, browser());

      expect(decodeProtectedHeader(tokens.id_token!).alg).toBe(alg);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { clientOf, givenApplication, issuerOf, type TestApplication } from '../oidc/world.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

/*
 * From the token endpoint to the last request, as services, administrators and unmodified clients see it.
 */

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface World {
  organization: TestOrganization;
  owner: TestUser;
  machine: TestApplication;
  client: oidc.Configuration;
  path: string;
}

async function world(): Promise<World> {
  const { organization, owner } = await app.given.organization();
  await app.given.role(organization, 'sync', ['users:read']);
  const machine = await givenApplication(app, organization, {
    type: 'machine',
    allowed_scopes: ['users:read', 'users:write'],
  });
  await app.sql(
    `insert into application_roles (org_id, application_id, role_id) select org_id, $2, id from roles where org_id = $1 and name = 'sync'`,
    [organization.id, machine.id],
  );
  const client = await clientOf(app, organization, machine);
  return { organization, owner, machine, client, path: `/v1/organizations/${organization.slug}` };
}

async function tokenOf({ client, organization }: World): Promise<string> {
  const answer = await oidc.clientCredentialsGrant(client, {
    resource: `urn:tenantry:${organization.slug}`,
    scope: 'users:read users:write',
  });
  return answer.access_token;
}

/** @param signedWith a token whose key must be among them: each server looks for new ones once a second */
async function publishedKeys(
  { organization }: Pick<World, 'organization'>,
  signedWith?: string,
): Promise<{ keys: JSONWebKeySet; maxAge: number }> {
  const kid = signedWith && decodeProtectedHeader(signedWith).kid;
  const response = await fetch(`${issuerOf(app, organization)}/jwks`);
  const [, seconds] = /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '') ?? [];
  const keys = (await response.json()) as JSONWebKeySet;
  if (kid !== undefined && !keys.keys.some((key) => key.kid === kid)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return publishedKeys({ organization }, signedWith);
  }
  return { keys, maxAge: Number(seconds) };
}

async function isVerifiedWith({ keys }: { keys: JSONWebKeySet }, { organization }: World, token: string) {
  const options = {
    issuer: issuerOf(app, organization),
    audience: `urn:tenantry:${organization.slug}`,
    typ: 'at+jwt',
  };
  return jwtVerify(token, createLocalJWKSet(keys), options).then(
    () => true,
    () => false,
  );
}

describe('An access token from the token endpoint', () => {
  it('is a credential within what the machine holds and was granted', async () => {
    const given = await world();
    const token = await tokenOf(given);

    expect((await app.api.as(token).get(`${given.path}/users`)).status).toBe(200);
    expect(await app.api.as(token).post(`${given.path}/users`, { username: 'new' })).toBeProblem(
      'permission_denied',
    );
    expect(await isVerifiedWith(await publishedKeys(given), given, token)).toBe(true);
  });

  it('outlives the rotation of the key that signed it, here and with who verifies by themselves', async () => {
    const given = await world();
    const [old, before] = [await tokenOf(given), await publishedKeys(given)];
    expect(before.maxAge).toBeGreaterThan(0);
    expect(before.maxAge).toBeLessThanOrEqual(900);

    await app.api.as(given.owner).post(`${given.path}/signing-keys`, { immediately: true });
    const token = await tokenOf(given);
    const after = await publishedKeys(given, token);

    expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(old).kid);
    for (const one of [old, token]) {
      expect(await isVerifiedWith(after, given, one)).toBe(true);
      expect((await app.api.as(one).get(`${given.path}/users`)).status).toBe(200);
    }
    expect(await isVerifiedWith(before, given, old)).toBe(true);
  });

  it('dies with its key, while the next one is good at once', async () => {
    const given = await world();
    const old = await tokenOf(given);
    expect((await app.api.as(old).get(`${given.path}/users`)).status).toBe(200);

    const { kid } = decodeProtectedHeader(old);
    expect((await app.api.as(given.owner).delete(`${given.path}/signing-keys/${kid}`)).status).toBe(204);
    const token = await tokenOf(given);

    expect(await app.api.as(old).get(`${given.path}/users`)).toBeProblem('unauthenticated');
    expect((await app.api.as(token).get(`${given.path}/users`)).status).toBe(200);
    const keys = await publishedKeys(given, token);
    expect([await isVerifiedWith(keys, given, old), await isVerifiedWith(keys, given, token)]).toEqual([
      false,
      true,
    ]);
  });

  it('dies with its application', async () => {
    const given = await world();
    const token = await tokenOf(given);
    expect((await app.api.as(token).get(`${given.path}/users`)).status).toBe(200);

    await app.api.as(given.owner).delete(`${given.path}/applications/${given.machine.id}`);

    expect(await app.api.as(token).get(`${given.path}/users`)).toBeProblem('unauthenticated');
    const { body } = await app.api.as(given.owner).get(`${given.path}/revocations`);
    expect(body.items).toMatchObject([
      { subject: `application:${given.machine.id}`, applicationId: given.machine.id },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, givenApplication, signInTo, type TestApplication } from './world.js';

let app: TestApp;
let acme: TestOrganization;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme } = await app.given.organization());
});
afterAll(() => app.stop());

async function signedIn(columns: Record<string, unknown> = {}): Promise<{
  client: oidc.Configuration;
  application: TestApplication;
  user: TestUser;
  browser: Browser;
  refreshToken: string;
  accessToken: string;
}> {
  const application = await givenApplication(app, acme, columns);
  const client = await clientOf(app, acme, application);
  const user = await app.given.user(acme);
  const browser = new Browser(app.origin).as(acme, user);
  const tokens = await signInTo(client, browser);
  return {
    client,
    application,
    user,
    browser,
    refreshToken: tokens.refresh_token!,
    accessToken: tokens.access_token,
  };
}

const refused = { error: 'invalid_grant' };

describe('A refresh token', () => {
  it('is exchanged for another one', async () => {
    const { client, refreshToken, user } = await signedIn();

    const second = await oidc.refreshTokenGrant(client, refreshToken);
    const third = await oidc.refreshTokenGrant(client, second.refresh_token!);

    expect(new Set([refreshToken, second.refresh_token, third.refresh_token]).size).toBe(3);
    expect(third.claims()).toMatchObject({ sub: user.id });
    expect((await oidc.fetchUserInfo(client, third.access_token, user.id)).email).toBe(user.email);
  });

  it('ends its family when it comes a second time', async () => {
    const { client, refreshToken, user } = await signedIn();
    const second = await oidc.refreshTokenGrant(client, refreshToken);

    await expect(oidc.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject(refused);

    await expect(oidc.refreshTokenGrant(client, second.refresh_token!)).rejects.toMatchObject(refused);
    await expect(oidc.fetchUserInfo(client, second.access_token, user.id)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('gives the same successor again within the grace of its application', async () => {
    const { client, refreshToken } = await signedIn({ refresh_grace_seconds: 10 });

    const second = await oidc.refreshTokenGrant(client, refreshToken);
    const repeated = await oidc.refreshTokenGrant(client, refreshToken);
    const third = await oidc.refreshTokenGrant(client, second.refresh_token!);

    expect(repeated.refresh_token).toBe(second.refresh_token);
    expect(third.refresh_token).not.toBe(second.refresh_token);
  });

  it('ends its family within the grace when the successor has been used', async () => {
    const { client, refreshToken } = await signedIn({ refresh_grace_seconds: 10 });
    const second = await oidc.refreshTokenGrant(client, refreshToken);
    const third = await oidc.refreshTokenGrant(client, second.refresh_token!);

    await expect(oidc.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject(refused);

    await expect(oidc.refreshTokenGrant(client, third.refresh_token!)).rejects.toMatchObject(refused);
  });

  it('ends its family after the grace', async () => {
    const { client, refreshToken } = await signedIn({ refresh_grace_seconds: 10 });
    const second = await oidc.refreshTokenGrant(client, refreshToken);
    await app.sql(
      `update tenantry.oidc_artifacts set consumed_at = consumed_at - interval '11 seconds' where org_id = $1`,
      [acme.id],
    );

    await expect(oidc.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject(refused);

    await expect(oidc.refreshTokenGrant(client, second.refresh_token!)).rejects.toMatchObject(refused);
  });

  it('lives as long as its application says, and its family no longer than that says', async () => {
    const { client, refreshToken } = await signedIn({
      refresh_idle_seconds: 3_600,
      refresh_absolute_seconds: 5_000,
    });
    const ends = async () =>
      (
        await app.sql<{ seconds: number }>(
          `select extract(epoch from max(expires_at) - now())::integer as seconds from tenantry.oidc_artifacts
            where org_id = $1 and kind = 'RefreshToken' and consumed_at is null`,
          [acme.id],
        )
      )[0]!.seconds;
    await app.sql(
      `delete from tenantry.oidc_artifacts where kind = 'RefreshToken' and expires_at > now() + interval '2 hours'`,
    );

    expect(await ends()).toBeGreaterThan(3_590);
    await app.sql(
      `update tenantry.oidc_artifacts set payload = jsonb_set(payload, '{iiat}', to_jsonb((payload->>'iiat')::bigint - 3000))
        where org_id = $1 and kind = 'RefreshToken'`,
      [acme.id],
    );
    await oidc.refreshTokenGrant(client, refreshToken);
    expect(await ends()).toBeLessThanOrEqual(2_000);
  });

  it('is nothing to another application', async () => {
    const { refreshToken, client } = await signedIn();
    const other = await clientOf(app, acme, await givenApplication(app, acme));

    await expect(oidc.refreshTokenGrant(other, refreshToken)).rejects.toMatchObject(refused);

    expect((await oidc.refreshTokenGrant(client, refreshToken)).refresh_token).toBeDefined();
  });

  it('cannot be read from what is stored', async () => {
    const { client, refreshToken } = await signedIn({ refresh_grace_seconds: 10 });
    const { refresh_token: second, access_token: access } = await oidc.refreshTokenGrant(
      client,
      refreshToken,
    );

    const [{ dump }] = (await app.sql<{ dump: string }>(
      `select string_agg(a::text, '') as dump from tenantry.oidc_artifacts a where org_id = $1`,
      [acme.id],
    )) as [{ dump: string }];

    for (const secret of [refreshToken, second!, access]) expect(dump).not.toContain(secret.slice(8));
  });
});

describe('What an application got', () => {
  const ends: Record<string, (user: TestUser, owner: TestUser) => Promise<{ status: number }>> = {
    'signing out': (user) => app.api.as(user).delete('/v1/session'),
    'the lock of the account': (user, owner) =>
      app.api.as(owner).put(`/v1/organizations/${acme.slug}/users/${user.id}/lock`),
    'the end of the account': (user, owner) =>
      app.api.as(owner).put(`/v1/organizations/${acme.slug}/users/${user.id}/deactivation`),
    'the end of all sessions by an administrator': (user, owner) =>
      app.api.as(owner).delete(`/v1/organizations/${acme.slug}/users/${user.id}/sessions`),
    'a new password': (user) =>
      app.api
        .as(user)
        .put('/v1/me/password', { currentPassword: user.password, password: 'another 9 herons at the pier' }),
  };

  for (const [name, end] of Object.entries(ends)) {
    it(`ends at the next request with ${name}`, async () => {
      const { client, refreshToken, accessToken, user } = await signedIn();
      const owner = await app.given.user(acme, { roles: ['owner'] });

      const response = await end(user, owner);

      expect(response.status).toBeLessThan(300);
      await expect(oidc.fetchUserInfo(client, accessToken, user.id)).rejects.toMatchObject({ status: 401 });
      await expect(oidc.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject(refused);
      expect(await oidc.tokenIntrospection(client, accessToken)).toEqual({ active: false });
    });
  }

  it('ends when the application is disabled', async () => {
    const { client, refreshToken, application } = await signedIn();

    await app.sql(`update tenantry.applications set status = 'disabled' where id = $1`, [application.id]);

    await expect(oidc.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject({ status: 401 });
  });

  it('ends with the organization, and says so', async () => {
    const { organization, owner } = await app.given.organization();
    const client = await clientOf(app, organization, await givenApplication(app, organization));
    const tokens = await signInTo(client, new Browser(app.origin).as(organization, owner));

    const operator = app.api.as(await app.given.operator());
    await operator.put(`/v1/organizations/${organization.slug}/suspension`);

    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
      status: 404,
    });
    await operator.delete(`/v1/organizations/${organization.slug}/suspension`);
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject(refused);
  });

  it('survives that the browser was idle', async () => {
    const { client, refreshToken, user } = await signedIn();

    await app.sql(
      `update tenantry.sessions set idle_expires_at = now() - interval '1 day' where user_id = $1`,
      [user.id],
    );

    expect((await oidc.refreshTokenGrant(client, refreshToken)).refresh_token).toBeDefined();
  });
});

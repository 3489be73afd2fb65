import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, codeRequest, givenApplication, signInTo } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

const hundred = <T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: 100 }, work));

function outcomes<T>(results: PromiseSettledResult<T>[]): { value: T; refusals: string[] } {
  const done = results.filter((result) => result.status === 'fulfilled');
  const refusals = results.flatMap((result) =>
    result.status === 'rejected'
      ? [(result.reason as { error?: string }).error ?? String(result.reason)]
      : [],
  );
  expect(done).toHaveLength(1);
  return { value: done[0]!.value, refusals: [...new Set(refusals)] };
}

describe('Of a hundred at once', () => {
  it('one redeems a code, and what it got is dead', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const request = await codeRequest(client);
    const callback = await new Browser(app.origin).as(acme, olga).follow(request.url);
    await app.given.forgetAudit(acme);

    const results = await hundred(() =>
      oidc.authorizationCodeGrant(client, callback, {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
      }),
    );

    const { value: tokens, refusals } = outcomes(results);
    expect(refusals).toEqual(['invalid_grant']);
    const events = new Set(await app.given.auditOf(acme));
    expect(events).toEqual(new Set(['application.signed_in', 'token.reused (refused)']));
    await expect(oidc.fetchUserInfo(client, tokens.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('one exchanges a refresh token, and the family is dead', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { refresh_token: token } = await signInTo(client, new Browser(app.origin).as(acme, olga));

    const results = await hundred(() => oidc.refreshTokenGrant(client, token!));

    const { value: tokens, refusals } = outcomes(results);
    expect(refusals).toEqual(['invalid_grant']);
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('all get the same successor within the grace', async () => {
    const client = await clientOf(
      app,
      acme,
      await givenApplication(app, acme, { refresh_grace_seconds: 10 }),
    );
    const { refresh_token: token } = await signInTo(client, new Browser(app.origin).as(acme, olga));

    const results = await Promise.all(
      Array.from({ length: 20 }, () => oidc.refreshTokenGrant(client, token!)),
    );

    expect(new Set(results.map((tokens) => tokens.refresh_token)).size).toBe(1);
    expect((await oidc.refreshTokenGrant(client, results[0]!.refresh_token!)).access_token).toBeDefined();
  });
});

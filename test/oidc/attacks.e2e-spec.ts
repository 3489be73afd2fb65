import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import {
  Browser,
  clientOf,
  codeRequest,
  givenApplication,
  issuerOf,
  redirectUri,
  signInTo,
} from './world.js';

let app: TestApp;
let acme: TestOrganization;
let globex: TestOrganization;
let olga: TestUser;
let gina: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  ({ organization: globex, owner: gina } = await app.given.organization({ slug: 'globex', name: 'Globex' }));
});
afterAll(() => app.stop());

const browserOf = (organization: TestOrganization, user: TestUser) =>
  new Browser(app.origin).as(organization, user);

describe('A code', () => {
  it('is nothing to another application', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const other = await clientOf(app, acme, await givenApplication(app, acme));
    const request = await codeRequest(client);
    const callback = await browserOf(acme, olga).follow(request.url);
    const checks = { pkceCodeVerifier: request.verifier, expectedState: request.state };

    await expect(oidc.authorizationCodeGrant(other, callback, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('needs the right proof', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    for (const pkceCodeVerifier of [oidc.randomPKCECodeVerifier(), undefined]) {
      const request = await codeRequest(client);
      const callback = await browserOf(acme, olga).follow(request.url);
      const checks = {
        expectedState: request.state,
        expectedNonce: request.nonce,
        ...(pkceCodeVerifier && { pkceCodeVerifier }),
      };

      await expect(oidc.authorizationCodeGrant(client, callback, checks)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
  });

  it('is not given without PKCE, nor for `plain`', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { url } = await codeRequest(client);
    const without = new URL(url);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    const plain = new URL(url);
    plain.searchParams.set('code_challenge_method', 'plain');
    const unnamed = new URL(url);
    unnamed.searchParams.delete('code_challenge_method');

    for (const address of [without, plain, unnamed]) {
      const callback = await browserOf(acme, olga).follow(address);

      expect(callback.searchParams.get('error')).toBe('invalid_request');
      expect(callback.searchParams.has('code')).toBe(false);
    }
  });

  it('is given without PKCE to a web application for which somebody has said so', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme, { require_pkce: false }));
    const { url, state, nonce } = await codeRequest(client);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');

    const callback = await browserOf(acme, olga).follow(url);
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      expectedState: state,
      expectedNonce: nonce,
    });

    expect(tokens.claims()!.sub).toBe(olga.id);
  });

  it('names who gave it, so that none of one issuer is taken to another', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const request = await codeRequest(client);
    const callback = await browserOf(acme, olga).follow(request.url);

    expect(callback.searchParams.get('iss')).toBe(issuerOf(app, acme));
    callback.searchParams.set('iss', issuerOf(app, globex));
    await expect(
      oidc.authorizationCodeGrant(client, callback, {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
      }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('iss') } });
  });

  it('goes to registered addresses only, and an error does not either', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    for (const address of [
      `${redirectUri}/`,
      `${redirectUri}?x=1`,
      'http://127.0.0.1:9/CALLBACK',
      'https://evil.example/',
    ]) {
      const { url } = await codeRequest(client, { redirect_uri: address });

      const response = await browserOf(acme, olga).go(url);

      expect([response.status, response.location]).toEqual([400, undefined]);
      expect(response.text).toContain('invalid_redirect_uri');
    }
  });
});

describe('What one organization gives', () => {
  it('is refused everywhere by the other one', async () => {
    const application = await givenApplication(app, acme);
    const client = await clientOf(app, acme, application);
    const foreign = await clientOf(app, globex, await givenApplication(app, globex));
    const tokens = await signInTo(client, browserOf(acme, olga));

    await expect(oidc.fetchUserInfo(foreign, tokens.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
    await expect(oidc.refreshTokenGrant(foreign, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await oidc.tokenIntrospection(foreign, tokens.access_token)).toEqual({ active: false });
    await oidc.tokenRevocation(foreign, tokens.refresh_token!);
    expect((await oidc.tokenIntrospection(client, tokens.access_token)).active).toBe(true);

    // The application itself is unknown there.
    const stray = await clientOf(app, globex, application);
    await expect(oidc.refreshTokenGrant(stray, tokens.refresh_token!)).rejects.toMatchObject({ status: 401 });
  });

  it('is no session of the other one', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const browser = new Browser(app.origin).as(acme, gina);

    const page = await browser.follow((await codeRequest(client)).url);

    expect(page.pathname).toBe('/o/acme/sign-in');
  });
});

describe('The server', () => {
  it('believes nobody about where it is', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { url } = await codeRequest(client);
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };

    const page = await new Browser(app.origin).go(url, { headers });

    expect(page.location).toMatch(new RegExp(`^${issuerOf(app, acme)}/sign-in`));
  });

  it('knows no issuer of another spelling', async () => {
    for (const path of [
      '/o/ACME/token',
      '/o/acme/token/',
      '/o/acme/TOKEN',
      '/O/acme/token',
      '/o/acme//token',
    ]) {
      const response = await app.exchange.send({ method: 'POST', path });

      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  it('takes no more than it reads', async () => {
    const body = `grant_type=client_credentials&x=${'x'.repeat(70_000)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };

    const response = await app.exchange.send({ method: 'POST', path: '/o/acme/token', headers, body });

    expect(response.status).toBe(400);
  });

  it('sends the same headers as everywhere', async () => {
    const response = await app.exchange.send({ method: 'POST', path: '/o/acme/token' });

    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.any(String),
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, clientOf, codeRequest, givenApplication, issuerOf, signInTo } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

const browser = () => new Browser(app.origin).as(acme, olga);

describe('A request that was pushed ahead', () => {
  it('is used once', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme, { require_par: true }));
    const { url: plain, verifier, state, nonce } = await codeRequest(client);
    const parameters = Object.fromEntries(plain.searchParams);
    const url = await oidc.buildAuthorizationUrlWithPAR(client, parameters);

    const callback = await browser().follow(url);
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    const again = await browser().go(url);
    const without = await browser().follow(plain);

    expect(url.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/);
    expect(tokens.claims()!.sub).toBe(olga.id);
    expect(again.text).toContain('invalid_request_uri');
    expect(without.searchParams.get('error')).toBe('invalid_request');
  });

  it('is used once of a hundred times at once', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const parameters = Object.fromEntries((await codeRequest(client)).url.searchParams);
    const url = await oidc.buildAuthorizationUrlWithPAR(client, parameters);

    const answers = await Promise.all(Array.from({ length: 100 }, () => browser().go(url)));

    const codes = answers.filter(({ location }) => location?.includes('code='));
    expect(codes).toHaveLength(1);
  });
});

describe('A token that is bound to a key (DPoP)', () => {
  it('is taken with a proof of the key, and without it refused', async () => {
    const client = await clientOf(
      app,
      acme,
      await givenApplication(app, acme, { dpop_bound_access_tokens: true }),
    );
    const DPoP = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair());
    const other = oidc.getDPoPHandle(client, await oidc.randomDPoPKeyPair());
    const { url, verifier, state, nonce } = await codeRequest(client);
    const callback = await browser().follow(url);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };

    const tokens = await oidc.authorizationCodeGrant(client, callback, checks, undefined, { DPoP });
    const userinfo = await oidc.fetchUserInfo(client, tokens.access_token, olga.id, { DPoP });

    expect(tokens.token_type).toBe('dpop');
    expect(userinfo.sub).toBe(olga.id);
    await expect(oidc.fetchUserInfo(client, tokens.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
    await expect(
      oidc.fetchUserInfo(client, tokens.access_token, olga.id, { DPoP: other }),
    ).rejects.toMatchObject({ status: 401 });
    expect(await oidc.tokenIntrospection(client, tokens.access_token)).toMatchObject({
      cnf: { jkt: expect.any(String) },
    });
  });

  it('is not given without a proof where the application needs one', async () => {
    const client = await clientOf(
      app,
      acme,
      await givenApplication(app, acme, { dpop_bound_access_tokens: true }),
    );

    await expect(signInTo(client, browser())).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('An application that proves itself with a key', () => {
  async function withKey() {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    const application = await givenApplication(app, acme, {
      type: 'machine',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: JSON.stringify({ keys: [jwk] }),
    });
    return { application, privateKey };
  }

  it('gets tokens', async () => {
    const { application, privateKey } = await withKey();
    const client = await clientOf(app, acme, application, oidc.PrivateKeyJwt({ key: privateKey, kid: 'k1' }));

    expect((await oidc.clientCredentialsGrant(client)).access_token).toBeDefined();
  });

  it('cannot use one assertion twice, also not at once', async () => {
    const { application, privateKey } = await withKey();
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(application.id)
      .setSubject(application.id)
      .setAudience(issuerOf(app, acme))
      .setJti('only-once')
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(privateKey);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };

    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.exchange.send({ method: 'POST', path: '/o/acme/token', headers, body }),
      ),
    );

    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
  });

  it('is nobody with another key, or with a secret', async () => {
    const { application } = await withKey();
    const { privateKey } = await generateKeyPair('ES256');
    for (const authentication of [
      oidc.PrivateKeyJwt({ key: privateKey, kid: 'k1' }),
      oidc.ClientSecretBasic(application.secret),
    ]) {
      const client = await clientOf(app, acme, application, authentication);

      await expect(oidc.clientCredentialsGrant(client)).rejects.toMatchObject({ status: 401 });
    }
  });
});

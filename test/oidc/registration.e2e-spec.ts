import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { Browser, codeRequest, decideAtPage, issuerOf, redirectUri } from './world.js';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

async function givenToken(organization = acme, owner = olga): Promise<string> {
  const response = await app.api
    .as(owner)
    .post(`/v1/organizations/${organization.slug}/registration-tokens`, {
      name: 'Partners',
      maxUses: 10,
      allowedScopes: ['openid', 'profile', 'email'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
  if (response.status !== 201) throw new Error(response.text);
  return response.body.registrationToken as string;
}

const send = async (method: string, path: string, token: string | null, body?: unknown) => {
  const response = await app.exchange.send({
    method,
    path,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: response.text === '' ? null : JSON.parse(response.text) };
};

describe('An application', () => {
  it('registers itself, signs people in with their consent, changes and removes itself', async () => {
    const client = await oidc.dynamicClientRegistration(
      new URL(issuerOf(app, acme)),
      { client_name: 'Partner', redirect_uris: [redirectUri], logo_uri: 'https://x.example/logo.png' },
      undefined,
      { initialAccessToken: await givenToken(), execute: [oidc.allowInsecureRequests] },
    );
    const { registration_access_token: own, registration_client_uri: address } =
      client.clientMetadata() as unknown as {
        registration_access_token: string;
        registration_client_uri: string;
      };
    const browser = new Browser(app.origin).as(acme, olga);
    const request = await codeRequest(client, { scope: 'openid email' });

    const page = await browser.follow(request.url);
    const callback = await browser.follow((await decideAtPage(app, acme, browser, page, 'granted'))!);
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    });
    const path = new URL(address).pathname;
    const read = await send('GET', path, own);
    const changed = await send('PUT', path, own, {
      client_id: client.clientMetadata().client_id,
      client_name: 'Partner 2',
      redirect_uris: [redirectUri],
    });
    const removed = await send('DELETE', path, own);

    expect(page.pathname).toBe('/o/acme/consent');
    expect(tokens.claims()!.sub).toBe(olga.id);
    expect(read.body).toMatchObject({
      client_name: 'Partner',
      scope: 'openid profile email',
      response_types: ['code'],
    });
    expect([changed.status, changed.body.client_name]).toEqual([200, 'Partner 2']);
    expect([removed.status, (await send('GET', path, own)).status]).toEqual([204, 401]);
  });

  it('needs a token of that organization', async () => {
    const { organization: globex, owner: gina } = await app.given.organization({ slug: 'globex' });
    const foreign = await givenToken(globex, gina);
    await app.given.forgetAudit(acme);

    for (const token of [null, 'nonsense', foreign, olga.token])
      expect(await send('POST', '/o/acme/reg', token, { redirect_uris: [redirectUri] })).toMatchObject({
        status: 401,
        body: { error: 'invalid_token' },
      });
    expect(await app.given.auditOf(acme)).toEqual([]);
  });

  it('is told what is wrong with what it says of itself', async () => {
    const token = await givenToken();
    for (const [body, error] of [
      [{ redirect_uris: ['http://evil.example/x'] }, 'invalid_redirect_uri'],
      [{ redirect_uris: 'x' }, 'invalid_redirect_uri'],
      [{ redirect_uris: [redirectUri], response_types: ['token'] }, 'invalid_client_metadata'],
      [{ redirect_uris: [redirectUri], grant_types: ['password'] }, 'invalid_client_metadata'],
      ['[]', 'invalid_client_metadata'],
      ['{', 'invalid_client_metadata'],
    ] as const)
      expect(await send('POST', '/o/acme/reg', token, body)).toMatchObject({ status: 400, body: { error } });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import {
  Browser,
  clientOf,
  codeRequest,
  decideAtPage,
  givenApplication,
  givenResource,
  redirectUri,
  signInAtPage,
  type TestApplication,
} from '../oidc/world.js';
import { TestTokens } from '../support/access-tokens.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const [articles, archive] = ['https://articles.acme.example', 'https://archive.acme.example'];
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

let app: TestApp;
let acme: TestOrganization;
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
  await givenResource(app, acme, articles, 'jwt', ['articles:read', 'articles:publish']);
  await givenResource(app, acme, archive, 'jwt', ['archive:read']);
});
afterAll(() => app.stop());

/** The tokens of somebody who has just been asked, and has said yes to what the page said. */
async function consentTo(
  application: TestApplication,
  user: TestUser,
  parameters: Record<string, string>,
  organization = acme,
) {
  const client = await clientOf(app, organization, application);
  const browser = new Browser(app.origin).as(organization, user);
  const request = await codeRequest(client, parameters);
  const page = await browser.follow(request.url);
  expect(page.pathname).toBe(`/o/${organization.slug}/consent`);
  const callback = await browser.follow((await decideAtPage(app, organization, browser, page, 'granted'))!);
  const tokens = await oidc.authorizationCodeGrant(client, callback, {
    pkceCodeVerifier: request.verifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
  });
  return { client, tokens };
}

async function register(metadata: object) {
  const { body } = await app.api.as(olga).post('/v1/organizations/acme/registration-tokens', {
    name: 'Partners',
    maxUses: 10,
    allowedScopes: ['openid', 'articles:read'],
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  return app.exchange.send({
    method: 'POST',
    path: '/o/acme/reg',
    headers: { authorization: `Bearer ${body.registrationToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [redirectUri], ...metadata }),
  });
}

const exchange = (client: oidc.Configuration, token: string, more: Record<string, string>) =>
  oidc.genericGrantRequest(client, exchangeGrant, {
    subject_token: token,
    subject_token_type: accessToken,
    ...more,
  });

describe('Whoever was asked for little', () => {
  const allowed_scopes = ['openid', 'articles:read', 'articles:publish', 'archive:read'];
  const columns = {
    consent: 'required',
    grant_types: ['authorization_code', 'refresh_token', exchangeGrant],
    allowed_scopes,
  } as const;

  it('is not made to give more by an exchange of what they gave', async () => {
    const application = await givenApplication(app, acme, columns);
    const { client, tokens } = await consentTo(application, olga, { scope: 'openid' });

    for (const resource of [articles, archive])
      await expect(exchange(client, tokens.access_token, { resource })).rejects.toMatchObject({
        error: 'invalid_target',
      });
  });

  it('has what they did allow exchanged, and no more', async () => {
    const application = await givenApplication(app, acme, columns);
    const { client, tokens } = await consentTo(application, olga, {
      scope: 'openid articles:read',
      resource: articles,
    });

    const exchanged = await exchange(client, tokens.access_token, { resource: articles });

    expect(exchanged.scope).toBe('articles:read');
    await expect(exchange(client, tokens.access_token, { resource: archive })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  it('gives no claim of a scope that the application may not have', async () => {
    const application = await givenApplication(app, acme, { consent: 'none', allowed_scopes: ['openid'] });
    const client = await clientOf(app, acme, application);
    const browser = new Browser(app.origin).as(acme, olga);
    const wanted = { email: null, name: null, roles: null, permissions: null };
    const request = await codeRequest(client, {
      scope: 'openid',
      claims: JSON.stringify({ userinfo: wanted, id_token: { ...wanted, auth_time: { essential: true } } }),
    });

    const callback = await browser.follow(request.url);
    const tokens = await oidc.authorizationCodeGrant(client, callback, {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    });
    const userinfo = await oidc.fetchUserInfo(client, tokens.access_token, olga.id);

    expect(userinfo).toEqual({ sub: olga.id });
    expect(tokens.claims()).toMatchObject({ sub: olga.id, auth_time: expect.any(Number) });
    for (const name of Object.keys(wanted)) expect(tokens.claims()).not.toHaveProperty(name);
  });
});

describe('An application that registers itself', () => {
  it('acts for nobody who was not asked', async () => {
    const answer = await register({ grant_types: ['authorization_code', exchangeGrant] });

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_client_metadata' });
  });

  it('does not become one that does', async () => {
    const registered = JSON.parse((await register({})).text);

    const changed = await app.exchange.send({
      method: 'PUT',
      path: new URL(registered.registration_client_uri).pathname,
      headers: {
        authorization: `Bearer ${registered.registration_access_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        client_id: registered.client_id,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', exchangeGrant],
      }),
    });

    expect(changed.status).toBe(400);
  });
});

describe('A structured access token', () => {
  it('is not kept alive by what the same application got through others', async () => {
    const { organization, owner } = await app.given.organization();
    const tokens = new TestTokens(app);
    const max = await app.given.user(organization, { roles: ['admin'] });
    const application = await tokens.application(organization);
    const { grantId } = await tokens.grant(max, application);
    await app.sql(`update oidc_grants set created_at = now() - interval '10 minutes' where org_id = $1`, [
      organization.id,
    ]);
    // What an exchange leaves: another grant of the same application in the same session.
    const { grantId: other } = await tokens.grant(max, application);
    await app.sql(`update oidc_grants set created_at = now() - interval '9 minutes' where id = $1`, [other]);
    const past = Math.floor(Date.now() / 1_000) - 60;
    const token = await tokens.of(organization, max, application, { claims: { iat: past } });
    expect((await app.api.as(token).get('/v1/session')).status).toBe(200);

    await app.sql('update oidc_grants set revoked_at = now() where id = $1', [grantId]);

    expect((await app.api.as(token).get('/v1/session')).status).toBe(401);
    const key = await app.given.apiKey(owner);
    const validation = await app.api.as(key).post('/v1/sessions/validate', { token });
    expect(validation.body).toEqual({ active: false });
  });
});

describe('What somebody began in their browser', () => {
  it('is not gone on with in another one that names it', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const victim = new Browser(app.origin);
    const page = await victim.follow((await codeRequest(client)).url);
    const uid = page.searchParams.get('interaction')!;
    const max = await app.given.user(acme);

    const answer = await new Browser(app.origin).as(acme, max).go(`/o/acme/auth/${uid}`, {
      headers: { cookie: `tenantry-resume=${uid}; tenantry-session-acme=${max.token}` },
    });

    expect(answer.location ?? '').not.toContain('code=');
    expect(answer.status).toBe(400);
  });

  it('is not allowed by signing in', async () => {
    const application = await givenApplication(app, acme, { consent: 'required' });
    await app.sql(
      `insert into tenantry.oidc_consents (org_id, user_id, application_id, allowed)
       values ($1, $2, $3, '{"scopes":["openid","profile","email"],"claims":[],"resources":{}}')`,
      [acme.id, olga.id, application.id],
    );
    const client = await clientOf(app, acme, application);
    const browser = new Browser(app.origin).as(acme, olga);
    const page = await browser.follow((await codeRequest(client, { prompt: 'consent' })).url);
    expect(page.pathname).toBe('/o/acme/consent');

    const next = await signInAtPage(app, acme, browser, page, olga);
    const place = await browser.follow(next!);

    expect(place.pathname).toBe('/o/acme/consent');
  });
});

describe('Whoever sends what nobody understands', () => {
  const nothing = '\u0000';

  it('is told so, wherever it is sent', async () => {
    const spa = await givenApplication(app, acme, { type: 'spa' });
    const client = await clientOf(app, acme, spa, oidc.None());
    const { url } = await codeRequest(client);
    url.searchParams.set('nonce', nothing);
    const form = Object.fromEntries(url.searchParams);
    const browser = new Browser(app.origin);

    const statuses = {
      request: (await browser.go(url)).headers['location'],
      signedIn: (await new Browser(app.origin).as(acme, olga).go(url)).headers['location'],
      pushed: (await browser.go('/o/acme/request', { form: { ...form, dpop_jkt: nothing } })).status,
      noType: (await browser.go('/o/acme/token', { form, headers: { 'content-type': 'Basic x' } })).status,
      issuer: (await browser.go('/o/%00/auth')).status,
      keys: (await browser.go('/o/a%00b/jwks')).status,
      registration: (await browser.go('/o/%00/reg', { method: 'POST' })).status,
    };

    expect(statuses).toEqual({
      request: expect.stringContaining('error=invalid_request'),
      signedIn: expect.stringContaining('error=invalid_request'),
      pushed: 400,
      noType: 415,
      issuer: 404,
      keys: 404,
      registration: 404,
    });
  });

  it.each(['id_token_signed_response_alg', 'subject_type'])('is told what is wrong with %s', async (name) => {
    for (const value of ['none', 'HS256', nothing, '__proto__']) {
      const answer = await register({ [name]: value });

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        error: 'invalid_client_metadata',
        error_description: expect.stringContaining(name),
      });
    }
  });
});

describe('One address', () => {
  it('does not fill the database with what it begins and never ends', async () => {
    const narrow = await startApp({ env: { LIMIT_FAILURES_PER_ADDRESS: '1', TRUSTED_PROXIES: '127.0.0.1' } });
    const { organization } = await narrow.given.organization();
    const spa = await givenApplication(narrow, organization, { type: 'spa' });
    const web = await givenApplication(narrow, organization);
    const television = await givenApplication(narrow, organization, {
      type: 'native',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: [],
    });
    const [{ url }, { url: ofServer }] = [
      await codeRequest(await clientOf(narrow, organization, spa, oidc.None())),
      await codeRequest(await clientOf(narrow, organization, web)),
    ];
    const from = (ip: string) => (path: string | URL, form?: object, authorization?: string) =>
      new Browser(narrow.origin).go(path, {
        ...(form !== undefined && { form: form as Record<string, string> }),
        headers: {
          accept: 'application/json',
          'x-forwarded-for': ip,
          ...(authorization !== undefined && { authorization }),
        },
      });
    const one = from('203.0.113.7');
    for (let count = 0; count < 10; count += 1) await one(url);

    const eleventh = await one(url);
    const pushed = await one(`/o/${organization.slug}/request`, Object.fromEntries(url.searchParams));
    const device = await one(`/o/${organization.slug}/device/auth`, { client_id: television.id });
    const silent = await one(`${url.href}&prompt=none`);
    const secret = Buffer.from(`${web.id}:${web.secret}`).toString('base64');
    const server = await one(
      `/o/${organization.slug}/request`,
      Object.fromEntries(ofServer.searchParams),
      `Basic ${secret}`,
    );
    const other = await from('203.0.113.8')(url);

    const kept = await narrow.sql(
      `select kind from oidc_artifacts where kind in ('Interaction', 'DeviceCode')`,
    );
    await narrow.stop();

    expect(eleventh.location).toContain('error=temporarily_unavailable');
    for (const { text } of [pushed, device])
      expect(JSON.parse(text)).toMatchObject({ error: 'temporarily_unavailable' });
    expect(silent.location).toContain('error=login_required');
    expect(server.status).toBe(201);
    expect(other.location).toContain('/sign-in');
    expect(kept).toHaveLength(11);
  });
});

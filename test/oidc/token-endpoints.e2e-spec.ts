import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { SecretUses } from '../../src/applications/secret-uses.service.js';
import { parseToken } from '../../src/platform/crypto/secret-token.js';
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
let olga: TestUser;

beforeAll(async () => {
  app = await startApp();
  ({ organization: acme, owner: olga } = await app.given.organization());
});
afterAll(() => app.stop());

const browser = () => new Browser(app.origin).as(acme, olga);
const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const basic = (application: { id: string; secret: string }) => ({
  authorization: `Basic ${Buffer.from(`${application.id}:${application.secret}`).toString('base64')}`,
});

describe('A machine', () => {
  it('gets a token of its own, which introspection knows and revocation ends', async () => {
    const application = await givenApplication(app, acme, { type: 'machine' });
    const client = await clientOf(app, acme, application);

    const tokens = await oidc.clientCredentialsGrant(client);
    const alive = await oidc.tokenIntrospection(client, tokens.access_token);
    await oidc.tokenRevocation(client, tokens.access_token);

    expect(tokens.access_token).toMatch(/^ten_mt_/);
    expect(alive).toMatchObject({ active: true, client_id: application.id, token_type: 'Bearer' });
    expect(await oidc.tokenIntrospection(client, tokens.access_token)).toEqual({ active: false });
  });

  it('proves itself with each of two living secrets, in header or body, and with no other', async () => {
    const application = await givenApplication(app, acme, {
      type: 'machine',
      token_endpoint_auth_method: 'client_secret_post',
    });
    const right = await clientOf(app, acme, application, oidc.ClientSecretPost(application.secret));
    const other = await givenApplication(app, acme, { type: 'machine' });
    const wrong = await clientOf(app, acme, application, oidc.ClientSecretPost(other.secret));

    expect((await oidc.clientCredentialsGrant(right)).access_token).toBeDefined();
    await expect(oidc.clientCredentialsGrant(wrong)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('leaves a trace of its secret behind, a minute at most after', async () => {
    const application = await givenApplication(app, acme, { type: 'machine' });
    const client = await clientOf(app, acme, application);
    const lastUse = async () => {
      await app.get(SecretUses).flush();
      const [row] = await app.sql<{ at: Date | null }>(
        'select last_used_at as at from tenantry.application_secrets where application_id = $1',
        [application.id],
      );
      return row!.at;
    };

    expect(await lastUse()).toBeNull();
    await oidc.clientCredentialsGrant(client);
    const first = await lastUse();
    await oidc.clientCredentialsGrant(client);

    expect(first).not.toBeNull();
    expect(await lastUse()).toEqual(first);
  });

  it('gets each of a hundred at once its own token, and its own refusal, in two organizations', async () => {
    const { organization: other } = await app.given.organization();
    const ours = await givenApplication(app, acme, { type: 'machine' });
    const theirs = await givenApplication(app, other, { type: 'machine' });
    const ask = async (organization: TestOrganization, application: { id: string; secret: string }) => {
      const response = await app.exchange.send({
        method: 'POST',
        path: `/o/${organization.slug}/token`,
        headers: { ...formType, ...basic(application) },
        body: 'grant_type=client_credentials',
      });
      return response.status === 200 ? (JSON.parse(response.text).access_token as string) : response.status;
    };

    const answers = await Promise.all(
      Array.from({ length: 25 }, () => [
        ask(acme, ours),
        ask(other, theirs),
        ask(acme, theirs),
        ask(other, { id: theirs.id, secret: ours.secret }),
      ]).flat(),
    );

    const tokens = answers.filter((answer) => typeof answer === 'string');
    expect(new Set(tokens).size).toBe(50);
    expect(answers.filter((answer) => answer === 401)).toHaveLength(50);
    const ofOurs = tokens.filter((token) => parseToken('machine-token', token)?.organizationId === acme.id);
    expect(ofOurs).toHaveLength(25);
  });

  it('has no other grants than it was given', async () => {
    const application = await givenApplication(app, acme, { type: 'machine' });
    for (const [grant, error] of [
      ['password', 'unsupported_grant_type'],
      ['implicit', 'unsupported_grant_type'],
      ['authorization_code', 'invalid_request'],
    ]) {
      const response = await app.exchange.send({
        method: 'POST',
        path: '/o/acme/token',
        headers: { ...formType, ...basic(application) },
        body: `grant_type=${grant}&code=x&redirect_uri=${encodeURIComponent(redirectUri)}`,
      });

      expect([response.status, JSON.parse(response.text).error]).toEqual([400, error]);
    }
  });
});

describe('Revocation', () => {
  it('answers nothing, of no type, as one common client needs', async () => {
    const application = await givenApplication(app, acme);
    const tokens = await signInTo(await clientOf(app, acme, application), browser());

    for (const token of [tokens.refresh_token!, tokens.refresh_token!, 'nonsense']) {
      const response = await app.exchange.send({
        method: 'POST',
        path: '/o/acme/token/revocation',
        headers: { ...formType, ...basic(application) },
        body: `token=${token}`,
      });

      expect([response.status, response.text, response.headers['content-type']]).toEqual([
        200,
        '',
        undefined,
      ]);
    }
  });

  it('of a refresh token ends all of its family', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const tokens = await signInTo(client, browser());

    await oidc.tokenRevocation(client, tokens.refresh_token!);

    await expect(oidc.fetchUserInfo(client, tokens.access_token, olga.id)).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe('Introspection', () => {
  it('tells an application of its tokens, and a service of those that it gets', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const service = await clientOf(app, acme, await givenApplication(app, acme, { type: 'machine' }));
    const tokens = await signInTo(client, browser());

    const mine = await oidc.tokenIntrospection(client, tokens.access_token);
    const theirs = await oidc.tokenIntrospection(service, tokens.access_token);

    expect(mine).toMatchObject({ active: true, sub: olga.id, scope: 'openid profile email' });
    expect(theirs).toEqual(mine);
    expect((await oidc.tokenIntrospection(client, tokens.refresh_token!)).active).toBe(true);
    expect(await oidc.tokenIntrospection(service, tokens.refresh_token!)).toEqual({ active: false });
  });
});

describe('Userinfo', () => {
  it('answers GET and POST, by header and body', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { access_token: token } = await signInTo(client, browser());
    const authorization = `Bearer ${token}`;

    const answers = await Promise.all([
      app.exchange.send({ method: 'GET', path: '/o/acme/me', headers: { authorization } }),
      app.exchange.send({ method: 'POST', path: '/o/acme/me', headers: { authorization } }),
      app.exchange.send({
        method: 'POST',
        path: '/o/acme/me',
        headers: formType,
        body: `access_token=${token}`,
      }),
    ]);

    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ sub: olga.id, email: olga.email });
    }
  });

  it('tells what scopes and claims ask for', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const tokens = await signInTo(client, browser(), {
      scope: 'openid organization roles permissions',
      claims: JSON.stringify({ userinfo: { name: null }, id_token: { email: { essential: true } } }),
    });

    const userinfo = await oidc.fetchUserInfo(client, tokens.access_token, olga.id);

    expect(userinfo).toEqual({
      sub: olga.id,
      name: 'Olga Owner',
      organization: { id: acme.id, slug: 'acme', name: 'Acme' },
      roles: ['owner'],
      permissions: ['*'],
    });
    expect(tokens.claims()).toMatchObject({ email: olga.email });
  });
});

describe('An authorization response', () => {
  it('comes by form_post, through a page of ours', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { url, state } = await codeRequest(client, { response_mode: 'form_post' });

    const page = await browser().go(url);

    expect(page.status).toBe(200);
    expect(page.text).toContain(`action="${redirectUri}"`);
    expect(page.text).toContain(`name="state" value="${state}"`);
    expect(page.text).toMatch(/<main>.*<h1>Please continue<\/h1>.*<button/s);
    expect(page.text).not.toContain('Submitting Callback');
    expect(page.headers['content-security-policy']).toContain("script-src 'nonce-");
    expect(page.headers['content-security-policy']).not.toContain('form-action');
  });

  it('says when and how somebody signed in', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));

    const tokens = await signInTo(client, browser(), { max_age: '3600', acr_values: 'urn:tenantry:acr:1' });

    expect(tokens.claims()).toMatchObject({ auth_time: expect.any(Number), acr: 'urn:tenantry:acr:1' });
  });

  it('may be to a POST, and to what nobody knows', async () => {
    const client = await clientOf(app, acme, await givenApplication(app, acme));
    const { url } = await codeRequest(client, { unknown: 'parameter' });

    const response = await browser().go(`${url.origin}${url.pathname}`, {
      form: Object.fromEntries(url.searchParams),
    });

    expect(response.status).toBe(303);
    expect(new URL(response.location!).searchParams.has('code')).toBe(true);
  });
});

describe('An issuer', () => {
  it('says at both of its addresses what it can do', async () => {
    const paths = [
      '/o/acme/.well-known/openid-configuration',
      '/o/acme/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration/o/acme',
      '/.well-known/oauth-authorization-server/o/acme',
    ];

    const answers = await Promise.all(paths.map((path) => app.exchange.send({ method: 'GET', path })));

    for (const { status, text, headers } of answers) {
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(text).toBe(answers[0]!.text);
    }
    const issuer = issuerOf(app, acme);
    expect(JSON.parse(answers[0]!.text)).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/session/end`,
      pushed_authorization_request_endpoint: `${issuer}/request`,
      device_authorization_endpoint: `${issuer}/device/auth`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256', 'EdDSA'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
    });
  });

  it('publishes public halves of keys only', async () => {
    const { text } = await app.exchange.send({ method: 'GET', path: '/o/acme/jwks' });

    const { keys } = JSON.parse(text) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('is nobody where there is no such organization', async () => {
    for (const path of ['/o/nobody/.well-known/openid-configuration', '/o/nobody/jwks', '/o/nobody/auth'])
      expect((await app.exchange.send({ method: 'GET', path })).status).toBe(404);
  });
});

describe('Another site', () => {
  it('speaks to the token endpoint from the origins of its application only', async () => {
    const application = await givenApplication(app, acme, {
      type: 'spa',
      allowed_origins: ['https://app.example'],
    });
    const ask = (origin: string) =>
      app.exchange.send({
        method: 'POST',
        path: '/o/acme/token',
        headers: { ...formType, origin },
        body: `grant_type=refresh_token&refresh_token=x&client_id=${application.id}`,
      });

    const [ours, other] = await Promise.all([ask('https://app.example'), ask('https://evil.example')]);

    expect(ours.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(JSON.parse(other.text).error).toBe('invalid_request');
  });
});

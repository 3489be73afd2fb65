import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { UpstreamRenewals } from '../../src/accounts/upstream-renewals.service.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { GithubStandIn, GoogleStandIn, json, MicrosoftStandIn, StandIn } from './stand-ins.js';
import { attemptsOf, givenProvider, Journey, outboundOpen } from './world.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;

beforeAll(async () => {
  app = await startApp({ env: outboundOpen });
  ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
});
afterAll(() => app?.stop());

const account = () => `/o/${organization.slug}/account`;
const connect = (body: Record<string, unknown>) => givenProvider(app, organization, owner, body);

async function refusalOf(name: string): Promise<[status: number, code: string | undefined, who: unknown]> {
  const journey = new Journey(app, organization);
  const page = await journey.go(name);
  const [attempt] = await attemptsOf(app, organization, owner, name);
  return [page.status, attempt!.failure?.code, await journey.whoIsSignedIn()];
}

/** What a test of the provider tells of whoever signs in there. */
async function toldBy(
  name: string,
): Promise<{ issuer: string; subject: string; claims: Record<string, unknown> }> {
  const path = `/v1/organizations/${organization.slug}/providers/${name}`;
  const { body } = await app.api.as(owner).post(`${path}/test`);
  const { startUrl, reference } = body as { startUrl: string; reference: string };
  await new Journey(app, organization).go(name, `${new URL(startUrl).search}&go=yes`);
  const attempt = await app.api.as(owner).get(`${path}/attempts/${reference}`);
  expect(attempt.body).toMatchObject({ outcome: 'succeeded' });
  return (attempt.body as { result: { issuer: string; subject: string; claims: Record<string, unknown> } })
    .result;
}

describe('Google, by its passport strategy', () => {
  let google: GoogleStandIn;
  beforeAll(async () => {
    google = await new GoogleStandIn().start();
    await connect({
      name: 'google',
      type: 'google',
      clientId: 'g-client',
      clientSecret: 'google secret',
      settings: google.settings,
    });
  });
  afterAll(() => google?.stop());
  beforeEach(() => {
    google.claims = {
      sub: '110169484474386276334',
      email: 'gina@gmail.example',
      email_verified: true,
      name: 'Gina Google',
      given_name: 'Gina',
      picture: 'https://lh3.googleusercontent.example/a/photo',
    };
    google.idToken = (claims) => google.sign(claims);
  });

  it('signs people in with the client of the organization, state, nonce and PKCE', async () => {
    const journey = new Journey(app, organization);

    const done = await journey.go('google');

    expect(done.address).toBe(account());
    expect(await journey.whoIsSignedIn()).toMatchObject({ email: 'gina@gmail.example' });
    const asked = google.lastAsked('/o/oauth2/v2/auth').query;
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: 'g-client',
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
    });
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(google.lastAsked('/token').form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(google.lastAsked('/oauth2/v3/userinfo').query.size).toBe(0);
  });

  it('tells what Google says of somebody', async () => {
    expect(await toldBy('google')).toMatchObject({
      issuer: google.origin,
      subject: '110169484474386276334',
      claims: { email: 'gina@gmail.example', emailVerified: true, name: 'Gina Google', givenName: 'Gina' },
    });
  });

  it.each<[string, string, (claims: JWTPayload) => JWTPayload]>([
    ['another nonce', 'nonce_wrong', (claims) => ({ ...claims, nonce: 'another' })],
    ['no nonce', 'nonce_missing', ({ nonce: _nonce, ...claims }) => claims],
    ['another client', 'id_token_audience', (claims) => ({ ...claims, aud: 'another' })],
    ['another issuer', 'issuer_wrong', (claims) => ({ ...claims, iss: 'https://evil.example' })],
    ['somebody else than the user info', 'subject_mismatch', (claims) => ({ ...claims, sub: '7' })],
  ])('takes no ID token that names %s', async (_name, code, change) => {
    google.idToken = (claims) => google.sign(change(claims));

    expect(await refusalOf('google')).toEqual([502, code, null]);
  });

  it('lets people of the one domain in only, where there is one', async () => {
    const settings = { ...google.settings, hostedDomain: 'acme.example' };
    await connect({
      name: 'workspace',
      type: 'google',
      clientId: 'g-client',
      clientSecret: 'google secret',
      settings,
    });
    google.claims['hd'] = 'globex.example';

    expect(await refusalOf('workspace')).toEqual([403, 'hosted_domain_refused', null]);
    expect(google.lastAsked('/o/oauth2/v2/auth').query.get('hd')).toBe('acme.example');
  });

  it('says that the secret is wrong', async () => {
    await connect({
      name: 'wrong',
      type: 'google',
      clientId: 'g-client',
      clientSecret: 'old',
      settings: google.settings,
    });

    expect(await refusalOf('wrong')).toEqual([502, 'client_refused', null]);
  });

  it.each([
    ['"null"', 'null'],
    ['a page', '<html>'],
    ['a list', '[]'],
  ])('gets over a token endpoint that answers %s', async (_name, text) => {
    const { '/token': right } = google.handlers;
    google.handlers['/token'] = (_asked, response) => void response.end(text);

    const [status, , who] = await refusalOf('google');

    google.handlers['/token'] = right!;
    expect([status, who]).toEqual([502, null]);
  });
});

describe('GitHub', () => {
  let github: GithubStandIn;
  beforeAll(async () => {
    github = await new GithubStandIn().start();
    await connect({
      name: 'github',
      type: 'github',
      clientId: 'Iv1.x',
      clientSecret: 'github secret',
      settings: github.settings,
    });
  });
  afterAll(() => github?.stop());
  beforeEach(() => {
    github.user = { id: 583231, login: 'octocat', name: 'The Octocat', email: 'shown@elsewhere.example' };
    github.emails = [
      { email: 'old@github.example', primary: false, verified: true },
      { email: 'octo@github.example', primary: true, verified: true },
    ];
  });

  it('signs people in, with the primary address of their list', async () => {
    const journey = new Journey(app, organization);

    const done = await journey.go('github');

    expect(done.address).toBe(account());
    expect(await journey.whoIsSignedIn()).toMatchObject({ email: 'octo@github.example' });
    expect(await toldBy('github')).toMatchObject({
      issuer: github.origin,
      subject: '583231',
      claims: { email: 'octo@github.example', emailVerified: true, username: 'octocat' },
    });
  });

  it('believes no address that is not verified there', async () => {
    github.emails = [{ email: 'octo@github.example', primary: true, verified: false }];

    expect((await toldBy('github')).claims).toMatchObject({ emailVerified: false });
  });

  it('takes no address of the public profile for one that somebody has shown to be theirs', async () => {
    github.emails = { message: 'Not Found' };

    expect((await toldBy('github')).claims).toMatchObject({ email: null, emailVerified: false });
  });

  it('takes nobody without an id, and no error that comes with 200', async () => {
    github.user = { login: 'octocat' };
    expect(await refusalOf('github')).toEqual([502, 'subject_missing', null]);

    await connect({
      name: 'wrong-github',
      type: 'github',
      clientId: 'Iv1.x',
      clientSecret: 'old',
      settings: github.settings,
    });
    expect(await refusalOf('wrong-github')).toEqual([502, 'client_refused', null]);
  });
});

describe('Microsoft', () => {
  const acme = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490';
  const globex = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  let microsoft: MicrosoftStandIn;
  beforeAll(async () => {
    microsoft = await new MicrosoftStandIn().start();
    microsoft.serve(acme).serve('organizations');
    const settings = { authority: microsoft.origin, tenants: [acme] };
    const credentials = { type: 'microsoft', clientId: 'm-client', clientSecret: 'microsoft secret' };
    await connect({ ...credentials, name: 'microsoft', settings });
    await connect({ ...credentials, name: 'several', settings: { ...settings, tenants: [acme, globex] } });
  });
  afterAll(() => microsoft?.stop());
  beforeEach(() => {
    microsoft.tenant = acme;
    microsoft.claims = {
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      email: 'mia@acme.example',
      name: 'Mia',
    };
  });

  it.each(['microsoft', 'several'])('signs in people of the tenants that are named (%s)', async (name) => {
    const journey = new Journey(app, organization);

    const page = await journey.go(name);

    expect(page.address).toBe(account());
    expect(await toldBy(name)).toMatchObject({
      issuer: `${microsoft.origin}/${acme}/v2.0`,
      subject: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    });
  });

  it('believes an address only if the tenant has shown that the domain is its own', async () => {
    expect((await toldBy('microsoft')).claims).toMatchObject({
      email: 'mia@acme.example',
      emailVerified: false,
    });
    microsoft.claims = { ...microsoft.claims, email_verified: true };
    expect((await toldBy('microsoft')).claims).toMatchObject({ emailVerified: false });
    microsoft.claims = { ...microsoft.claims, xms_edov: '1' };
    expect((await toldBy('microsoft')).claims).toMatchObject({ emailVerified: true });
  });

  it('takes nobody of another tenant', async () => {
    microsoft.tenant = '11111111-2222-3333-4444-555555555555';

    expect(await refusalOf('several')).toEqual([403, 'tenant_refused', null]);
    expect(await refusalOf('microsoft')).toEqual([403, 'tenant_refused', null]);
  });

  it('takes no token of one tenant that says it is of another', async () => {
    microsoft.claims = { ...microsoft.claims, tid: globex };

    expect(await refusalOf('several')).toEqual([502, 'issuer_wrong', null]);
  });

  it('takes no token whose issuer is the template itself', async () => {
    microsoft.claims = { ...microsoft.claims, tid: '{tenantid}', iss: `${microsoft.origin}/{tenantid}/v2.0` };

    expect(await refusalOf('several')).toEqual([403, 'tenant_refused', null]);
  });
});

describe('A provider that speaks OAuth 2 in its own way', () => {
  let server: StandIn;
  beforeAll(async () => {
    server = await new StandIn().start();
    server.handlers['/authorize'] = ({ query }, response) => {
      const location = `${query.get('redirect_uri')}?code=c&state=${query.get('state')}`;
      response.writeHead(302, { location }).end();
    };
    server.handlers['/token'] = (_asked, response) =>
      json(response, { access_token: 'a', token_type: 'bearer' });
    server.handlers['/whoami'] = (_asked, response) =>
      json(response, {
        data: { uid: 42, contact: { mail: 'Otto@OAuth.example', checked: true } },
        label: 'Otto',
      });
    await connect({
      name: 'own-way',
      type: 'oauth2',
      clientId: 'o',
      clientSecret: 'o',
      scopes: ['me'],
      settings: {
        authorizationUrl: `${server.origin}/authorize`,
        tokenUrl: `${server.origin}/token`,
        userInfoUrl: `${server.origin}/whoami`,
        tokenAuthMethod: 'client_secret_basic',
      },
      claimMapping: {
        subject: 'data.uid',
        email: 'data.contact.mail',
        emailVerified: 'data.contact.checked',
        name: 'label',
      },
    });
  });
  afterAll(() => server?.stop());

  it('is understood by its endpoints and a mapping of claims', async () => {
    const journey = new Journey(app, organization);

    const done = await journey.go('own-way');

    expect(done.address).toBe(account());
    expect(await toldBy('own-way')).toMatchObject({
      issuer: server.origin,
      subject: '42',
      claims: { email: 'otto@oauth.example', emailVerified: true, name: 'Otto' },
    });
    expect(server.lastAsked('/token').headers.authorization).toBe(
      `Basic ${Buffer.from('o:o').toString('base64')}`,
    );
    expect(server.lastAsked('/token').form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('gives another access token for a refresh token, or says that there is none', async () => {
    const [provider] = await app.sql<{ id: string }>(
      `select id from tenantry.oauth_providers where name = 'own-way'`,
    );
    const renew = () => app.get(UpstreamRenewals).renew(organization.id, provider!.id, 'refresh');
    const { '/token': right } = server.handlers;
    server.handlers['/token'] = ({ form }, response) =>
      form.get('refresh_token') === 'refresh' && form.get('grant_type') === 'refresh_token'
        ? json(response, { access_token: 'another', expires_in: 60 })
        : json(response, { error: 'invalid_grant' }, 400);

    expect(await renew()).toMatchObject({ accessToken: 'another', refreshToken: 'refresh', scopes: ['me'] });
    server.handlers['/token'] = (_asked, response) => json(response, { error: 'invalid_grant' }, 400);
    await expect(renew()).rejects.toMatchObject({ kind: { code: 'upstream_token_unavailable' } });
    server.handlers['/token'] = (_asked, response) => json(response, {}, 500);
    await expect(renew()).rejects.toMatchObject({ kind: { code: 'unavailable' } });
    server.handlers['/token'] = right!;
  });
});

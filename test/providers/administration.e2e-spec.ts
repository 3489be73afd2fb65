import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { clientSecret, Upstream } from './upstream.js';
import { attemptsOf, callbackOf, givenMax, givenProvider, Journey, outboundOpen } from './world.js';

let app: TestApp;
let upstream: Upstream;
let organization: TestOrganization;
let owner: TestUser;
let path: string;

beforeAll(async () => {
  app = await startApp({ env: outboundOpen });
});
afterAll(async () => {
  await app?.stop();
  await upstream?.stop();
});
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization({ registration: { mode: 'open' } }));
  await upstream?.stop();
  upstream = await new Upstream().start([callbackOf(app, organization)]);
  givenMax(upstream);
  path = `/v1/organizations/${organization.slug}/providers`;
  await app.given.forgetAudit(organization);
});

const google = { name: 'google', type: 'google', clientId: 'client', clientSecret: 'GOCSPX-secret' };
const providers = () =>
  app.sql('select name from tenantry.oauth_providers where org_id = $1', [organization.id]);
const adminWith = (...permissions: string[]) => app.given.user(organization, { permissions });

describe('Connecting a provider', () => {
  it('answers with what is to be registered there, and never with the secret', async () => {
    const response = await app.api.as(owner).post(path, google);

    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      name: 'google',
      displayName: 'Google',
      issuer: 'https://accounts.google.com',
      scopes: ['openid', 'email', 'profile'],
      isEnabled: true,
      hasClientSecret: true,
      callbackUrl: `${app.origin}/o/${organization.slug}/providers/callback`,
      startUrl: `${app.origin}/o/${organization.slug}/providers/google/start`,
    });
    const list = await app.api.as(owner).get(path);
    const read = await app.api.as(owner).get(`${path}/google`);
    const rows = await app.sql<{ row: string }>(
      'select to_jsonb(p)::text as row from tenantry.oauth_providers p where org_id = $1',
      [organization.id],
    );
    const audit = await app.sql<{ row: string }>(
      'select to_jsonb(a)::text as row from tenantry.audit_events a where org_id = $1',
      [organization.id],
    );
    expect(JSON.stringify([response.body, list.body, read.body, rows, audit])).not.toContain('GOCSPX');
    expect(await app.given.auditOf(organization)).toEqual(['provider.created']);
  });

  it.each([
    ['/clientId', { ...google, clientId: undefined }],
    ['/name', { ...google, name: 'callback' }],
    ['/name', { ...google, name: 'Google' }],
    ['/settings/hostedDomain', { ...google, settings: { hostedDomain: 'https://acme.example' } }],
    ['/settings/colour', { ...google, settings: { colour: 'red' } }],
    ['/settings/tokenUrl', { ...google, settings: { tokenUrl: 'http://token.example' } }],
    ['/scopes', { ...google, scopes: ['email'] }],
    ['/issuer', { ...google, issuer: 'https://evil.example' }],
    ['/claimMapping/subject', { ...google, claimMapping: { subject: 'email' } }],
    ['/claimMapping/colour', { ...google, claimMapping: { colour: 'colour' } }],
    ['/allowedDomains/0', { ...google, allowedDomains: ['10.0.0.1'] }],
    ['/settings/tenants', { ...google, type: 'microsoft' }],
    ['/settings/tenants', { ...google, type: 'microsoft', settings: { tenants: ['common'] } }],
    ['/issuer', { ...google, type: 'oidc' }],
    ['/settings/userInfoUrl', { ...google, type: 'oauth2' }],
    ['/type', { ...google, type: 'saml' }],
  ])('says that %s is wrong', async (pointer, body) => {
    const response = await app.api.as(owner).post(path, body);

    expect(response).toBeProblem('invalid_request');
    expect(
      (response.body as { errors: { pointer: string }[] }).errors.map((error) => error.pointer),
    ).toContain(pointer);
    expect(await providers()).toEqual([]);
  });

  it('says field by field what is wrong with a discovery document', async () => {
    upstream.mischief = {
      discovery: ({ jwks_uri: _jwksUri, ...document }) => ({
        ...document,
        issuer: 'https://evil.example',
        token_endpoint: 'ftp://somewhere',
        id_token_signing_alg_values_supported: ['HS256', 'none'],
        code_challenge_methods_supported: ['plain'],
      }),
    };

    const response = await app.api
      .as(owner)
      .post(path, { name: 'odd', type: 'oidc', clientId: 'c', issuer: upstream.issuer });

    expect(response).toBeProblem('provider_unusable');
    const details = (response.body as { errors: { detail: string }[] }).errors
      .map(({ detail }) => detail)
      .join('\n');
    for (const field of [
      '"issuer" is "https://evil.example"',
      '"jwks_uri" is missing',
      '"token_endpoint" is no https address',
      '"id_token_signing_alg_values_supported" has none of',
      '"code_challenge_methods_supported" does not have "S256"',
    ])
      expect(details).toContain(field);
    expect(await providers()).toEqual([]);
  });

  it.each([
    ['there is no document', '/nothing-here'],
    ['nobody answers', null],
  ])('says that %s', async (_name, suffix) => {
    const issuer = suffix === null ? 'http://127.0.0.1:9' : `${upstream.issuer}${suffix}`;

    const response = await app.api.as(owner).post(path, { name: 'odd', type: 'oidc', clientId: 'c', issuer });

    expect(response).toBeProblem('provider_unusable');
    expect(await providers()).toEqual([]);
  });

  it('takes a name once', async () => {
    await app.api.as(owner).post(path, google);

    expect(await app.api.as(owner).post(path, google)).toBeProblem('provider_name_taken');
    expect(await providers()).toHaveLength(1);
  });

  it('is for who holds providers:write, and reading for who holds providers:read', async () => {
    const [reader, writer] = [await adminWith('providers:read'), await adminWith('providers:write')];

    expect(await app.api.as(reader).post(path, google)).toBeProblem('permission_denied');
    expect((await app.api.as(writer).post(path, google)).status).toBe(201);
    expect((await app.api.as(reader).get(path)).status).toBe(200);
    expect(await app.api.as(writer).get(path)).toBeProblem('permission_denied');
  });

  it('gives by its mapping only roles of what one holds', async () => {
    const writer = await adminWith('providers:write');
    await app.given.role(organization, 'editor', ['articles:publish']);
    const mapped = { ...google, roleMapping: [{ claim: 'groups', value: 'editors', role: 'editor' }] };

    expect(await app.api.as(writer).post(path, mapped)).toBeProblem('permission_denied');
    expect(await providers()).toEqual([]);
    const response = await app.api.as(owner).post(path, mapped);

    expect(response.body).toMatchObject({ roleMapping: mapped.roleMapping });
  });
});

describe('What decides who people are', () => {
  it('is set by those only who may touch owners', async () => {
    const writer = await adminWith('providers:write');
    const trusting = { ...google, trustedDomains: ['acme.example'] };

    expect(await app.api.as(writer).post(path, trusting)).toBeProblem('permission_denied');
    expect(await providers()).toEqual([]);
    await app.api.as(owner).post(path, google);
    for (const change of [
      { trustedDomains: ['acme.example'] },
      { claimMapping: { email: 'nickname' } },
      { settings: { tokenUrl: 'https://evil.example/token' } },
    ])
      expect(await app.api.as(writer).patch(`${path}/google`, change)).toBeProblem('permission_denied');
    expect((await app.api.as(writer).patch(`${path}/google`, { displayName: 'G' })).status).toBe(200);
    expect(
      (await app.api.as(owner).patch(`${path}/google`, { trustedDomains: ['ACME.example'] })).body,
    ).toMatchObject({
      trustedDomains: ['acme.example'],
    });
  });

  it('never changes where accounts hang on it', async () => {
    await app.api.as(owner).post(path, { ...google, name: 'github', type: 'github' });

    const response = await app.api
      .as(owner)
      .patch(`${path}/github`, { settings: { baseUrl: 'https://evil.example' } });

    expect(response).toBeProblem('invalid_request');
    expect(
      await app.api.as(owner).patch(`${path}/github`, { issuer: 'https://evil.example' } as never),
    ).toBeProblem('invalid_request');
  });
});

describe('A provider', () => {
  it('is changed in part, and keeps its secret unless another one is given', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer });
    await app.given.forgetAudit(organization);

    const changed = await app.api
      .as(owner)
      .patch(`${path}/upstream`, { displayName: 'Other', justInTime: false });

    expect(changed.body).toMatchObject({
      displayName: 'Other',
      justInTime: false,
      hasClientSecret: true,
      version: 2,
    });
    expect((await new Journey(app, organization).go()).status).not.toBe(502);
    await app.api.as(owner).patch(`${path}/upstream`, { clientSecret: 'wrong' });
    expect((await new Journey(app, organization).go()).status).toBe(502);
    expect((await attemptsOf(app, organization, owner))[0]!.failure!.code).toBe('client_refused');
    await app.api.as(owner).patch(`${path}/upstream`, { clientSecret });
    expect((await new Journey(app, organization).go()).status).not.toBe(502);
    expect(
      (await app.given.auditOf(organization)).filter((action) => action === 'provider.updated'),
    ).toHaveLength(3);
  });

  it('is changed in the version that was read', async () => {
    const { version } = await givenProvider(app, organization, owner, { issuer: upstream.issuer });
    await app.api.as(owner).patch(`${path}/upstream`, { displayName: 'Other' });

    const late = await app.api
      .as(owner)
      .patch(`${path}/upstream`, { displayName: 'Late' }, { headers: { 'if-match': `"${version}"` } });

    expect(late).toBeProblem('stale');
  });

  it('goes with what people have by it, and is not offered any more', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer });
    await new Journey(app, organization).go();

    expect((await app.api.as(owner).delete(`${path}/upstream`)).status).toBe(204);

    expect(
      await app.sql('select 1 from tenantry.oauth_accounts where org_id = $1', [organization.id]),
    ).toEqual([]);
    const page = await new Journey(app, organization).walker.open(`/o/${organization.slug}/sign-in`);
    expect(page.text).not.toContain('providers/');
  });
});

describe('A test of a provider', () => {
  it('shows the claims and what would happen, and changes nothing', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer, isEnabled: false });
    const { body } = await app.api.as(owner).post(`${path}/upstream/test`);
    const { startUrl, reference } = body as { startUrl: string; reference: string };
    const journey = new Journey(app, organization);
    const before = await app.sql('select id from tenantry.users where org_id = $1', [organization.id]);

    const warned = await journey.walker.open(startUrl.slice(app.origin.length));
    expect(warned.text).toContain('what upstream says about you is shown to the administrators');
    const done = await journey.go('upstream', `${new URL(startUrl).search}&go=yes`);

    expect(done.status).toBe(200);
    expect(done.text).toContain('max@upstream.example');
    expect(await journey.whoIsSignedIn()).toBeNull();
    expect(await app.sql('select id from tenantry.users where org_id = $1', [organization.id])).toEqual(
      before,
    );
    const read = await app.api.as(owner).get(`${path}/upstream/attempts/${reference}`);
    expect(read.body).toMatchObject({
      kind: 'test',
      outcome: 'succeeded',
      result: {
        outcome: 'create',
        subject: 'max',
        claims: { email: 'max@upstream.example', emailVerified: true },
      },
    });
  });

  it('is made once, and only from its own address', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer, isEnabled: false });
    const { body } = await app.api.as(owner).post(`${path}/upstream/test`);
    const { search } = new URL((body as { startUrl: string }).startUrl);
    const journey = new Journey(app, organization);
    const start = `/o/${organization.slug}/providers/upstream/start`;

    await journey.leave('upstream', `${search}&go=yes`);

    expect((await journey.walker.open(`${start}${search}&go=yes`)).status).toBe(404);
    expect((await journey.walker.open(`${start}?test=${'a'.repeat(36)}.x&go=yes`)).status).toBe(404);
    expect((await journey.walker.open(start)).status).toBe(404);
  });
});

describe('The attempts', () => {
  it('are listed in the same number of statements, however many there are', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer });
    await new Journey(app, organization).leave();
    await app.api.as(owner).get(`${path}/upstream/attempts`);
    const one = await statementsOf(() => app.api.as(owner).get(`${path}/upstream/attempts`));
    for (let index = 0; index < 5; index++) await new Journey(app, organization).leave();

    const many = await statementsOf(() => app.api.as(owner).get(`${path}/upstream/attempts`));

    expect(many).toBe(one);
  });

  it('include those who have never come back', async () => {
    await givenProvider(app, organization, owner, { issuer: upstream.issuer });
    await new Journey(app, organization).leave();

    expect(await attemptsOf(app, organization, owner)).toMatchObject([{ outcome: 'started', failure: null }]);
  });
});

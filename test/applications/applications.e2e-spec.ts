import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

const callback = 'https://articles.acme.example/callback';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [keys.publicKey.export({ format: 'jwk' })] };

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = (organization: TestOrganization, rest = '') =>
  `/v1/organizations/${organization.slug}/applications${rest && `/${rest}`}`;

async function create(organization: TestOrganization, owner: TestUser, body: object) {
  const response = await app.api.as(owner).post(pathOf(organization), body);
  expect(response.status).toBe(201);
  return response.body;
}

const web = { name: 'Articles', type: 'web', redirectUris: [callback] };
const machine = { name: 'Importer', type: 'machine' };

describe('An application', () => {
  it('is created with what is safe for its type, and shows its secret once', async () => {
    const { organization, owner } = await app.given.organization();

    const created = await app.api.as(owner).post(pathOf(organization), web);
    const read = await app.api.as(owner).get(pathOf(organization, created.body.id));
    const secrets = await app.api.as(owner).get(pathOf(organization, `${created.body.id}/secrets`));

    expect(created.status).toBe(201);
    expect(created.headers['etag']).toBe('"1"');
    const { clientSecret, ...shown } = created.body;
    expect(clientSecret).toMatch(/^ten_cs_[A-Za-z0-9_-]{70}$/);
    expect(shown).toMatchObject({
      clientId: shown.id,
      name: 'Articles',
      type: 'web',
      status: 'active',
      redirectUris: [callback],
      grantTypes: ['authorization_code', 'refresh_token'],
      tokenEndpointAuthMethod: 'client_secret_basic',
      requirePkce: true,
      consent: 'required',
      allowedScopes: null,
      registeredDynamically: false,
      version: 1,
    });
    expect(read.body).toEqual(shown);
    expect(secrets.body.items).toMatchObject([
      { hint: clientSecret.slice(-4), expiresAt: null, lastUsedAt: null },
    ]);
    expect(JSON.stringify([read.body, secrets.body])).not.toContain('ten_cs_');
    expect(await app.given.auditOf(organization)).toEqual(['application.created']);
    expect(JSON.stringify(await app.given.auditEventsOf(organization))).not.toContain('ten_cs_');
  });

  it.each([
    [
      'spa',
      { redirectUris: ['https://app.acme.example/'] },
      { allowedOrigins: ['https://app.acme.example'] },
    ],
    ['native', { redirectUris: ['com.example.app:/callback', 'http://127.0.0.1/callback'] }, {}],
  ])('of the type %s has no secret', async (type, body, shown) => {
    const { organization, owner } = await app.given.organization();

    const created = await create(organization, owner, { name: 'App', type, ...body });
    const secret = await app.api.as(owner).post(pathOf(organization, `${created.id}/secrets`), {});

    expect(created).toMatchObject({ tokenEndpointAuthMethod: 'none', clientSecret: null, ...shown });
    expect(secret).toBeProblem('application_without_secrets');
  });

  it('is made once, however often its creation is repeated', async () => {
    const { organization, owner } = await app.given.organization();
    const headers = { 'idempotency-key': 'create-articles' };

    const answers = await Promise.all(
      Array.from({ length: 4 }, () => app.api.as(owner).post(pathOf(organization), web, { headers })),
    );
    const other = await app.api.as(owner).post(pathOf(organization), machine, { headers });

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(other).toBeProblem('idempotency_key_reused');
    expect((await app.api.as(owner).get(pathOf(organization))).body.items).toHaveLength(1);
  });

  it('is changed in parts, against the version that was read', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, web);
    await app.given.forgetAudit(organization);
    const change = (body: object, version: string) =>
      app.api.as(owner).patch(pathOf(organization, id), body, { headers: { 'if-match': version } });

    const changed = await change(
      { name: 'News', clientUri: 'https://acme.example/', consent: 'none' },
      '"1"',
    );
    const stale = await change({ name: 'Old' }, '"1"');
    const same = await change({ name: 'News' }, '"2"');
    const cleared = await change({ clientUri: null }, '"2"');

    expect(changed.body).toMatchObject({ name: 'News', clientUri: 'https://acme.example/', version: 2 });
    expect(changed.body.redirectUris).toEqual([callback]);
    expect(stale).toBeProblem('stale');
    expect(same.body).toEqual(changed.body);
    expect(cleared.body).toMatchObject({ clientUri: null, version: 3 });
    expect(await app.given.auditOf(organization)).toEqual(['application.updated', 'application.updated']);
    expect((await app.given.auditEventsOf(organization))[0]!.change).toEqual({
      before: { name: 'Articles', clientUri: null, consent: 'required' },
      after: { name: 'News', clientUri: 'https://acme.example/', consent: 'none' },
    });
  });

  it.each([
    [{ ...web, redirectUris: ['javascript:alert(1)'] }, '/redirectUris/0'],
    [{ ...web, redirectUris: [callback, 'http://articles.acme.example/'] }, '/redirectUris/1'],
    [{ ...web, redirectUris: ['https://articles.acme.example/#x'] }, '/redirectUris/0'],
    [{ ...web, redirectUris: ['https://*.acme.example/'] }, '/redirectUris/0'],
    [{ ...web, redirectUris: callback }, '/redirectUris'],
    [{ ...web, redirectUris: [] }, '/redirectUris'],
    [{ ...web, postLogoutRedirectUris: ['data:text/html,x'] }, '/postLogoutRedirectUris/0'],
    [{ ...web, allowedOrigins: ['https://articles.acme.example/'] }, '/allowedOrigins/0'],
    [{ ...web, name: '' }, '/name'],
    [{ ...web, name: 'Articles \u202egpj.exe' }, '/name'],
    [{ ...web, name: 'a\u0000b' }, '/name'],
    [{ ...web, name: 'Two\nlines' }, '/name'],
    [{ ...web, type: 'service' }, '/type'],
    [{ ...web, grantTypes: ['implicit'] }, '/grantTypes'],
    [{ ...web, grantTypes: ['password'] }, '/grantTypes'],
    [{ ...web, grantTypes: ['authorization_code', 'client_credentials'] }, '/grantTypes'],
    [{ ...web, tokenEndpointAuthMethod: 'none' }, '/tokenEndpointAuthMethod'],
    [{ ...web, tokenEndpointAuthMethod: 'client_secret_jwt' }, '/tokenEndpointAuthMethod'],
    [{ ...web, clientUri: 'javascript:alert(1)' }, '/clientUri'],
    [{ ...web, jwks: { keys: [keys.privateKey.export({ format: 'jwk' })] } }, '/jwks/keys/0'],
    [{ ...web, jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, '/jwks/keys/0'],
    [{ ...web, jwks: [] }, '/jwks'],
    [{ ...web, refreshGraceSeconds: 11 }, '/refreshGraceSeconds'],
    [{ ...web, refreshAbsoluteSeconds: 7_776_001 }, '/refreshAbsoluteSeconds'],
    [{ ...web, accessTokenSeconds: 86_401 }, '/accessTokenSeconds'],
    [{ ...web, accessTokenFormat: 'jwt', accessTokenSeconds: 3_601 }, '/accessTokenSeconds'],
    [
      { ...web, subjectType: 'pairwise', redirectUris: [callback, 'https://b.example/'] },
      '/sectorIdentifier',
    ],
    [{ ...web, orgId: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' }, '/orgId'],
    [{ ...web, status: 'disabled' }, '/status'],
    [{ ...web, registeredDynamically: true }, '/registeredDynamically'],
    [{ ...machine, redirectUris: [callback] }, '/redirectUris'],
    [{ ...machine, tokenEndpointAuthMethod: 'private_key_jwt' }, '/jwks'],
  ])('is not made of %j', async (body, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization), body);

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('stays as it is when a change would make it contradict itself', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, web);
    const before = await app.given.snapshot(organization);
    const change = (body: object) => app.api.as(owner).patch(pathOf(organization, id), body);

    expect(await change({ redirectUris: [] })).toBeProblem('invalid_request', { pointer: '/redirectUris' });
    expect(await change({ grantTypes: ['refresh_token'] })).toBeProblem('invalid_request');
    expect(await change({ tokenEndpointAuthMethod: 'private_key_jwt' })).toBeProblem('invalid_request', {
      pointer: '/jwks',
    });
    expect(await change({ type: 'machine' })).toBeProblem('invalid_request', { pointer: '/type' });
    expect(await change({ name: null })).toBeProblem('invalid_request', { pointer: '/name' });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('loses its secrets when it begins to use a key', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, machine);

    const changed = await app.api
      .as(owner)
      .patch(pathOf(organization, id), { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    const secrets = await app.api.as(owner).get(pathOf(organization, `${id}/secrets`));

    expect(changed.body).toMatchObject({ tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    expect(secrets.body.items).toEqual([]);
  });

  it('is disabled and enabled, and deleted with all that it has', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, machine);
    await app.api.as(owner).put(pathOf(organization, `${id}/roles`), { roles: ['member'] });
    await app.given.forgetAudit(organization);

    const disabled = await app.api.as(owner).put(pathOf(organization, `${id}/deactivation`));
    const again = await app.api.as(owner).put(pathOf(organization, `${id}/deactivation`));
    const shown = await app.api.as(owner).get(pathOf(organization, id));
    const enabled = await app.api.as(owner).delete(pathOf(organization, `${id}/deactivation`));
    const deleted = await app.api.as(owner).delete(pathOf(organization, id));
    const gone = await app.api.as(owner).get(pathOf(organization, id));

    expect([disabled.status, again.status, enabled.status, deleted.status]).toEqual([204, 204, 204, 204]);
    expect(shown.body.status).toBe('disabled');
    expect(gone).toBeProblem('not_found');
    expect(await app.sql('select 1 from application_secrets where org_id = $1', [organization.id])).toEqual(
      [],
    );
    expect(await app.sql('select 1 from application_roles where org_id = $1', [organization.id])).toEqual([]);
    expect(await app.given.auditOf(organization)).toEqual([
      'application.deactivated',
      'application.reactivated',
      'application.deleted',
    ]);
  });

  it('asks for the permission', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await create(organization, owner, web);
    const reader = await app.given.user(organization, { permissions: ['applications:read'] });
    const max = await app.given.user(organization, { roles: ['member'] });
    const admin = await app.given.user(organization, { roles: ['admin'] });

    expect(await app.api.as(max).get(pathOf(organization))).toBeProblem('permission_denied');
    expect((await app.api.as(reader).get(pathOf(organization, id))).status).toBe(200);
    expect(await app.api.as(reader).post(pathOf(organization), web)).toBeProblem('permission_denied');
    expect(await app.api.as(reader).delete(pathOf(organization, id))).toBeProblem('permission_denied');
    expect((await app.api.as(admin).post(pathOf(organization), web)).status).toBe(201);
  });

  it('is no other organization’s, by whatever it has', async () => {
    const { organization: acme, owner: olga } = await app.given.organization();
    const { organization: globex, owner: otto } = await app.given.organization();
    const { id } = await create(globex, otto, machine);
    const [secret] = (await app.api.as(otto).get(pathOf(globex, `${id}/secrets`))).body.items;
    const own = await create(acme, olga, machine);
    const before = await app.given.snapshot(globex);

    for (const response of [
      await app.api.as(olga).get(pathOf(acme, id)),
      await app.api.as(olga).patch(pathOf(acme, id), { name: 'Mine' }),
      await app.api.as(olga).delete(pathOf(acme, id)),
      await app.api.as(olga).post(pathOf(acme, `${id}/secrets`), {}),
      await app.api.as(olga).delete(pathOf(acme, `${own.id}/secrets/${secret.id}`)),
      await app.api.as(olga).put(pathOf(acme, `${id}/roles`), { roles: [] }),
    ])
      expect(response).toBeProblem('not_found');
    expect(await app.given.snapshot(globex)).toEqual(before);
  });
});

describe('The list of applications', () => {
  it('comes in pages, newest first, and by name and type', async () => {
    const { organization, owner } = await app.given.organization();
    for (const name of ['One', 'Two', 'Three']) await create(organization, owner, { ...machine, name });
    await create(organization, owner, { ...web, name: '50%_off' });
    const list = async (query: string) =>
      (await app.api.as(owner).get(`${pathOf(organization)}?${query}`)).body;

    const first = await list('limit=3');
    const second = await list(`limit=3&cursor=${first.nextCursor}`);

    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['50%_off', 'Three', 'Two']);
    expect(second).toMatchObject({ items: [{ name: 'One' }], nextCursor: null });
    expect((await list('q=t')).items).toHaveLength(2);
    expect((await list('q=%25_')).items).toMatchObject([{ name: '50%_off' }]);
    expect((await list('type=web')).items).toMatchObject([{ name: '50%_off' }]);
    expect(
      await app.api.as(owner).get(`${pathOf(organization)}?type=web&cursor=${first.nextCursor}`),
    ).toBeProblem('invalid_request');
  });

  it('takes as many statements whatever its length', async () => {
    const { organization, owner } = await app.given.organization();
    await create(organization, owner, machine);
    const list = () => app.api.as(owner).get(`${pathOf(organization)}?limit=200`);
    await list();
    const ofOne = await statementsOf(list);
    for (let count = 0; count < 20; count += 1) await create(organization, owner, machine);

    expect(await statementsOf(list)).toBe(ofOne);
  });

  it('has an end', async () => {
    const { organization, owner } = await app.given.organization();
    await app.sql(
      `insert into applications (org_id, name, type, grant_types, token_endpoint_auth_method)
       select $1, 'Machine', 'machine', '{client_credentials}', 'client_secret_basic' from generate_series(1, 999)`,
      [organization.id],
    );

    const answers = await Promise.all(
      Array.from({ length: 4 }, () => app.api.as(owner).post(pathOf(organization), machine)),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
  });
});

describe('On one’s own machine', () => {
  const local = { ...web, redirectUris: ['http://localhost:3000/callback'] };
  const native = { ...local, type: 'native' };

  it('applications live while developing, and in production only those of devices', async () => {
    const { organization, owner } = await app.given.organization();
    const env = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://login.example.com',
      LOG_LEVEL: 'info',
      MAIL_FROM: 'login@example.com',
    };
    const production = await startApp({ beside: app, env });
    try {
      const developed = await app.api.as(owner).post(pathOf(organization), local);
      const refused = await production.api.as(owner).post(pathOf(organization), local);
      const device = await production.api.as(owner).post(pathOf(organization), native);

      expect(developed.status).toBe(201);
      expect(refused).toBeProblem('invalid_request', { pointer: '/redirectUris/0' });
      expect(device.status).toBe(201);
    } finally {
      await production.stop();
    }
  });
});

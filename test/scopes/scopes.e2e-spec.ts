import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Scopes } from '../../src/scopes/scopes.service.js';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = (organization: TestOrganization, rest: string) =>
  `/v1/organizations/${organization.slug}/${rest}`;

const read = (organization: TestOrganization) =>
  app.get(Database).forOrganization(organization.id, (tx) => app.get(Scopes).read(tx));

const department = { name: 'https://acme.example/department', source: 'metadata.department' };

describe('A claim', () => {
  it('is defined, changed and deleted, and leaves the scopes that bring it', async () => {
    const { organization, owner } = await app.given.organization();
    const claims = pathOf(organization, 'claims');

    const created = await app.api
      .as(owner)
      .post(claims, { ...department, description: 'Where somebody works' });
    const named = `${claims}/${encodeURIComponent(department.name)}`;
    const found = await app.api.as(owner).get(named);
    await app.api
      .as(owner)
      .post(pathOf(organization, 'scopes'), { name: 'work', claims: [department.name, 'email'] });
    const changed = await app.api
      .as(owner)
      .patch(named, { source: 'profile.metadata.department' }, { headers: { 'if-match': '"1"' } });
    const stale = await app.api
      .as(owner)
      .patch(named, { source: 'email' }, { headers: { 'if-match': '"1"' } });
    const deleted = await app.api.as(owner).delete(named);
    const scope = await app.api.as(owner).get(pathOf(organization, 'scopes/work'));

    expect(created.status).toBe(201);
    expect(found.body).toEqual(created.body);
    expect(changed.body).toMatchObject({ source: 'profile.metadata.department', version: 2 });
    expect(changed.body.description).toBe('Where somebody works');
    expect(stale).toBeProblem('stale');
    expect(deleted.status).toBe(204);
    expect(scope.body).toMatchObject({ claims: ['email'], version: 2 });
    expect(await app.given.auditOf(organization)).toEqual([
      'claim.created',
      'scope.created',
      'claim.updated',
      'claim.deleted',
    ]);
  });

  it.each([
    [{ name: 'sub', source: 'email' }, 'reserved_claim', undefined],
    [{ name: 'Roles', source: 'email' }, 'reserved_claim', undefined],
    [{ name: 'email_verified', source: 'metadata.verified' }, 'reserved_claim', undefined],
    [{ name: 'constructor', source: 'email' }, 'reserved_claim', undefined],
    [{ name: '__proto__', source: 'email' }, 'invalid_request', '/name'],
    [{ name: 'a b', source: 'email' }, 'invalid_request', '/name'],
    [{ name: 'hash', source: 'password_hash' }, 'invalid_request', '/source'],
    [{ name: 'hash', source: 'metadata' }, 'invalid_request', '/source'],
    [{ name: 'x', source: 'email', description: 'a\u202eb' }, 'invalid_request', '/description'],
  ])('is not made of %j', async (body, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization, 'claims'), body);

    expect(response).toBeProblem(code, pointer === undefined ? {} : { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('has one name, also of many at once', async () => {
    const { organization, owner } = await app.given.organization();

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => app.api.as(owner).post(pathOf(organization, 'claims'), department)),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)).toBeProblem('claim_taken');
  });

  it('has its value from the user and the profile of one person', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { fullName: 'Max', metadata: { department: 'Press' } });
    const claims = [
      { name: 'department', source: 'metadata.department' },
      { name: 'called', source: 'fullName' },
      { name: 'shoe', source: 'profile.metadata.shoe' },
      { name: 'zone', source: 'profile.timeZone' },
    ];
    await app.sql(`update user_profiles set time_zone = 'Europe/Vienna' where org_id = $1 and user_id = $2`, [
      organization.id,
      max.id,
    ]);

    const values = await app
      .get(Database)
      .forOrganization(organization.id, (tx) => app.get(Scopes).valuesOf(tx, max.id, claims));

    expect(values).toEqual({ department: 'Press', called: 'Max', zone: 'Europe/Vienna' });
  });
});

describe('A scope', () => {
  it('is defined with what people read, listed by name, changed and deleted', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(pathOf(organization, 'claims'), department);
    await app.given.forgetAudit(organization);
    const scopes = pathOf(organization, 'scopes');
    const body = {
      name: 'work',
      descriptions: { en: 'See where you work', de: 'Sehen, wo Sie arbeiten' },
      claims: [department.name],
    };

    const created = await app.api.as(owner).post(scopes, body);
    await app.api.as(owner).post(scopes, { name: 'another' });
    const first = await app.api.as(owner).get(`${scopes}?limit=1`);
    const second = await app.api.as(owner).get(`${scopes}?limit=1&cursor=${first.body.nextCursor}`);
    const changed = await app.api.as(owner).patch(`${scopes}/work`, { descriptions: { en: 'Work' } });
    const same = await app.api.as(owner).patch(`${scopes}/work`, { descriptions: { en: 'Work' } });
    const deleted = await app.api.as(owner).delete(`${scopes}/${created.body.id}`);

    expect(created.body).toMatchObject({ ...body, version: 1 });
    expect(first.body.items).toMatchObject([{ name: 'another', claims: [], descriptions: {} }]);
    expect(second.body).toMatchObject({ items: [{ name: 'work' }], nextCursor: null });
    expect(changed.body).toMatchObject({
      descriptions: { en: 'Work' },
      claims: [department.name],
      version: 2,
    });
    expect(same.body).toEqual(changed.body);
    expect(deleted.status).toBe(204);
    expect(await app.given.auditOf(organization)).toEqual([
      'scope.created',
      'scope.created',
      'scope.updated',
      'scope.deleted',
    ]);
  });

  it.each([
    [{ name: 'openid' }, 'reserved_scope', undefined],
    [{ name: 'roles' }, 'reserved_scope', undefined],
    [{ name: 'users:read' }, 'reserved_scope', undefined],
    [{ name: 'users:anything' }, 'reserved_scope', undefined],
    [{ name: 'platform:organizations' }, 'reserved_scope', undefined],
    [{ name: 'work', claims: ['nothing'] }, 'unknown_claim', undefined],
    [{ name: 'work', claims: ['sub'] }, 'unknown_claim', undefined],
    [{ name: 'a b' }, 'invalid_request', '/name'],
    [{ name: 'work', descriptions: { en: '<b>\u202e</b>' } }, 'invalid_request', '/descriptions'],
    [{ name: 'work', descriptions: { english: 'x' } }, 'invalid_request', '/descriptions'],
    [{ name: 'work', descriptions: null }, 'invalid_request', '/descriptions'],
  ])('is not made of %j', async (body, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization, 'scopes'), body);

    expect(response).toBeProblem(code, pointer === undefined ? {} : { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('asks for the permission', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { permissions: ['scopes:read', 'applications:*'] });
    const before = await app.given.snapshot(organization);

    for (const path of ['scopes', 'claims', 'api-resources'])
      expect((await app.api.as(max).get(pathOf(organization, path))).status).toBe(200);
    expect(await app.api.as(max).post(pathOf(organization, 'scopes'), { name: 'x' })).toBeProblem(
      'permission_denied',
    );
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('An API', () => {
  const articles = {
    identifier: 'https://api.acme.example/articles',
    name: 'Articles',
    scopes: [{ name: 'articles:write', description: 'Write your articles' }, { name: 'articles:read' }],
  };

  it('is defined with its scopes in their order, changed and deleted', async () => {
    const { organization, owner } = await app.given.organization();
    const resources = pathOf(organization, 'api-resources');

    const created = await app.api.as(owner).post(resources, articles);
    const id = created.body.id as string;
    const changed = await app.api.as(owner).patch(
      `${resources}/${id}`,
      {
        accessTokenSeconds: 120,
        scopes: [{ name: 'articles:read', description: 'Read' }, { name: 'new' }],
      },
      { headers: { 'if-match': '"1"' } },
    );
    const stale = await app.api
      .as(owner)
      .patch(`${resources}/${id}`, { name: 'x' }, { headers: { 'if-match': '"1"' } });
    const same = await app.api.as(owner).patch(`${resources}/${id}`, { name: 'Articles' });
    const listed = await app.api.as(owner).get(resources);
    const deleted = await app.api.as(owner).delete(`${resources}/${id}`);

    expect(created.body).toMatchObject({
      ...articles,
      accessTokenFormat: 'jwt',
      accessTokenSeconds: null,
      scopes: [
        { name: 'articles:write', description: 'Write your articles' },
        { name: 'articles:read', description: null },
      ],
      version: 1,
    });
    expect(changed.body).toMatchObject({
      accessTokenSeconds: 120,
      scopes: [
        { name: 'articles:read', description: 'Read' },
        { name: 'new', description: null },
      ],
      version: 2,
    });
    expect(stale).toBeProblem('stale');
    expect(same.body).toEqual(changed.body);
    expect(listed.body).toEqual({ items: [changed.body], nextCursor: null });
    expect(deleted.status).toBe(204);
    expect(await app.given.auditOf(organization)).toEqual([
      'api_resource.created',
      'api_resource.updated',
      'api_resource.deleted',
    ]);
  });

  it.each([
    [{ ...articles, identifier: 'urn:tenantry:acme' }, 'reserved_api_resource', undefined],
    [{ ...articles, identifier: 'articles' }, 'invalid_request', '/identifier'],
    [{ ...articles, identifier: 'javascript:alert(1)' }, 'invalid_request', '/identifier'],
    [{ ...articles, identifier: 'https://api.acme.example/#x' }, 'invalid_request', '/identifier'],
    [{ ...articles, scopes: [{ name: 'a' }, { name: 'a' }] }, 'invalid_request', '/scopes/1/name'],
    [{ ...articles, scopes: [{ name: 'openid' }] }, 'reserved_scope', undefined],
    [{ ...articles, scopes: [{ name: 'users:read' }] }, 'reserved_scope', undefined],
    [{ ...articles, scopes: [{ name: 'a', description: 'x\ny' }] }, 'invalid_request', undefined],
    [{ ...articles, accessTokenSeconds: 3_601 }, 'invalid_request', '/accessTokenSeconds'],
    [{ ...articles, name: 'a\u2067b' }, 'invalid_request', '/name'],
  ])('is not made of %j', async (body, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization, 'api-resources'), body);

    expect(response).toBeProblem(code, pointer === undefined ? {} : { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is not an address of this server', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api
      .as(owner)
      .post(pathOf(organization, 'api-resources'), { ...articles, identifier: `${app.origin}/o/acme` });

    expect(response).toBeProblem('reserved_api_resource');
  });

  it('has an identifier of its own, and no scope that the organization has', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex, owner: otto } = await app.given.organization();
    const resources = pathOf(organization, 'api-resources');
    await app.api.as(owner).post(resources, articles);
    await app.api.as(owner).post(pathOf(organization, 'scopes'), { name: 'work' });

    const again = await app.api.as(owner).post(resources, { ...articles, scopes: [] });
    const elsewhere = await app.api.as(otto).post(pathOf(globex, 'api-resources'), articles);
    const clash = await app.api
      .as(owner)
      .post(resources, { identifier: 'urn:acme:b', name: 'B', scopes: [{ name: 'work' }] });
    const back = await app.api.as(owner).post(pathOf(organization, 'scopes'), { name: 'articles:read' });

    expect(again).toBeProblem('api_resource_taken');
    expect(elsewhere.status).toBe(201);
    expect(clash).toBeProblem('scope_taken');
    expect(back).toBeProblem('scope_taken');
  });
});

describe('The catalogue of scopes', () => {
  it('has everything that the organization defines, and the product’s own API', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(pathOf(organization, 'claims'), department);
    await app.api.as(owner).post(pathOf(organization, 'scopes'), { name: 'work', claims: [department.name] });
    await app.api.as(owner).post(pathOf(organization, 'api-resources'), {
      identifier: 'urn:acme:articles',
      name: 'Articles',
      accessTokenFormat: 'opaque',
      scopes: [{ name: 'articles:read' }],
    });

    const { scopes, claims, resources } = await read(organization);

    expect(scopes).toEqual([{ name: 'work', descriptions: {}, claims: [department.name] }]);
    expect(claims).toEqual([department]);
    expect(resources).toHaveLength(2);
    expect(resources[0]).toMatchObject({
      identifier: `urn:tenantry:${organization.slug}`,
      isSystem: true,
      accessTokenFormat: 'jwt',
      accessTokenSeconds: 300,
    });
    const permissions = resources[0]!.scopes.map(({ name }) => name);
    expect(permissions).toContain('users:read');
    expect(permissions).not.toContain('platform:organizations');
    expect(resources[1]).toEqual({
      identifier: 'urn:acme:articles',
      name: 'Articles',
      isSystem: false,
      accessTokenFormat: 'opaque',
      accessTokenSeconds: 3_600,
      scopes: [{ name: 'articles:read', description: null }],
    });
  });

  it('allows an application everything but permissions of the product, or what is named', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(pathOf(organization, 'scopes'), { name: 'work' });
    await app.api.as(owner).post(pathOf(organization, 'api-resources'), {
      identifier: 'urn:acme:a',
      name: 'A',
      scopes: [{ name: 'a:b' }],
    });
    const scopes = app.get(Scopes);
    const catalogue = await read(organization);

    const unnamed = scopes.allowedTo(catalogue, null);
    const named = scopes.allowedTo(catalogue, [
      'openid',
      'users:read',
      'work',
      'gone',
      'platform:organizations',
    ]);

    expect(unnamed).toEqual(expect.arrayContaining(['openid', 'offline_access', 'roles', 'work', 'a:b']));
    expect(unnamed).not.toContain('users:read');
    expect(named).toEqual(['openid', 'users:read', 'work']);
    expect(scopes.allowedTo(catalogue, [])).toEqual([]);
  });

  it('is empty for who has defined nothing, and the platform’s has its permission', async () => {
    const { organization } = await app.given.organization();
    const platform = await app.given.platformOrganization();

    expect(await read(organization)).toMatchObject({ scopes: [], claims: [] });
    const [product] = (await read(platform)).resources;
    expect(product!.scopes.map(({ name }) => name)).toContain('platform:organizations');
  });
});

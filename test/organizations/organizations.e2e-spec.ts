import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { testPassword } from '../support/given.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const unique = () => `org-${newId().slice(-12)}`;

describe('creating an organization', () => {
  it('makes it with system roles and an owner who can sign in, and records it on both sides', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    await app.given.forgetAudit(platform);
    const slug = unique();

    const response = await app.api.as(operator).post('/v1/organizations', {
      name: '  Initech  ',
      slug,
      owner: { email: `Bill@${slug}.example`, fullName: 'Bill', password: testPassword },
      settings: { plan: 'team' },
    });

    expect(response.status).toBe(201);
    expect(response.headers['etag']).toBe('"1"');
    expect(response.body).toMatchObject({
      name: 'Initech',
      slug,
      status: 'active',
      settings: { plan: 'team' },
    });
    const organization = { id: response.body.id, slug, name: 'Initech' };
    const signIn = await app.api.post(`/v1/organizations/${slug}/sign-in`, {
      identifier: `bill@${slug}.example`,
      password: testPassword,
    });
    expect(signIn.status).toBe(200);
    const roles = await app.api.as(signIn.body).get(`/v1/organizations/${slug}/roles`);
    expect(roles.body.items.map(({ name }: { name: string }) => name).sort()).toEqual([
      'admin',
      'member',
      'owner',
    ]);
    expect(await app.given.auditOf(organization)).toEqual(
      expect.arrayContaining(['organization.created', 'user.created']),
    );
    expect(await app.given.auditOf(platform)).toEqual(['organization.created']);
  });

  it('refuses a taken slug and bad input, and writes nothing', async () => {
    const operator = await app.given.operator();
    const { organization } = await app.given.organization();
    const platform = await app.given.platformOrganization();
    await app.given.forgetAudit(platform);
    const count = async () =>
      (await app.sql<{ n: string }>('select count(*) as n from tenantry.organizations'))[0]!.n;
    const before = await count();
    const create = (body: unknown) => app.api.as(operator).post('/v1/organizations', body);

    expect(await create({ name: 'Twin', slug: organization.slug })).toBeProblem('slug_taken');
    expect(await create({ name: 'Twin', slug: 'platform' })).toBeProblem('slug_taken');
    expect(
      await create({ name: 'Bad', slug: unique(), owner: { email: 'x@y.example', password: 'short' } }),
    ).toBeProblem('weak_password');
    expect(
      await create({ name: 'Bad', slug: unique(), owner: { email: 'no-address', password: testPassword } }),
    ).toBeProblem('invalid_request');

    expect(await count()).toBe(before);
    expect(await app.given.auditOf(platform)).toEqual([]);
  });

  it.each([
    ['an upper-case slug', { name: 'A', slug: 'Acme' }],
    ['a slug with a space', { name: 'A', slug: 'a b' }],
    ['a slug that ends in a hyphen', { name: 'A', slug: 'a-' }],
    ['no name', { slug: 'a' }],
    ['an empty name', { name: '   ', slug: 'a' }],
    ['an unknown key', { name: 'A', slug: 'a', plan: 'x' }],
    ['an owner without identifier', { name: 'A', slug: 'a', owner: { fullName: 'X' } }],
    ['settings that are too large', { name: 'A', slug: 'a', settings: { x: 'y'.repeat(20_000) } }],
    ['settings that are a list', { name: 'A', slug: 'a', settings: [] }],
  ])('refuses %s', async (_, body) => {
    const operator = await app.given.operator();

    const response = await app.exchange.send({
      method: 'POST',
      path: '/v1/organizations',
      headers: { authorization: `Bearer ${operator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

    expect(JSON.parse(response.text)).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('has one effect for fifty parallel requests with one idempotency key', async () => {
    const operator = await app.given.operator();
    const slug = unique();
    const send = (name: string) =>
      app.api
        .as(operator)
        .post('/v1/organizations', { name, slug }, { headers: { 'idempotency-key': slug } });

    const responses = await Promise.all(Array.from({ length: 50 }, () => send('Initech')));

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    expect(await send('Another')).toBeProblem('idempotency_key_reused');
  });

  it('is for operators only', async () => {
    const { owner } = await app.given.organization();

    expect(await app.api.as(owner).post('/v1/organizations', { name: 'Mine', slug: unique() })).toBeProblem(
      'permission_denied',
    );
    expect(await app.api.as(owner).get('/v1/organizations')).toBeProblem('permission_denied');
    expect(await app.api.get('/v1/organizations')).toBeProblem('unauthenticated');
  });
});

describe('reading and changing organizations', () => {
  it('lists them newest first in pages that do not overlap, and finds them by name', async () => {
    const operator = await app.given.operator();
    for (let i = 0; i < 3; i += 1) await app.given.organization({ name: 'Umbrella 100%' });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await app.api.as(operator).get(`/v1/organizations?limit=2${query}`);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }

    expect(new Set(seen).size).toBe(seen.length);
    const found = await app.api.as(operator).get('/v1/organizations?q=umbrella%20100%25');
    expect(found.body.items).toHaveLength(3);
    expect((await app.api.as(operator).get('/v1/organizations?q=100%25%25')).body.items).toEqual([]);
    expect(await app.api.as(operator).get('/v1/organizations?cursor=forged')).toBeProblem('invalid_request');
  });

  it('lets operators and the organization’s own administrators read and change it', async () => {
    const operator = await app.given.operator();
    const { organization, owner } = await app.given.organization();
    const member = await app.given.user(organization, { roles: ['member'] });
    const path = `/v1/organizations/${organization.slug}`;

    expect((await app.api.as(operator).get(path)).body.id).toBe(organization.id);
    expect((await app.api.as(owner).get(`/v1/organizations/${organization.id}`)).body.slug).toBe(
      organization.slug,
    );
    expect(await app.api.as(member).get(path)).toBeProblem('permission_denied');
    const changed = await app.api
      .as(owner)
      .patch(path, { name: 'Acme International' }, { headers: { 'if-match': '"1"' } });

    expect(changed.body).toMatchObject({ name: 'Acme International', version: 2 });
    expect(
      await app.api.as(owner).patch(path, { name: 'Late' }, { headers: { 'if-match': '"1"' } }),
    ).toBeProblem('stale');
    expect((await app.api.as(owner).get(path)).body.name).toBe('Acme International');
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'organization.changed',
    ]);
  });

  it('hides other organizations from those who are no operators', async () => {
    const { owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const before = await app.given.snapshot(globex.organization);

    for (const name of [globex.organization.slug, globex.organization.id, 'platform', newId(), 'nowhere']) {
      const path = `/v1/organizations/${name}`;
      expect(await app.api.as(owner).get(path)).toBeProblem('not_found');
      expect(await app.api.as(owner).patch(path, { name: 'Mine' })).toBeProblem('not_found');
      expect(await app.api.as(owner).delete(path)).toBeProblem('not_found');
      expect(await app.api.as(owner).put(`${path}/suspension`)).toBeProblem('not_found');
    }

    expect(await app.given.snapshot(globex.organization)).toEqual(before);
  });
});

describe('suspending an organization', () => {
  it('ends and refuses everything, and lifting it does not bring sessions back', async () => {
    const operator = await app.given.operator();
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);
    const path = `/v1/organizations/${organization.slug}`;
    const signIn = () =>
      app.api.post(`${path}/sign-in`, { identifier: owner.email, password: owner.password });

    expect((await app.api.as(operator).put(`${path}/suspension`)).body.status).toBe('suspended');

    expect(await app.api.as(owner).get(path)).toBeProblem('unauthenticated');
    expect(await app.api.as(key).get(path)).toBeProblem('unauthenticated');
    expect((await signIn()).status).not.toBe(200);
    expect((await app.api.as(operator).put(`${path}/suspension`)).status).toBe(200);
    expect((await app.api.as(operator).delete(`${path}/suspension`)).body.status).toBe('active');
    expect(await app.api.as(owner).get(path)).toBeProblem('unauthenticated');
    expect((await app.api.as(key).get(path)).status).toBe(200);
    expect((await signIn()).status).toBe(200);
    expect(await app.given.auditOf(organization)).toEqual(
      expect.arrayContaining(['organization.suspended', 'organization.suspension_lifted']),
    );
  });

  it('is not for its own owner, nor for the platform organization', async () => {
    const operator = await app.given.operator();
    const { organization, owner } = await app.given.organization();

    expect(await app.api.as(owner).put(`/v1/organizations/${organization.slug}/suspension`)).toBeProblem(
      'permission_denied',
    );
    expect(await app.api.as(operator).put('/v1/organizations/platform/suspension')).toBeProblem(
      'platform_organization',
    );
    expect(await app.api.as(operator).delete('/v1/organizations/platform')).toBeProblem(
      'platform_organization',
    );
    expect((await app.api.as(operator).get('/v1/organizations/platform')).body.status).toBe('active');
  });
});

describe('deleting an organization', () => {
  it('removes every row of it and leaves a record with the platform', async () => {
    const operator = await app.given.operator();
    const platform = await app.given.platformOrganization();
    const { organization, owner } = await app.given.organization();
    await app.given.user(organization, { roles: ['member'] });
    await app.given.apiKey(owner);
    await app.given.forgetAudit(platform);

    expect((await app.api.as(owner).delete(`/v1/organizations/${organization.slug}`)).status).toBe(204);

    expect(await app.api.as(owner).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.as(operator).get(`/v1/organizations/${organization.slug}`)).toBeProblem('not_found');
    const tables = await app.sql<{ name: string }>(
      `select table_name as name from information_schema.columns where table_schema = 'tenantry' and column_name = 'org_id'
          and table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = 'tenantry')`,
    );
    for (const { name } of tables) {
      const [row] = await app.sql<{ n: string }>(
        `select count(*) as n from tenantry.${name} where org_id = $1`,
        [organization.id],
      );
      expect([name, row!.n]).toEqual([name, '0']);
    }
    expect(await app.given.auditOf(platform)).toEqual(['organization.deleted']);
  });

  it('is not for administrators who are no owners', async () => {
    const { organization } = await app.given.organization();
    const admin = await app.given.user(organization, { roles: ['admin'] });
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(admin).delete(`/v1/organizations/${organization.slug}`)).toBeProblem(
      'permission_denied',
    );

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['access.refused (refused)']);
  });
});

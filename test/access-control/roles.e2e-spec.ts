import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';
import { statementsOf } from './statements.js';

describe('roles and permissions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const roles = (organization: TestOrganization, role = '') =>
    `/v1/organizations/${organization.slug}/roles${role && `/${role}`}`;
  const permissions = (organization: TestOrganization, permission = '') =>
    `/v1/organizations/${organization.slug}/permissions${permission && `/${permission}`}`;

  it('start with owner, admin and member', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).get(roles(organization));

    const items = response.body.items as { name: string; isSystemRole: boolean; permissions: string[] }[];
    expect(items.map(({ name }) => name)).toEqual(['admin', 'member', 'owner']);
    expect(items.every(({ isSystemRole }) => isSystemRole)).toBe(true);
    expect(items.map(({ permissions: held }) => held)).toEqual([
      expect.arrayContaining(['users:*', 'roles:*', 'organization:read', 'organization:write']),
      [],
      ['*'],
    ]);
    expect(items[0]!.permissions).not.toContain('organization:*');
  });

  it('are created with what they hold, which defines what was unknown', async () => {
    const { organization, owner } = await app.given.organization();

    const created = await app.api.as(owner).post(roles(organization), {
      name: 'editor',
      description: 'Writes',
      permissions: ['articles:publish', 'users:read', 'articles:publish', 'drafts:*'],
    });

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'editor',
      description: 'Writes',
      isSystemRole: false,
      permissions: ['articles:publish', 'drafts:*', 'users:read'],
      version: 1,
    });
    expect(created.headers['etag']).toBe('"1"');
    const admin = await app.api.as(owner).get(roles(organization, 'admin'));
    expect(admin.body.permissions).toEqual(expect.arrayContaining(['articles:publish', 'drafts:*']));
    const known = await app.api.as(owner).get(permissions(organization) + '?q=articles');
    expect(known.body.items).toMatchObject([{ name: 'articles:publish', isProduct: false }]);
    expect((await app.api.as(owner).get(roles(organization, created.body.id))).body).toEqual(created.body);
    expect(await app.given.auditOf(organization)).toEqual(['role.created']);
  });

  it('are created once for one idempotency key', async () => {
    const { organization, owner } = await app.given.organization();
    const body = { name: 'editor', permissions: ['articles:publish'] };
    const options = { headers: { 'idempotency-key': 'editor-1' } };

    const first = await app.api.as(owner).post(roles(organization), body, options);
    const second = await app.api.as(owner).post(roles(organization), body, options);

    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(await app.given.auditOf(organization)).toEqual(['role.created']);
  });

  it.each([
    ['an unknown action of the product', ['users:frobnicate'], 'unknown_permission'],
    ['a permission of the platform', ['platform:organizations'], 'unknown_permission'],
    ['everything of the platform', ['platform:*'], 'unknown_permission'],
    ['no permission at all', ['publish articles'], 'invalid_request'],
    ['a wildcard in front', ['*:publish'], 'invalid_request'],
  ])('cannot hold %s', async (_, held, code) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(roles(organization), { name: 'editor', permissions: held });

    expect(response).toBeProblem(code);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('may hold permissions of the platform in the platform organization only', async () => {
    const operator = await app.given.operator();

    const response = await app.api.as(operator).post('/v1/organizations/platform/roles', {
      name: 'support',
      permissions: ['platform:organizations'],
    });

    expect(response.status).toBe(201);
    const admin = await app.given.user(await app.given.platformOrganization(), { roles: ['admin'] });
    const refused = await app.api.as(admin).post('/v1/organizations/platform/roles', {
      name: 'support-2',
      permissions: ['platform:organizations'],
    });
    expect(refused).toBeProblem('permission_denied');
  });

  it.each(['owner', 'admin', 'member'])('cannot change or delete %s', async (name) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const changed = await app.api.as(owner).patch(roles(organization, name), { permissions: [] });
    const deleted = await app.api.as(owner).delete(roles(organization, name));

    expect(changed).toBeProblem('system_role');
    expect(deleted).toBeProblem('system_role');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([
      'role.updated (refused)',
      'role.deleted (refused)',
    ]);
  });

  it('have one name each, which does not look like an id', async () => {
    const { organization, owner } = await app.given.organization();

    const taken = await app.api.as(owner).post(roles(organization), { name: 'admin', permissions: [] });
    const confusing = await app.api.as(owner).post(roles(organization), {
      name: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4',
      permissions: [],
    });

    expect(taken).toBeProblem('role_name_taken');
    expect(confusing).toBeProblem('invalid_request', { pointer: '/name' });
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('are renamed and refilled, by who knows the current version', async () => {
    const { organization, owner } = await app.given.organization();
    const { body: role } = await app.api
      .as(owner)
      .post(roles(organization), { name: 'editor', permissions: ['articles:publish'] });

    const changed = await app.api
      .as(owner)
      .patch(
        roles(organization, 'editor'),
        { name: 'chief', permissions: ['articles:delete'] },
        { headers: { 'if-match': '"1"' } },
      );
    const stale = await app.api
      .as(owner)
      .patch(roles(organization, 'chief'), { description: 'Too late' }, { headers: { 'if-match': '"1"' } });

    expect(changed.body).toMatchObject({
      id: role.id,
      name: 'chief',
      permissions: ['articles:delete'],
      version: 2,
    });
    expect(stale).toBeProblem('stale');
    expect(await app.given.auditOf(organization)).toEqual(['role.created', 'role.updated']);
  });

  it('leave their users when they are deleted', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish']);
    const max = await app.given.user(organization, { roles: ['editor', 'member'] });

    const response = await app.api.as(owner).delete(roles(organization, 'editor'));

    expect(response.status).toBe(204);
    const left = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/users/${max.id}/roles`);
    expect(left.body.roles).toEqual([{ role: 'member', expiresAt: null }]);
    expect(await app.given.auditOf(organization)).toEqual(['role.deleted']);
    expect(await app.api.as(owner).get(roles(organization, 'editor'))).toBeProblem('not_found');
  });

  it('come in pages', async () => {
    const { organization, owner } = await app.given.organization();
    for (const name of ['a-role', 'b-role', 'c-role']) await app.given.role(organization, name, ['x:y']);

    const first = await app.api.as(owner).get(`${roles(organization)}?limit=4`);
    const second = await app.api
      .as(owner)
      .get(`${roles(organization)}?limit=4&cursor=${first.body.nextCursor}`);
    const foreign = await app.api
      .as(owner)
      .get(`${roles(organization)}?q=role&cursor=${first.body.nextCursor}`);

    const names = [...first.body.items, ...second.body.items].map(({ name }) => name as string);
    expect(names).toEqual(['a-role', 'admin', 'b-role', 'c-role', 'member', 'owner']);
    expect(second.body.nextCursor).toBeNull();
    expect(foreign).toBeProblem('invalid_request');
  });

  it('are listed with as many statements whatever their number', async () => {
    const { organization, owner } = await app.given.organization();
    const list = () => app.api.as(owner).get(`${roles(organization)}?limit=200`);
    await list();
    const ofThree = await statementsOf(list);
    for (let number = 0; number < 50; number += 1)
      await app.given.role(organization, `role-${number}`, ['articles:publish', 'articles:write']);

    const ofMany = await statementsOf(list);

    expect(ofThree).toBeGreaterThan(3);
    expect(ofMany).toBe(ofThree);
    expect((await list()).body.items).toHaveLength(53);
  });

  it.each(['nothing', 'a%00b', '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4', '%25'])(
    'answer 404 to %s',
    async (name) => {
      const { organization, owner } = await app.given.organization();

      expect(await app.api.as(owner).get(roles(organization, name))).toBeProblem('not_found');
      expect(await app.api.as(owner).patch(roles(organization, name), {})).toBeProblem('not_found');
      expect(await app.api.as(owner).delete(permissions(organization, name))).toBeProblem('not_found');
    },
  );

  describe('for who holds less', () => {
    it('cannot be created with more than their creator holds', async () => {
      const { organization } = await app.given.organization();
      const max = await app.given.user(organization, { permissions: ['roles:write', 'articles:write'] });
      const before = await app.given.snapshot(organization);

      for (const held of ['*', 'roles:*', 'articles:publish', 'articles:*', 'users:read', 'brand:new']) {
        const response = await app.api
          .as(max)
          .post(roles(organization), { name: 'mine', permissions: [held] });
        expect(response).toBeProblem('permission_denied');
      }

      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(new Set(await app.given.auditOf(organization))).toEqual(new Set(['role.created (refused)']));
      const allowed = await app.api
        .as(max)
        .post(roles(organization), { name: 'mine', permissions: ['articles:write'] });
      expect(allowed.status).toBe(201);
    });

    it('cannot be changed or deleted when they hold more, nor be given more', async () => {
      const { organization } = await app.given.organization();
      await app.given.role(organization, 'chief', ['articles:publish', 'articles:write']);
      await app.given.role(organization, 'writer', ['articles:write']);
      const max = await app.given.user(organization, { permissions: ['roles:write', 'articles:write'] });
      const before = await app.given.snapshot(organization);

      const renamed = await app.api.as(max).patch(roles(organization, 'chief'), { name: 'boss' });
      const emptied = await app.api.as(max).patch(roles(organization, 'chief'), { permissions: [] });
      const deleted = await app.api.as(max).delete(roles(organization, 'chief'));
      const widened = await app.api
        .as(max)
        .patch(roles(organization, 'writer'), { permissions: ['articles:publish'] });

      for (const response of [renamed, emptied, deleted, widened])
        expect(response).toBeProblem('permission_denied');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([
        'role.updated (refused)',
        'role.updated (refused)',
        'role.deleted (refused)',
        'role.updated (refused)',
      ]);
    });

    it('hold for an API key what both the key and its creator hold', async () => {
      const { organization, owner } = await app.given.organization();
      const key = await app.given.apiKey(owner, { permissions: ['roles:write', 'articles:write'] });
      const max = await app.given.user(organization, { permissions: ['roles:write'] });
      const wide = await app.given.apiKey(max, { permissions: ['*'] });

      const outside = await app.api
        .as(key)
        .post(roles(organization), { name: 'one', permissions: ['articles:publish'] });
      const inside = await app.api
        .as(key)
        .post(roles(organization), { name: 'two', permissions: ['articles:write'] });
      const wider = await app.api
        .as(wide)
        .post(roles(organization), { name: 'three', permissions: ['articles:write'] });

      expect(outside).toBeProblem('permission_denied');
      expect(inside.status).toBe(201);
      expect(wider).toBeProblem('permission_denied');
    });

    it('let an admin name new permissions, which admins hold from then on', async () => {
      const { organization } = await app.given.organization();
      const admin = await app.given.user(organization, { roles: ['admin'] });

      const created = await app.api
        .as(admin)
        .post(roles(organization), { name: 'editor', permissions: ['articles:publish', 'drafts:*'] });
      const reserved = await app.api
        .as(admin)
        .post(roles(organization), { name: 'deleter', permissions: ['organization:delete'] });
      const everything = await app.api
        .as(admin)
        .post(roles(organization), { name: 'boss', permissions: ['*'] });

      expect(created.status).toBe(201);
      expect(reserved).toBeProblem('permission_denied');
      expect(everything).toBeProblem('permission_denied');
    });
  });

  describe('permissions', () => {
    it('are defined, listed beside those of the product, and deleted out of every role', async () => {
      const { organization, owner } = await app.given.organization();

      const created = await app.api.as(owner).post(permissions(organization), {
        resource: 'articles',
        action: 'publish',
        description: 'Make an article public',
      });
      await app.api
        .as(owner)
        .post(roles(organization), { name: 'editor', permissions: ['articles:publish'] });
      const listed = await app.api.as(owner).get(`${permissions(organization)}?limit=200`);
      const deleted = await app.api.as(owner).delete(permissions(organization, 'articles:publish'));

      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({ name: 'articles:publish', isProduct: false });
      const items = listed.body.items as { name: string; isProduct: boolean }[];
      expect(items.filter(({ isProduct }) => !isProduct).map(({ name }) => name)).toEqual([
        'articles:publish',
      ]);
      expect(items.map(({ name }) => name)).toContain('users:write');
      expect(items.map(({ name }) => name)).not.toContain('platform:organizations');
      expect(deleted.status).toBe(204);
      for (const role of ['editor', 'admin']) {
        const { body } = await app.api.as(owner).get(roles(organization, role));
        expect(body.permissions).not.toContain('articles:publish');
      }
      expect(await app.given.auditOf(organization)).toEqual([
        'permission.created',
        'role.created',
        'permission.deleted',
      ]);
    });

    it.each([
      ['users', 'frobnicate', 'unknown_permission'],
      ['platform', 'organizations', 'unknown_permission'],
      ['users', 'read', 'permission_taken'],
      ['Articles', 'publish', 'invalid_request'],
      ['articles', '*', 'invalid_request'],
    ])('cannot be defined as %s:%s', async (resource, action, code) => {
      const { organization, owner } = await app.given.organization();
      const before = await app.given.snapshot(organization);

      const response = await app.api.as(owner).post(permissions(organization), { resource, action });

      expect(response).toBeProblem(code);
      expect(await app.given.snapshot(organization)).toEqual(before);
    });

    it('are defined once', async () => {
      const { organization, owner } = await app.given.organization();
      const body = { resource: 'articles', action: 'publish' };

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => app.api.as(owner).post(permissions(organization), body)),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
      expect(await app.given.auditOf(organization)).toEqual(['permission.created']);
    });

    it('of the product cannot be deleted', async () => {
      const { organization, owner } = await app.given.organization();

      const response = await app.api.as(owner).delete(permissions(organization, 'users:read'));

      expect(response).toBeProblem('product_permission');
      expect(await app.given.auditOf(organization)).toEqual([]);
    });

    it('cannot be deleted by who does not hold them', async () => {
      const { organization, owner } = await app.given.organization();
      await app.api.as(owner).post(permissions(organization), { resource: 'articles', action: 'publish' });
      await app.given.forgetAudit(organization);
      const max = await app.given.user(organization, { permissions: ['roles:write'] });

      const response = await app.api.as(max).delete(permissions(organization, 'articles:publish'));

      expect(response).toBeProblem('permission_denied');
      expect(await app.given.auditOf(organization)).toEqual(['permission.deleted (refused)']);
    });

    it('that routes ask for are all known to the product', async () => {
      const { body } = await app.api.get('/openapi.json');
      const asked = new Set<string>();
      for (const item of Object.values(body.paths as Record<string, Record<string, never>>))
        for (const operation of Object.values(item) as { 'x-access'?: { permission?: string } }[])
          if (operation['x-access']?.permission) asked.add(operation['x-access'].permission);
      const operator = await app.given.operator();

      const { body: known } = await app.api
        .as(operator)
        .get('/v1/organizations/platform/permissions?limit=200');

      const names = (known.items as { name: string }[]).map(({ name }) => name);
      expect([...asked].filter((permission) => !names.includes(permission))).toEqual([]);
    });
  });
});

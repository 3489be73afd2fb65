import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { statementsOf } from '../access-control/statements.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = (organization: { slug: string }) => `/v1/organizations/${organization.slug}/api-keys`;

/** An API key made over HTTP. */
async function makeKey(
  creator: { token: string },
  organization: TestOrganization,
  permissions: string[],
  more: Record<string, unknown> = {},
): Promise<{ id: string; token: string }> {
  const response = await app.api
    .as(creator)
    .post(pathOf(organization), { name: 'service', permissions, ...more });
  expect(response.status).toBe(201);
  return { id: response.body.id as string, token: response.body.key as string };
}

const readUsers = (key: { token: string }, organization: TestOrganization) =>
  app.api.as(key).get(`/v1/organizations/${organization.slug}/users`);
const validate = (key: { token: string }, token: string) =>
  app.api.as(key).post('/v1/sessions/validate', { token });

/** Somebody who may make keys and hand on two permissions. */
const keyMaker = (organization: TestOrganization): Promise<TestUser> =>
  app.given.user(organization, {
    permissions: ['api-keys:read', 'api-keys:write', 'users:read', 'sessions:validate'],
  });

describe('creating an API key', () => {
  it('shows the key this once and stores its hash', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).post(pathOf(organization), {
      name: '  article service ',
      permissions: ['users:read', 'sessions:validate', 'users:read'],
      expiresAt: '2100-01-31T12:00:00+02:00',
    });

    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'article service',
      prefix: expect.stringMatching(/^ten_key_.{28}$/),
      permissions: ['sessions:validate', 'users:read'],
      expiresAt: '2100-01-31T10:00:00.000Z',
      createdAt: expect.any(String),
      createdBy: owner.id,
      lastUsedAt: null,
      key: expect.stringMatching(/^ten_key_[\w-]{70}$/),
    });
    const { id, key, prefix, ...rest } = response.body;
    expect(key.startsWith(prefix)).toBe(true);
    const read = await app.api.as(owner).get(`${pathOf(organization)}/${id}`);
    expect(read.body).toEqual({ id, prefix, ...rest });
    const [stored] = await app.sql(
      `select row_to_json(k)::text as text, key_hash = sha256(convert_to($2, 'UTF8')) as is_hash
         from tenantry.api_keys k where id = $1`,
      [id, key],
    );
    expect(stored.is_hash).toBe(true);
    expect(stored.text).not.toContain(key);
    const events = await app.given.auditEventsOf(organization);
    expect(events).toMatchObject([
      {
        action: 'api_key.created',
        actor_id: owner.id,
        target_type: 'api-key',
        target_id: id,
        change: { name: 'article service', permissions: ['sessions:validate', 'users:read'] },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(key);
    expect(app.logs.join('')).not.toContain(key);
  });

  it('makes a credential that works and notes its use', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const key = await makeKey(owner, organization, ['sessions:validate', 'users:read']);

    expect((await validate(key, max.token)).body.active).toBe(true);
    expect((await readUsers(key, organization)).status).toBe(200);
    await app.get((await import('../../src/sessions/use-recorder.js')).UseRecorder).flush();

    const { body } = await app.api.as(owner).get(`${pathOf(organization)}/${key.id}`);
    expect(Date.now() - Date.parse(body.lastUsedAt as string)).toBeLessThan(60_000);
  });

  it('tells keys of one organization apart by their prefix', async () => {
    const { organization, owner } = await app.given.organization();

    await makeKey(owner, organization, ['users:read']);
    await makeKey(owner, organization, ['users:read']);

    const { body } = await app.api.as(owner).get(pathOf(organization));
    expect(new Set(body.items.map(({ prefix }: { prefix: string }) => prefix)).size).toBe(2);
  });

  it('has one effect for one idempotency key, and never answers a narrower credential', async () => {
    const { organization, owner } = await app.given.organization();
    const headers = { 'idempotency-key': 'make-the-service-key' };
    const body = { name: 'service', permissions: ['users:*'] };
    const narrow = await makeKey(owner, organization, ['api-keys:write', 'users:read']);
    await app.given.forgetAudit(organization);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => app.api.as(owner).post(pathOf(organization), body, { headers })),
    );
    const other = await app.api.as(owner).post(pathOf(organization), { ...body, name: 'other' }, { headers });
    const narrower = await app.api.as(narrow).post(pathOf(organization), body, { headers });

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(other).toBeProblem('idempotency_key_reused');
    expect(narrower).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual(['api_key.created', 'api_key.created (refused)']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { permissions: ['users:read'] }, '/name'],
    ['a blank name', { name: '  ', permissions: ['users:read'] }, '/name'],
    ['a long name', { name: 'x'.repeat(101), permissions: ['users:read'] }, '/name'],
    ['half a surrogate pair', { name: 'x\ud800', permissions: ['users:read'] }, '/name'],
    ['no permissions', { name: 'x' }, '/permissions'],
    ['an empty list', { name: 'x', permissions: [] }, '/permissions'],
    ['a malformed permission', { name: 'x', permissions: ['Users:Read'] }, '/permissions'],
    ['a permission that is no text', { name: 'x', permissions: [7] }, '/permissions'],
    ['a past end', { name: 'x', permissions: ['*'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    [
      'an end without a zone',
      { name: 'x', permissions: ['*'], expiresAt: '2100-01-01T00:00:00' },
      '/expiresAt',
    ],
    [
      'no such moment',
      { name: 'x', permissions: ['*'], expiresAt: '2100-01-01T00:00:00+99:99' },
      '/expiresAt',
    ],
    [
      'the year 10000',
      { name: 'x', permissions: ['*'], expiresAt: '9999-12-31T23:00:00-14:00' },
      '/expiresAt',
    ],
    ['an unknown key', { name: 'x', permissions: ['*'], userId: newId() }, '/userId'],
  ])('refuses %s', async (_, body, pointer) => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(pathOf(organization), body);

    expect(response).toBeProblem('invalid_request', { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('refuses permissions that nobody can hold here', async () => {
    const { organization, owner } = await app.given.organization();
    const before = await app.given.snapshot(organization);

    for (const permission of ['users:fly', 'platform:organizations', 'platform:*'])
      expect(
        await app.api.as(owner).post(pathOf(organization), { name: 'x', permissions: [permission] }),
      ).toBeProblem('unknown_permission');

    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('refuses permissions that the creator does not hold, and records it', async () => {
    const { organization } = await app.given.organization();
    const max = await keyMaker(organization);
    const before = await app.given.snapshot(organization);

    for (const permissions of [['*'], ['users:*'], ['users:read', 'users:write'], ['articles:publish']])
      expect(await app.api.as(max).post(pathOf(organization), { name: 'x', permissions })).toBeProblem(
        'permission_denied',
      );

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(Array(4).fill('api_key.created (refused)'));
  });

  it('is for people with the permission', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { permissions: ['api-keys:read', 'users:read'] });
    const before = await app.given.snapshot(organization);

    const response = await app.api
      .as(max)
      .post(pathOf(organization), { name: 'x', permissions: ['users:read'] });

    expect(response).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['access.refused (refused)']);
  });
});

describe('an API key', () => {
  it('never holds what its creator does not hold at the time of use', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await keyMaker(organization);
    const key = await makeKey(max, organization, ['users:read', 'sessions:validate']);
    expect((await readUsers(key, organization)).status).toBe(200);

    const member = { roles: ['member'] };
    const path = `/v1/organizations/${organization.slug}/users/${max.id}/roles`;
    expect((await app.api.as(owner).put(path, member)).status).toBe(200);

    expect(await readUsers(key, organization)).toBeProblem('permission_denied');
    expect(await validate(key, owner.token)).toBeProblem('permission_denied');
    await app.given.role(organization, 'reader', ['users:read']);
    await app.api.as(owner).put(path, { roles: ['reader'] });
    expect((await readUsers(key, organization)).status).toBe(200);
    expect(await validate(key, owner.token)).toBeProblem('permission_denied');
  });

  it('holds no more than its own list, whatever its creator comes to hold', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await makeKey(owner, organization, ['users:read']);

    expect((await readUsers(key, organization)).status).toBe(200);
    expect(await validate(key, owner.token)).toBeProblem('permission_denied');
    expect(
      await app.api.as(key).post(`/v1/organizations/${organization.slug}/users`, { username: 'max' }),
    ).toBeProblem('permission_denied');
  });

  it('loses a permission when the grant of its creator ends', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await keyMaker(organization);
    const key = await makeKey(max, organization, ['users:read']);
    await app.sql(
      `update tenantry.user_roles set expires_at = now() + interval '1 hour' where org_id = $1 and user_id = $2`,
      [organization.id, max.id],
    );
    expect((await readUsers(key, organization)).status).toBe(200);

    await app.given.timePasses(organization, '61 minutes');

    expect(await readUsers(key, organization)).toBeProblem('permission_denied');
    expect((await readUsers(owner, organization)).status).toBe(200);
  });

  it.each<[string, (owner: TestUser, path: string, max: TestUser) => Promise<{ status: number }>]>([
    ['locked', (owner, path) => app.api.as(owner).put(`${path}/lock`)],
    ['deactivated', (owner, path) => app.api.as(owner).put(`${path}/deactivation`)],
    ['deleted', (owner, path) => app.api.as(owner).delete(path)],
  ])('is dead at once when its creator is %s', async (_, end) => {
    const { organization, owner } = await app.given.organization();
    const max = await keyMaker(organization);
    const key = await makeKey(max, organization, ['users:read', 'sessions:validate']);
    expect((await validate(key, owner.token)).body.active).toBe(true);

    const path = `/v1/organizations/${organization.slug}/users/${max.id}`;
    expect((await end(owner, path, max)).status).toBeLessThan(300);

    expect(await validate(key, owner.token)).toBeProblem('unauthenticated');
    expect(await readUsers(key, organization)).toBeProblem('unauthenticated');
  });

  it('is dead while the organization is suspended', async () => {
    const { organization, owner } = await app.given.organization();
    const operator = await app.given.operator();
    const key = await makeKey(owner, organization, ['users:read', 'sessions:validate']);
    const suspension = `/v1/organizations/${organization.slug}/suspension`;

    await app.api.as(operator).put(suspension);
    expect(await readUsers(key, organization)).toBeProblem('unauthenticated');
    expect(await validate(key, owner.token)).toBeProblem('unauthenticated');

    await app.api.as(operator).delete(suspension);
    expect((await readUsers(key, organization)).status).toBe(200);
  });

  it('is dead when it has expired', async () => {
    const { organization, owner } = await app.given.organization();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const key = await makeKey(owner, organization, ['users:read'], { expiresAt });
    expect((await readUsers(key, organization)).status).toBe(200);

    await app.given.timePasses(organization, '61 minutes');

    expect(await readUsers(key, organization)).toBeProblem('unauthenticated');
  });

  it('opens its own organization only', async () => {
    const { organization, owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const key = await makeKey(owner, organization, ['*']);

    expect(await readUsers(key, globex.organization)).toBeProblem('not_found');
    expect((await validate(key, globex.owner.token)).body).toEqual({ active: false });
  });
});

describe('a key that makes a key', () => {
  it('makes one of the same user and no wider than itself', async () => {
    const { organization, owner } = await app.given.organization();
    const parent = await makeKey(owner, organization, ['api-keys:write', 'users:read']);

    for (const permissions of [['*'], ['users:*'], ['sessions:validate']])
      expect(await app.api.as(parent).post(pathOf(organization), { name: 'x', permissions })).toBeProblem(
        'permission_denied',
      );
    const child = await makeKey(parent, organization, ['users:read']);

    const { body } = await app.api.as(owner).get(`${pathOf(organization)}/${child.id}`);
    expect(body.createdBy).toBe(owner.id);
    expect((await readUsers(child, organization)).status).toBe(200);
    const events = await app.given.auditEventsOf(organization);
    expect(events.at(-1)).toMatchObject({
      action: 'api_key.created',
      actor_type: 'api-key',
      actor_id: parent.id,
      change: { parent: parent.id },
    });
  });

  it('makes none that lives longer than itself', async () => {
    const { organization, owner } = await app.given.organization();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const parent = await makeKey(owner, organization, ['api-keys:write'], { expiresAt });
    const body = { name: 'x', permissions: ['api-keys:write'] };
    const post = (more: object) => app.api.as(parent).post(pathOf(organization), { ...body, ...more });

    expect(await post({ expiresAt: null })).toBeProblem('permission_denied');
    expect(await post({ expiresAt: '2100-01-01T00:00:00Z' })).toBeProblem('permission_denied');
    expect((await post({})).body.expiresAt).toBe(expiresAt);
  });

  it('takes it along when it is deleted', async () => {
    const { organization, owner } = await app.given.organization();
    const parent = await makeKey(owner, organization, ['api-keys:write', 'users:read']);
    const child = await makeKey(parent, organization, ['api-keys:write', 'users:read']);
    const grandchild = await makeKey(child, organization, ['users:read']);
    const other = await makeKey(owner, organization, ['users:read']);
    await app.given.forgetAudit(organization);

    const response = await app.api.as(owner).delete(`${pathOf(organization)}/${parent.id}`);

    expect(response.status).toBe(204);
    for (const key of [parent, child, grandchild])
      expect(await readUsers(key, organization)).toBeProblem('unauthenticated');
    expect((await readUsers(other, organization)).status).toBe(200);
    const [event] = await app.given.auditEventsOf(organization);
    expect(event!.change['madeWithIt']).toEqual(expect.arrayContaining([child.id, grandchild.id]));
  });
});

describe('listing API keys', () => {
  it('pages through them, newest first, without secrets', async () => {
    const { organization, owner } = await app.given.organization();
    const keys = [];
    for (let index = 0; index < 5; index += 1)
      keys.push(await makeKey(owner, organization, ['users:read'], { name: `key ${index}` }));

    const first = await app.api.as(owner).get(`${pathOf(organization)}?limit=3`);
    const second = await app.api
      .as(owner)
      .get(`${pathOf(organization)}?limit=3&cursor=${first.body.nextCursor}`);

    const names = [...first.body.items, ...second.body.items].map(({ name }: { name: string }) => name);
    expect(names).toEqual(['key 4', 'key 3', 'key 2', 'key 1', 'key 0']);
    expect(second.body.nextCursor).toBeNull();
    for (const { token } of keys) expect(first.text + second.text).not.toContain(token);
  });

  it('takes as many statements whatever their number', async () => {
    const { organization, owner } = await app.given.organization();
    for (let index = 0; index < 5; index += 1) await app.given.apiKey(owner);
    const list = (limit: number) => () => app.api.as(owner).get(`${pathOf(organization)}?limit=${limit}`);

    expect(await statementsOf(list(5))).toBe(await statementsOf(list(1)));
  });

  it('refuses cursors of other lists and organizations', async () => {
    const { organization, owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    for (let index = 0; index < 2; index += 1) {
      await makeKey(owner, organization, ['users:read']);
      await makeKey(globex.owner, globex.organization, ['users:read']);
    }
    const { body } = await app.api.as(globex.owner).get(`${pathOf(globex.organization)}?limit=1`);

    for (const cursor of [body.nextCursor, 'nonsense', `${body.nextCursor}AAAA`])
      expect(await app.api.as(owner).get(`${pathOf(organization)}?cursor=${cursor}`)).toBeProblem(
        'invalid_request',
      );
  });

  it('asks for the permission', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await makeKey(owner, organization, ['api-keys:write']);
    const max = await app.given.user(organization, { roles: ['member'] });

    for (const somebody of [key, max]) {
      expect(await app.api.as(somebody).get(pathOf(organization))).toBeProblem('permission_denied');
      expect(await app.api.as(somebody).get(`${pathOf(organization)}/${key.id}`)).toBeProblem(
        'permission_denied',
      );
    }
  });
});

describe('deleting an API key', () => {
  it('kills it at once', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await makeKey(owner, organization, ['users:read']);
    await app.given.forgetAudit(organization);

    const response = await app.api.as(owner).delete(`${pathOf(organization)}/${key.id}`);

    expect(response.status).toBe(204);
    expect(await readUsers(key, organization)).toBeProblem('unauthenticated');
    expect(await app.api.as(owner).get(`${pathOf(organization)}/${key.id}`)).toBeProblem('not_found');
    expect(await app.api.as(owner).delete(`${pathOf(organization)}/${key.id}`)).toBeProblem('not_found');
    expect(await app.given.auditOf(organization)).toEqual(['api_key.deleted']);
  });

  it('of somebody else takes holding all that they hold', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await keyMaker(organization);
    const ofOwner = await makeKey(owner, organization, ['users:read']);
    const ofMax = await makeKey(max, organization, ['users:read']);
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    const path = pathOf(organization);
    expect(await app.api.as(max).delete(`${path}/${ofOwner.id}`)).toBeProblem('permission_denied');

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await app.api.as(owner).delete(`${path}/${ofMax.id}`)).status).toBe(204);
    expect(await app.given.auditOf(organization)).toEqual(['api_key.deleted (refused)', 'api_key.deleted']);
  });

  it('knows no foreign, unknown or malformed ids', async () => {
    const { organization, owner } = await app.given.organization();
    const globex = await app.given.organization({ name: 'Globex' });
    const foreign = await makeKey(globex.owner, globex.organization, ['users:read']);

    for (const id of [foreign.id, newId(), 'nonsense', '%00']) {
      expect(await app.api.as(owner).get(`${pathOf(organization)}/${id}`)).toBeProblem('not_found');
      expect(await app.api.as(owner).delete(`${pathOf(organization)}/${id}`)).toBeProblem('not_found');
    }
    expect((await readUsers(foreign, globex.organization)).status).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('A key that holds less than its creator', () => {
  it.each([
    ['change the address', 'patch', '', { email: 'thief@evil.example' }],
    ['take the roles', 'put', '/roles', { roles: [] }],
    ['end the sessions', 'delete', '/sessions', undefined],
  ] as const)('may not %s of its creator', async (_, method, path, body) => {
    const { organization, owner } = await app.given.organization();
    await app.given.user(organization, { roles: ['owner'] });
    const key = await app.given.apiKey(owner, { permissions: ['users:write', 'sessions:revoke'] });
    const before = await app.given.snapshot(organization);
    const url = `${base(organization)}/users/${owner.id}${path}`;
    const client = app.api.as(key);
    const response = await (method === 'delete' ? client.delete(url) : client[method](url, body));

    expect(response).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('does not get the answer that its creator got for the same idempotency key', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner, { permissions: ['api-keys:write', 'users:read'] });
    const make = (credential: { token: string }) =>
      app.api
        .as(credential)
        .post(
          `${base(organization)}/api-keys`,
          { name: 'reader', permissions: ['users:read'] },
          { headers: { 'idempotency-key': 'make-reader' } },
        );
    const [first, second] = [await make(owner), await make(key)];

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.key).not.toBe(first.body.key);
  });
});

describe('An owner for an hour', () => {
  it('does not stay one by handing the role of newcomers another content', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'newcomer');
    await app.given.role(organization, 'everything', ['*']);
    const opened = await app.api
      .as(owner)
      .put(`${base(organization)}/policies/registration`, { mode: 'open', defaultRole: 'newcomer' });
    expect(opened.status).toBe(200);
    const temporary = await ownerForAnHour(organization, owner);

    const renamed = await temporary.patch(`${base(organization)}/roles/newcomer`, { name: 'old' });
    expect(renamed.status).toBe(200);
    const made = await temporary.post(`${base(organization)}/roles`, {
      name: 'newcomer',
      permissions: ['*'],
    });
    expect(made).toBeProblem('permission_denied');
    const moved = await temporary.patch(`${base(organization)}/roles/everything`, { name: 'newcomer' });
    expect(moved).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual(
      expect.arrayContaining(['role.created (refused)', 'role.updated (refused)']),
    );
  });
});

const base = (organization: TestOrganization) => `/v1/organizations/${organization.slug}`;

async function ownerForAnHour(organization: TestOrganization, owner: TestUser) {
  const max = await app.given.user(organization);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const given = await app.api
    .as(owner)
    .put(`${base(organization)}/users/${max.id}/roles`, { roles: [{ role: 'owner', expiresAt }] });
  expect(given.status).toBe(200);
  return app.api.as(max);
}

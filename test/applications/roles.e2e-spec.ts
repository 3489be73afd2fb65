import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Applications } from '../../src/applications/applications.service.js';
import { Database } from '../../src/platform/database/database.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const pathOf = (organization: TestOrganization, rest = '') =>
  `/v1/organizations/${organization.slug}/applications${rest && `/${rest}`}`;

async function givenMachine(organization: TestOrganization, owner: TestUser): Promise<string> {
  const { body } = await app.api.as(owner).post(pathOf(organization), { name: 'Importer', type: 'machine' });
  await app.given.forgetAudit(organization);
  return body.id as string;
}

const heldBy = (organization: TestOrganization, id: string) =>
  app.get(Database).forOrganization(organization.id, (tx) => app.get(Applications).rolesOf(tx, id));

describe('The roles of a machine', () => {
  it('bring it what they hold, until they end or it is disabled', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'importer', ['articles:publish', 'articles:read']);
    await app.given.role(organization, 'reader', ['articles:read']);
    const id = await givenMachine(organization, owner);
    const roles = pathOf(organization, `${id}/roles`);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();

    const set = await app.api
      .as(owner)
      .put(roles, { roles: [{ role: 'importer', expiresAt }, 'reader'] }, { headers: { 'if-match': '"1"' } });
    const stale = await app.api.as(owner).put(roles, { roles: [] }, { headers: { 'if-match': '"1"' } });
    const same = await app.api.as(owner).put(roles, { roles: ['reader', { role: 'importer', expiresAt }] });
    const held = await heldBy(organization, id);
    await app.given.timePasses(organization, '2 hours');
    const later = await heldBy(organization, id);
    await app.api.as(owner).put(pathOf(organization, `${id}/deactivation`));

    expect(set.body).toMatchObject({
      roles: [
        { role: 'importer', expiresAt },
        { role: 'reader', expiresAt: null },
      ],
      version: 2,
    });
    expect(stale).toBeProblem('stale');
    expect(same.body).toEqual(set.body);
    expect(held).toEqual({
      roles: ['importer', 'reader'],
      permissions: ['articles:publish', 'articles:read'],
    });
    expect(later).toEqual({ roles: ['reader'], permissions: ['articles:read'] });
    expect(await heldBy(organization, id)).toEqual({ roles: [], permissions: [] });
    expect((await app.api.as(owner).get(roles)).body.roles).toEqual([{ role: 'reader', expiresAt: null }]);
    expect(await app.given.auditOf(organization)).toEqual([
      'application.roles_changed',
      'application.deactivated',
    ]);
  });

  it('are given by who holds what they hold, and never make it an owner', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'importer', ['articles:publish']);
    const id = await givenMachine(organization, owner);
    const clerk = await app.given.user(organization, { permissions: ['applications:*'] });
    const before = await app.given.snapshot(organization);
    const set = (user: TestUser, roles: string[]) =>
      app.api.as(user).put(pathOf(organization, `${id}/roles`), { roles });

    expect(await set(clerk, ['importer'])).toBeProblem('permission_denied');
    expect(await set(owner, ['owner'])).toBeProblem('owner_not_for_applications');
    expect(await set(owner, ['nothing'])).toBeProblem('unknown_role');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([
      'application.roles_changed (refused)',
      'application.roles_changed (refused)',
    ]);
  });

  it('go with the role', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'importer', ['articles:publish']);
    const id = await givenMachine(organization, owner);
    await app.api.as(owner).put(pathOf(organization, `${id}/roles`), { roles: ['importer'] });

    await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/roles/importer`);

    expect(await heldBy(organization, id)).toEqual({ roles: [], permissions: [] });
  });

  it('are for machines only', async () => {
    const { organization, owner } = await app.given.organization();
    const { body } = await app.api.as(owner).post(pathOf(organization), {
      name: 'Articles',
      type: 'web',
      redirectUris: ['https://articles.acme.example/callback'],
    });

    const set = await app.api.as(owner).put(pathOf(organization, `${body.id}/roles`), { roles: ['member'] });

    expect(set).toBeProblem('not_a_machine');
  });
});

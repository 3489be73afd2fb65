import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { givenProvider, identityOf, signInWith, type TestProvider } from './world.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function givenMapping(
  organization: TestOrganization,
  provider: TestProvider,
  value: string,
  role: string,
  by: TestUser | null = null,
) {
  await app.sql(
    `insert into provider_role_mappings (org_id, provider_id, claim, value, role_id, created_by)
     select org_id, $2, 'groups', $3, id, $5 from roles where org_id = $1 and name = $4`,
    [organization.id, provider.id, value, role, by?.id ?? null],
  );
}

async function rolesOf(userId: string): Promise<string[]> {
  const rows = await app.sql<{ name: string }>(
    `select r.name from user_roles g join roles r on r.org_id = g.org_id and r.id = g.role_id
      where g.user_id = $1 order by r.name`,
    [userId],
  );
  return rows.map(({ name }) => name);
}

async function givenWorld() {
  const { organization, owner } = await app.given.organization({ registration: { mode: 'open' } });
  const provider = await givenProvider(app, organization);
  await app.given.role(organization, 'editor', []);
  await app.given.role(organization, 'auditor', []);
  await givenMapping(organization, provider, 'writers', 'editor');
  await givenMapping(organization, provider, 'lookers', 'auditor');
  const subject = `person-${organization.slug}`;
  const arrive = (groups: unknown) =>
    signInWith(app, organization, identityOf(provider, { subject, claims: { raw: { groups } } }));
  return { organization, owner, provider, arrive };
}

describe('A role mapping', () => {
  it('gives at each sign-in what the claims say, and takes back what it gave', async () => {
    const { organization, arrive } = await givenWorld();

    const { account } = await arrive(['writers']);
    expect(await rolesOf(account.id)).toEqual(['editor', 'member']);
    await arrive(['lookers', 'others']);
    expect(await rolesOf(account.id)).toEqual(['auditor', 'member']);
    await arrive(['lookers']);
    await arrive(undefined);

    expect(await rolesOf(account.id)).toEqual(['member']);
    const events = await app.given.auditEventsOf(organization);
    expect(
      events.filter(({ action }) => action === 'user.roles_mapped').map(({ change }) => change),
    ).toMatchObject([
      { added: ['editor'], removed: [] },
      { added: ['auditor'], removed: ['editor'] },
      { added: [], removed: ['auditor'] },
    ]);
  });

  it('leaves what somebody has from elsewhere', async () => {
    const { organization, arrive } = await givenWorld();
    const { account } = await arrive([]);
    await app.given.grant(organization, account.id, 'editor');

    await arrive(['writers']);
    await arrive([]);

    expect(await rolesOf(account.id)).toEqual(['editor', 'member']);
  });

  it('gives nothing twice to whoever signs in many times at once', async () => {
    const { organization, arrive } = await givenWorld();

    const arrivals = await Promise.all(Array.from({ length: 10 }, () => arrive(['writers'])));

    expect(await rolesOf(arrivals[0]!.account.id)).toEqual(['editor', 'member']);
    const mapped = (await app.given.auditOf(organization)).filter((action) => action === 'user.roles_mapped');
    expect(mapped).toHaveLength(1);
  });

  it('takes what it gave with the account, unless another account gives it, too', async () => {
    const { organization, owner, provider, arrive } = await givenWorld();
    const { account, accountId } = await arrive(['writers']);
    const accounts = `/v1/organizations/${organization.slug}/users/${account.id}/accounts`;

    await app.api.as(owner).delete(`${accounts}/${accountId}`);

    expect(await rolesOf(account.id)).toEqual(['member']);
    const again = await arrive(['writers']);
    await app.sql('delete from oauth_providers where id = $1', [provider.id]);
    expect(await rolesOf(again.account.id)).toEqual(['member']);
  });

  it('makes an owner only while whoever wrote it is one', async () => {
    const { organization, owner, provider, arrive } = await givenWorld();
    const admin = await app.given.user(organization, { roles: ['admin'] });
    await givenMapping(organization, provider, 'chiefs', 'owner', admin);

    const { account } = await arrive(['chiefs']);
    expect(await rolesOf(account.id)).toEqual(['member']);
    await app.sql('delete from provider_role_mappings where created_by = $1', [admin.id]);
    await givenMapping(organization, provider, 'chiefs', 'owner', owner);
    await arrive(['chiefs']);

    expect(await rolesOf(account.id)).toEqual(['member', 'owner']);
  });

  it('leaves the organization its last owner', async () => {
    const { organization, owner, provider, arrive } = await givenWorld();
    const second = await app.given.user(organization, { roles: ['owner'] });
    await givenMapping(organization, provider, 'chiefs', 'owner', second);
    const { account } = await arrive(['chiefs']);
    await app.sql(`update users set status = 'locked' where id = any($1)`, [[owner.id, second.id]]);

    await arrive([]);

    expect(await rolesOf(account.id)).toEqual(['member', 'owner']);
  });
});

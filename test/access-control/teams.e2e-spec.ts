import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { statementsOf } from './statements.js';

describe('teams', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const teams = (organization: TestOrganization, rest = '') =>
    `/v1/organizations/${organization.slug}/teams${rest && `/${rest}`}`;

  /** Writers, who bring the role editor. */
  async function givenWriters(organization: TestOrganization, owner: TestUser): Promise<void> {
    await app.given.role(organization, 'editor', ['articles:publish']);
    await app.api.as(owner).post(teams(organization), { name: 'writers' });
    await app.api.as(owner).put(teams(organization, 'writers/roles'), { roles: ['editor'] });
    await app.given.forgetAudit(organization);
  }

  const membersOf = async (organization: TestOrganization) =>
    (
      await app.sql<{ user_id: string }>('select user_id from team_members where org_id = $1', [
        organization.id,
      ])
    ).map(({ user_id }) => user_id);

  it('are created, read, renamed and deleted', async () => {
    const { organization, owner } = await app.given.organization();

    const created = await app.api
      .as(owner)
      .post(teams(organization), { name: ' Night writers ', description: 'Late' });
    const renamed = await app.api
      .as(owner)
      .patch(teams(organization, created.body.id), { name: 'Writers' }, { headers: { 'if-match': '"1"' } });
    const stale = await app.api
      .as(owner)
      .patch(teams(organization, created.body.id), { name: 'Others' }, { headers: { 'if-match': '"1"' } });
    const read = await app.api.as(owner).get(teams(organization, 'Writers'));
    const deleted = await app.api.as(owner).delete(teams(organization, 'Writers'));

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'Night writers', description: 'Late', roles: [], version: 1 });
    expect(renamed.body).toMatchObject({
      id: created.body.id,
      name: 'Writers',
      description: 'Late',
      version: 2,
    });
    expect(stale).toBeProblem('stale');
    expect(read.body).toEqual(renamed.body);
    expect(deleted.status).toBe(204);
    expect(await app.given.auditOf(organization)).toEqual(['team.created', 'team.updated', 'team.deleted']);
  });

  it('have one name each', async () => {
    const { organization, owner } = await app.given.organization();
    await app.api.as(owner).post(teams(organization), { name: 'writers' });
    await app.api.as(owner).post(teams(organization), { name: 'readers' });
    await app.given.forgetAudit(organization);

    const created = await app.api.as(owner).post(teams(organization), { name: 'writers' });
    const renamed = await app.api.as(owner).patch(teams(organization, 'readers'), { name: 'writers' });
    const confusing = await app.api
      .as(owner)
      .post(teams(organization), { name: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

    expect(created).toBeProblem('team_name_taken');
    expect(renamed).toBeProblem('team_name_taken');
    expect(confusing).toBeProblem('invalid_request', { pointer: '/name' });
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('are listed with their roles, in pages', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    for (const name of ['a', 'b', 'z']) await app.api.as(owner).post(teams(organization), { name });

    const first = await app.api.as(owner).get(teams(organization) + '?limit=3');
    const second = await app.api
      .as(owner)
      .get(teams(organization) + `?limit=3&cursor=${first.body.nextCursor}`);
    const found = await app.api.as(owner).get(teams(organization) + '?q=WRIT');

    expect(first.body.items).toMatchObject([
      { name: 'a', roles: [] },
      { name: 'b', roles: [] },
      { name: 'writers', roles: [{ role: 'editor', expiresAt: null }] },
    ]);
    expect(second.body).toMatchObject({ items: [{ name: 'z' }], nextCursor: null });
    expect(found.body.items).toMatchObject([{ name: 'writers' }]);
  });

  it('are listed with as many statements whatever their number', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const list = () => app.api.as(owner).get(`${teams(organization)}?limit=200`);
    await list();
    const ofOne = await statementsOf(list);
    for (let number = 0; number < 30; number += 1) {
      await app.api.as(owner).post(teams(organization), { name: `team-${number}` });
      await app.api
        .as(owner)
        .put(teams(organization, `team-${number}/roles`), { roles: ['editor', 'member'] });
    }

    const ofMany = await statementsOf(list);

    expect(ofOne).toBeGreaterThan(3);
    expect(ofMany).toBe(ofOne);
    expect((await list()).body.items).toHaveLength(31);
  });

  it('bring their roles to their members, until they leave', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'reader', ['users:read']);
    await app.api.as(owner).post(teams(organization), { name: 'readers' });
    await app.api.as(owner).put(teams(organization, 'readers/roles'), { roles: ['reader'] });
    await app.given.forgetAudit(organization);
    const max = await app.given.user(organization);
    const mine = `/v1/organizations/${organization.slug}/users/${max.id}/roles`;

    const before = await app.api.as(max).get(mine);
    const added = await app.api
      .as(owner)
      .put(teams(organization, `readers/members/${encodeURIComponent(max.email)}`));
    const again = await app.api.as(owner).put(teams(organization, `readers/members/${max.id}`));
    const inside = await app.api.as(max).get(mine);
    const listed = await app.api.as(owner).get(teams(organization, 'readers/members'));
    const removed = await app.api.as(owner).delete(teams(organization, `readers/members/${max.id}`));
    const gone = await app.api.as(owner).delete(teams(organization, `readers/members/${max.id}`));
    const after = await app.api.as(max).get(mine);

    expect(before).toBeProblem('permission_denied');
    expect([added.status, again.status, inside.status, removed.status]).toEqual([204, 204, 200, 204]);
    expect(listed.body).toMatchObject({ items: [{ userId: max.id, email: max.email }], nextCursor: null });
    expect(gone).toBeProblem('not_found');
    expect(after).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'team.member_added',
      'team.member_removed',
      'access.refused (refused)',
    ]);
  });

  it('list their members in pages, in the order in which they came', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const users = [];
    for (let number = 0; number < 5; number += 1) {
      const user = await app.given.user(organization);
      await app.api.as(owner).put(teams(organization, `writers/members/${user.id}`));
      users.push(user.id);
    }

    const first = await app.api.as(owner).get(teams(organization, 'writers/members?limit=3'));
    const second = await app.api
      .as(owner)
      .get(teams(organization, `writers/members?limit=3&cursor=${first.body.nextCursor}`));

    const listed = [...first.body.items, ...second.body.items].map(({ userId }) => userId as string);
    expect(listed).toEqual(users);
    expect(second.body.nextCursor).toBeNull();
  });

  it('get roles with an end, and a new version with them', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();

    const set = await app.api
      .as(owner)
      .put(
        teams(organization, 'writers/roles'),
        { roles: ['member', { role: 'editor', expiresAt }] },
        { headers: { 'if-match': '"2"' } },
      );
    const same = await app.api
      .as(owner)
      .put(teams(organization, 'writers/roles'), { roles: [{ role: 'editor', expiresAt }, 'member'] });
    await app.given.timePasses(organization, '61 minutes');
    const later = await app.api.as(owner).get(teams(organization, 'writers/roles'));

    expect(set.body).toEqual({
      roles: [
        { role: 'editor', expiresAt },
        { role: 'member', expiresAt: null },
      ],
      version: 3,
    });
    expect(same.body).toEqual(set.body);
    expect(later.body).toEqual({ roles: [{ role: 'member', expiresAt: null }], version: 3 });
    expect(await app.given.auditOf(organization)).toEqual(['team.roles_changed']);
  });

  it('bring a role with an end until then, and not after', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await givenWriters(organization, owner);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await app.api
      .as(owner)
      .put(teams(organization, 'writers/roles'), { roles: [{ role: 'editor', expiresAt }] });
    await app.api.as(owner).put(teams(organization, `writers/members/${max.id}`));
    const before = await app.api.as(max).get('/v1/session');

    await app.given.timePasses(organization, '61 minutes');

    const after = await app.api.as(max).get('/v1/session');
    expect(before.body.roles).toContain('editor');
    expect(after.body.roles).not.toContain('editor');
  });

  it('make nobody owner', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(teams(organization, 'writers/roles'), { roles: ['owner'] });

    expect(response).toBeProblem('owner_not_for_teams');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['team.roles_changed (refused)']);
  });

  it('bring nothing that who changes them does not hold', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    await app.api.as(owner).post(teams(organization), { name: 'nobodies' });
    await app.given.forgetAudit(organization);
    const giver = await app.given.user(organization, { permissions: ['teams:*', 'users:read'] });
    const max = await app.given.user(organization);
    await app.api.as(owner).put(teams(organization, `writers/members/${max.id}`));
    const before = await app.given.snapshot(organization);

    const refused = [
      await app.api.as(giver).put(teams(organization, `writers/members/${giver.id}`)),
      await app.api.as(giver).delete(teams(organization, `writers/members/${max.id}`)),
      await app.api.as(giver).put(teams(organization, 'writers/roles'), { roles: [] }),
      await app.api.as(giver).put(teams(organization, 'nobodies/roles'), { roles: ['editor'] }),
      await app.api.as(giver).put(teams(organization, 'nobodies/roles'), { roles: ['admin'] }),
      await app.api.as(giver).delete(teams(organization, 'writers')),
    ];
    const allowed = await app.api.as(giver).put(teams(organization, 'nobodies/roles'), { roles: ['member'] });

    for (const response of refused) expect(response).toBeProblem('permission_denied');
    expect(allowed.status).toBe(200);
    expect(await membersOf(organization)).toEqual([max.id]);
    const after = await app.given.snapshot(organization);
    expect({ ...after, teams: '', team_roles: '' }).toEqual({ ...before, teams: '', team_roles: '' });
    expect(await app.given.auditOf(organization)).toEqual([
      'team.member_added',
      'team.member_added (refused)',
      'team.member_removed (refused)',
      'team.roles_changed (refused)',
      'team.roles_changed (refused)',
      'team.roles_changed (refused)',
      'team.deleted (refused)',
      'team.roles_changed',
    ]);
  });

  it('are not left by an owner because an admin says so', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const admin = await app.given.user(organization, { roles: ['admin'] });
    await app.api.as(owner).put(teams(organization, `writers/members/${owner.id}`));

    const response = await app.api.as(admin).delete(teams(organization, `writers/members/${owner.id}`));

    expect(response).toBeProblem('permission_denied');
    expect(await membersOf(organization)).toEqual([owner.id]);
  });

  it('know nobody of another organization', async () => {
    const { organization, owner } = await app.given.organization();
    await givenWriters(organization, owner);
    const { organization: globex, owner: foreigner } = await app.given.organization({ name: 'Globex' });
    const { body: theirs } = await app.api.as(foreigner).post(teams(globex), { name: 'theirs' });

    const member = await app.api.as(owner).put(teams(organization, `writers/members/${foreigner.id}`));
    const team = await app.api.as(owner).get(teams(organization, theirs.id as string));
    const odd = await app.api.as(owner).get(teams(organization, 'a%00b'));

    for (const response of [member, team, odd]) expect(response).toBeProblem('not_found');
    expect(await membersOf(organization)).toEqual([]);
  });
});

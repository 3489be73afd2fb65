import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('the roles of a user', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const rolesOf = (organization: TestOrganization, user: { id: string } | string) =>
    `/v1/organizations/${organization.slug}/users/${typeof user === 'string' ? encodeURIComponent(user) : user.id}/roles`;
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('are set by name, by id and with an end', async () => {
    const { organization, owner } = await app.given.organization();
    const editor = await app.given.role(organization, 'editor', ['articles:publish']);
    const max = await app.given.user(organization, { roles: ['member'], username: 'max' });
    const expiresAt = inAnHour();

    const response = await app.api
      .as(owner)
      .put(rolesOf(organization, max.email), { roles: ['admin', { role: editor.id, expiresAt }] });

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      roles: [
        { role: 'admin', expiresAt: null },
        { role: 'editor', expiresAt },
      ],
      version: 2,
    });
    expect((await app.api.as(owner).get(rolesOf(organization, 'max'))).body).toEqual(response.body);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'user.roles_changed',
        outcome: 'done',
        actor_id: owner.id,
        target_id: max.id,
        change: {
          before: [{ role: 'member', expiresAt: null }],
          after: [
            { role: 'admin', expiresAt: null },
            { role: 'editor', expiresAt },
          ],
        },
      },
    ]);
  });

  it('end by themselves', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.api
      .as(owner)
      .put(rolesOf(organization, max), { roles: ['member', { role: 'admin', expiresAt: inAnHour() }] });
    expect((await app.api.as(max).get(rolesOf(organization, max))).status).toBe(200);

    await app.given.timePasses(organization, '61 minutes');

    expect(await app.api.as(max).get(rolesOf(organization, max))).toBeProblem('permission_denied');
    const left = await app.api.as(owner).get(rolesOf(organization, max));
    expect(left.body.roles).toEqual([{ role: 'member', expiresAt: null }]);
  });

  it('stay as they are when they are set to what they are', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(rolesOf(organization, max), { roles: ['member'] });

    expect(response.body).toEqual({ roles: [{ role: 'member', expiresAt: null }], version: 1 });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('are not set over a change that was not seen', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const { headers } = await app.api.as(owner).get(rolesOf(organization, max));
    const seen = { headers: { 'if-match': headers['etag']! } };

    const first = await app.api.as(owner).put(rolesOf(organization, max), { roles: ['admin'] }, seen);
    const second = await app.api.as(owner).put(rolesOf(organization, max), { roles: [] }, seen);

    expect(first.status).toBe(200);
    expect(second).toBeProblem('stale');
    expect(await app.given.auditOf(organization)).toEqual(['user.roles_changed']);
  });

  it.each([
    ['a role that does not exist', ['nothing'], 'unknown_role', undefined],
    ['a role twice', ['member', { role: 'member' }], 'invalid_request', '/roles/1'],
    [
      'an end that has passed',
      ['member', { role: 'admin', expiresAt: '2020-01-01T00:00:00Z' }],
      'invalid_request',
      '/roles/1/expiresAt',
    ],
    [
      'an end without a time zone',
      [{ role: 'admin', expiresAt: '2099-01-01T00:00:00' }],
      'invalid_request',
      undefined,
    ],
    ['something else', [7], 'invalid_request', undefined],
    ['more than a grant has', [{ role: 'admin', forever: true }], 'invalid_request', undefined],
    ['no list', 'admin', 'invalid_request', '/roles'],
  ])('cannot be set to %s', async (_, roles, code, pointer) => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).put(rolesOf(organization, max), { roles });

    expect(response).toBeProblem(code, pointer === undefined ? {} : { pointer });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('of another organization’s user are not there', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex, owner: foreigner } = await app.given.organization({ name: 'Globex' });

    const read = await app.api.as(owner).get(rolesOf(organization, foreigner));
    const written = await app.api.as(owner).put(rolesOf(organization, foreigner), { roles: [] });

    expect(read).toBeProblem('not_found');
    expect(written).toBeProblem('not_found');
    expect(await app.given.auditOf(globex)).toEqual([]);
  });

  describe('within what the giver holds', () => {
    it.each([
      ['everything', 'owner'],
      ['what admins hold', 'admin'],
      ['one permission more', 'chief'],
    ])('cannot be set to %s', async (_, role) => {
      const { organization } = await app.given.organization();
      await app.given.role(organization, 'chief', ['articles:publish']);
      const giver = await app.given.user(organization, { permissions: ['users:*', 'articles:write'] });
      const max = await app.given.user(organization, { roles: ['member'] });
      const before = await app.given.snapshot(organization);

      const toOther = await app.api.as(giver).put(rolesOf(organization, max), { roles: [role] });
      const toSelf = await app.api.as(giver).put(rolesOf(organization, giver), { roles: [role] });

      expect(toOther).toBeProblem('permission_denied');
      expect(toSelf).toBeProblem('permission_denied');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([
        'user.roles_changed (refused)',
        'user.roles_changed (refused)',
      ]);
    });

    it('are not taken from who holds more, whatever way it comes', async () => {
      const { organization, owner } = await app.given.organization();
      const giver = await app.given.user(organization, { permissions: ['users:*'] });
      const direct = await app.given.user(organization, { permissions: ['articles:publish'] });
      const throughTeam = await app.given.user(organization, { roles: ['member'] });
      await app.given.role(organization, 'editor', ['articles:publish']);
      await app.api.as(owner).post(`/v1/organizations/${organization.slug}/teams`, { name: 'writers' });
      await app.api
        .as(owner)
        .put(`/v1/organizations/${organization.slug}/teams/writers/roles`, { roles: ['editor'] });
      await app.api
        .as(owner)
        .put(`/v1/organizations/${organization.slug}/teams/writers/members/${throughTeam.id}`);
      const before = await app.given.snapshot(organization);

      for (const target of [owner, direct, throughTeam]) {
        const response = await app.api.as(giver).put(rolesOf(organization, target), { roles: [] });
        expect(response).toBeProblem('permission_denied');
      }

      expect(await app.given.snapshot(organization)).toEqual(before);
    });

    it('are set by an admin, but not those of owners', async () => {
      const { organization, owner } = await app.given.organization();
      const admin = await app.given.user(organization, { roles: ['admin'] });
      const max = await app.given.user(organization, { roles: ['member'] });

      const promoted = await app.api.as(admin).put(rolesOf(organization, max), { roles: ['admin'] });
      const crowned = await app.api.as(admin).put(rolesOf(organization, max), { roles: ['owner'] });
      const deposed = await app.api
        .as(admin)
        .put(rolesOf(organization, owner), { roles: ['owner', 'member'] });

      expect(promoted.status).toBe(200);
      expect(crowned).toBeProblem('permission_denied');
      expect(deposed).toBeProblem('permission_denied');
    });

    it('are set by an API key within its own list', async () => {
      const { organization, owner } = await app.given.organization();
      await app.given.role(organization, 'editor', ['articles:publish']);
      const max = await app.given.user(organization);
      const narrow = await app.given.apiKey(owner, { permissions: ['users:write'] });
      const wide = await app.given.apiKey(owner, { permissions: ['users:write', 'articles:*'] });

      const refused = await app.api.as(narrow).put(rolesOf(organization, max), { roles: ['editor'] });
      const given = await app.api.as(wide).put(rolesOf(organization, max), { roles: ['editor'] });

      expect(refused).toBeProblem('permission_denied');
      expect(given.status).toBe(200);
    });

    it('are not made to last longer than the giver’s own', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization);
      const other = await app.given.user(organization, { roles: ['member'] });
      const expiresAt = inAnHour();
      await app.api.as(owner).put(rolesOf(organization, max), { roles: [{ role: 'admin', expiresAt }] });
      await app.given.forgetAudit(organization);

      const keptForGood = await app.api.as(max).put(rolesOf(organization, max), { roles: ['admin'] });
      const givenForGood = await app.api.as(max).put(rolesOf(organization, other), { roles: ['admin'] });
      const givenAsLong = await app.api
        .as(max)
        .put(rolesOf(organization, other), { roles: [{ role: 'admin', expiresAt }] });

      expect(keptForGood).toBeProblem('permission_denied');
      expect(givenForGood).toBeProblem('permission_denied');
      expect(givenAsLong.status).toBe(200);
      expect(await app.given.auditOf(organization)).toEqual([
        'user.roles_changed (refused)',
        'user.roles_changed (refused)',
        'user.roles_changed',
      ]);
    });
  });

  describe('and the last owner', () => {
    it('who stays', async () => {
      const { organization, owner } = await app.given.organization();
      const before = await app.given.snapshot(organization);

      const emptied = await app.api.as(owner).put(rolesOf(organization, owner), { roles: [] });
      const limited = await app.api
        .as(owner)
        .put(rolesOf(organization, owner), { roles: [{ role: 'owner', expiresAt: inAnHour() }] });

      expect(emptied).toBeProblem('last_owner');
      expect(limited).toBeProblem('last_owner');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([
        'user.roles_changed (refused)',
        'user.roles_changed (refused)',
      ]);
    });

    it.each([
      [
        'is locked',
        async (max: TestUser) => app.sql(`update users set status = 'locked' where id = $1`, [max.id]),
      ],
      [
        'is one for a time only',
        async (max: TestUser) =>
          app.sql(`update user_roles set expires_at = now() + interval '1 day' where user_id = $1`, [max.id]),
      ],
    ])('beside one who %s', async (_, weaken) => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { roles: ['owner'] });
      await weaken(max);

      const response = await app.api.as(owner).put(rolesOf(organization, owner), { roles: ['member'] });

      expect(response).toBeProblem('last_owner');
    });

    it('who may go when there is another', async () => {
      const { organization, owner } = await app.given.organization();
      await app.given.user(organization, { roles: ['owner'] });

      const response = await app.api.as(owner).put(rolesOf(organization, owner), { roles: ['member'] });

      expect(response.status).toBe(200);
      expect(await app.given.auditOf(organization)).toEqual(['user.roles_changed']);
    });

    it('who stays when two demote each other in the same instant, fifty times', async () => {
      const { organization, owner: olga } = await app.given.organization();
      const max = await app.given.user(organization, { roles: ['owner'] });
      const outcomes: number[][] = [];

      for (let round = 0; round < 50; round += 1) {
        const answers = await Promise.all([
          app.api.as(olga).put(rolesOf(organization, max), { roles: ['member'] }),
          app.api.as(max).put(rolesOf(organization, olga), { roles: ['member'] }),
        ]);
        outcomes.push(answers.map(({ status }) => status).sort());
        const owners = await app.sql<{ user_id: string }>(
          `select g.user_id from user_roles g join roles r on r.org_id = g.org_id and r.id = g.role_id
            where g.org_id = $1 and r.name = 'owner'`,
          [organization.id],
        );
        expect(owners).toHaveLength(1);
        for (const user of [olga, max])
          if (owners[0]!.user_id !== user.id) await app.given.grant(organization, user.id, 'owner');
      }

      // Who comes later is refused by the last owner's rule, or is no owner any more when the request begins.
      for (const [first, second] of outcomes) {
        expect(first).toBe(200);
        expect([403, 409]).toContain(second);
      }
      expect(outcomes.some(([, second]) => second === 409)).toBe(true);
    });

    it('who stays when fifty owners step back at once', async () => {
      const { organization, owner } = await app.given.organization();
      const others: TestUser[] = [];
      for (let number = 0; number < 49; number += 1)
        others.push(await app.given.user(organization, { roles: ['owner'] }));

      const answers = await Promise.all(
        [owner, ...others].map((user) =>
          app.api.as(user).put(rolesOf(organization, user), { roles: ['member'] }),
        ),
      );

      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array<number>(49).fill(200), 409]);
    });
  });
});

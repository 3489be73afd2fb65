import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('analytics', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const read = async (organization: TestOrganization, owner: TestUser, query = '') =>
    app.api.as(owner).get(`/v1/organizations/${organization.slug}/analytics${query}`);
  const sum = (days: { count: number }[]) => days.reduce((total, { count }) => total + count, 0);

  it('count users by status and by their last sign-in, each once', async () => {
    const { organization, owner } = await app.given.organization();
    for (const [status, lastLogin] of [
      ['active', '1 minute'],
      ['active', '6 days 12 hours'],
      ['active', '8 days'],
      ['locked', '31 days'],
      ['locked', '100 days'],
      ['deactivated', null],
    ] as const) {
      const user = await app.given.user(organization, { status });
      await app.sql('update users set last_login_at = now() - $3::interval where org_id = $1 and id = $2', [
        organization.id,
        user.id,
        lastLogin,
      ]);
    }

    const { body } = await read(organization, owner);

    expect(body.users).toBe(7);
    expect(body.usersByStatus).toEqual({ initializing: 0, active: 4, locked: 2, deactivated: 1 });
    const { today, last7Days, ...others } = body.usersByLastSignIn;
    // A minute ago may have been yesterday.
    expect(today + last7Days).toBe(2);
    expect(others).toEqual({ last30Days: 1, last90Days: 1, longerAgo: 1, never: 2 });
  });

  it('count sign-ins and new accounts of each day, whoever writes them', async () => {
    const { organization, owner } = await app.given.organization();
    const before = (await read(organization, owner)).body;
    const max = await app.given.user(organization);
    await app.api.post(`/v1/organizations/${organization.slug}/sign-in`, {
      identifier: max.email,
      password: max.password,
    });
    await app.sql(
      `insert into users (org_id, username, created_at) values ($1, 'imported', '2020-02-29T23:59:59Z')`,
      [organization.id],
    );

    const after = (await read(organization, owner)).body;
    const leapDay = (await read(organization, owner, '?from=2020-02-28&to=2020-03-01')).body;

    expect(after.signInsPerDay).toHaveLength(30);
    expect(after.signInsPerDay.at(-1).day).toBe(after.to);
    expect(sum(after.signInsPerDay) - sum(before.signInsPerDay)).toBe(2);
    expect(sum(after.newAccountsPerDay) - sum(before.newAccountsPerDay)).toBe(1);
    expect(leapDay.newAccountsPerDay).toEqual([
      { day: '2020-02-28', count: 0 },
      { day: '2020-02-29', count: 1 },
      { day: '2020-03-01', count: 0 },
    ]);
  });

  it('say the same after the numbers of a day were added up, and when accounts are gone', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const before = (await read(organization, owner)).body;
    const entries = () => app.sql('select 1 from daily_count_entries where org_id = $1', [organization.id]);
    expect(await entries()).not.toEqual([]);

    await app.get(Jobs).run('fold-daily-counts');
    const folded = (await read(organization, owner)).body;
    await app.given.session(max);
    await app.get(Jobs).run('fold-daily-counts');
    await app.sql('delete from users where org_id = $1 and id = $2', [organization.id, max.id]);
    const later = (await read(organization, owner)).body;

    expect(await entries()).toEqual([]);
    expect(folded).toEqual(before);
    expect(sum(later.signInsPerDay)).toBe(sum(before.signInsPerDay) + 1);
    expect(later.newAccountsPerDay).toEqual(before.newAccountsPerDay);
    expect(later.users).toBe(before.users - 1);
  });

  it('count what a transaction adds only once it is there for good', async () => {
    const { organization, owner } = await app.given.organization();
    const before = (await read(organization, owner)).body;

    await expect(
      app.sql(`insert into users (org_id, username) values ($1, 'twice'), ($1, 'twice')`, [organization.id]),
    ).rejects.toThrow(/users_username_taken/);

    expect((await read(organization, owner)).body.newAccountsPerDay).toEqual(before.newAccountsPerDay);
  });

  it('count who holds each role, once, whichever way it takes', async () => {
    const { organization, owner } = await app.given.organization();
    const editor = await app.given.role(organization, 'editor');
    const users = await Promise.all([0, 1, 2, 3].map(() => app.given.user(organization)));
    await app.given.grant(organization, users[0]!.id, 'editor');
    await app.given.grant(organization, users[3]!.id, 'editor');
    await app.sql(
      `update user_roles set expires_at = now() - interval '1 second' where org_id = $1 and user_id = $2`,
      [organization.id, users[3]!.id],
    );
    for (const team of ['writers', 'readers']) {
      await app.api.as(owner).post(`/v1/organizations/${organization.slug}/teams`, { name: team });
      for (const user of users.slice(0, 2))
        await app.api
          .as(owner)
          .put(`/v1/organizations/${organization.slug}/teams/${team}/members/${user.id}`);
    }
    await app.sql(
      `insert into team_roles (org_id, team_id, role_id) select org_id, id, $2 from teams where org_id = $1`,
      [organization.id, editor.id],
    );

    const { body } = await read(organization, owner);

    expect(body.roles.slice(0, 2)).toEqual([
      { role: 'editor', users: 2 },
      { role: 'owner', users: 1 },
    ]);
    expect(body.roles).toContainEqual({ role: 'member', users: 0 });
  });

  it('count sessions that are alive', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.given.session(max);
    const before = (await read(organization, owner)).body.activeSessions;
    await app.sql(
      `update sessions set revoked_at = now() where id = (select id from sessions where user_id = $1 limit 1)`,
      [max.id],
    );

    const ended = (await read(organization, owner)).body.activeSessions;

    expect(before).toBe(3);
    expect(ended).toBe(2);
  });

  it('know nothing of other organizations', async () => {
    const { organization, owner } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const before = (await read(organization, owner)).body;
    await app.given.user(globex);

    expect((await read(organization, owner)).body).toEqual(before);
    expect(await read(globex, owner)).toBeProblem('not_found');
  });

  it.each([
    ['?from=2027-02-30', '/query/from'],
    ['?from=2027-01-02&to=2027-01-01', '/query/to'],
    ['?from=2025-01-01&to=2027-01-01', '/query/from'],
    ['?to=yesterday', '/query/to'],
    ['?to=0000-01-01', '/query/to'],
  ])('refuse %s', async (query, pointer) => {
    const { organization, owner } = await app.given.organization();

    const response = await read(organization, owner, query);

    expect(response).toBeProblem('invalid_request', { pointer });
  });

  it('are for who holds the permission', async () => {
    const { organization } = await app.given.organization();
    const member = await app.given.user(organization, { roles: ['member'] });
    const admin = await app.given.user(organization, { roles: ['admin'] });

    expect(await read(organization, member)).toBeProblem('permission_denied');
    expect((await read(organization, admin)).status).toBe(200);
  });
});

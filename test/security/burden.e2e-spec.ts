import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('An organization', () => {
  it('cannot make a look-up, which all share, take long: as many roles by as many teams as there can be', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await fillRoles(organization, 100, 95);
    await app.sql(`insert into teams (org_id, name) select $1, 'team ' || n from generate_series(1, 200) n`, [
      organization.id,
    ]);
    await app.sql(
      `insert into team_roles (org_id, team_id, role_id) select t.org_id, t.id, r.id
         from teams t join roles r on r.org_id = t.org_id and not r.is_system_role where t.org_id = $1`,
      [organization.id],
    );
    await app.sql(
      'insert into team_members (org_id, team_id, user_id) select org_id, id, $2 from teams where org_id = $1',
      [organization.id, max.id],
    );
    await app.sql('analyze roles, role_permissions, teams, team_roles, team_members');
    await app.api.as(max).get('/v1/session');

    const start = performance.now();
    expect((await app.api.as(max).get('/v1/session')).status).toBe(200);
    const check = await app.api
      .as(owner)
      .post('/v1/access/check', { token: max.token, permission: 'articles:p1' });
    expect(check.body.because).toHaveLength(1_000);
    // Without the limits it was more than four seconds, and an end by the database.
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('gives its roles so many permissions together and no more', async () => {
    const { organization, owner } = await app.given.organization();
    await fillRoles(organization, 20, 495);
    const path = `/v1/organizations/${organization.slug}/roles`;
    const make = (permissions: string[]) => app.api.as(owner).post(path, { name: 'new', permissions });
    const before = await app.given.snapshot(organization);
    const many = Array.from({ length: 100 }, (_, index) => `books:p${index}`);

    expect(await make(many)).toBeProblem('limit_reached');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await make(['users:read'])).status).toBe(201);
  });

  it('puts nobody into more than 200 teams', async () => {
    const { organization, owner } = await app.given.organization();
    await app.sql(`insert into teams (org_id, name) select $1, 'team ' || n from generate_series(1, 201) n`, [
      organization.id,
    ]);
    await app.sql(
      `insert into team_members (org_id, team_id, user_id)
       select org_id, id, $2 from teams where org_id = $1 and name <> 'team 7'`,
      [organization.id, owner.id],
    );
    const before = await app.given.snapshot(organization);
    const response = await app.api
      .as(owner)
      .put(`/v1/organizations/${organization.slug}/teams/team%207/members/${owner.id}`);

    expect(response).toBeProblem('limit_reached');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

async function fillRoles(organization: TestOrganization, roles: number, permissions: number): Promise<void> {
  await app.sql(`insert into roles (org_id, name) select $1, 'r' || n from generate_series(1, $2::int) n`, [
    organization.id,
    roles,
  ]);
  await app.sql(
    `insert into role_permissions (org_id, role_id, permission)
     select org_id, id, 'articles:p' || n from roles, generate_series(1, $2::int) n
      where org_id = $1 and not is_system_role`,
    [organization.id, permissions],
  );
}

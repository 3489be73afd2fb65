import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const presets = ({ slug }: TestOrganization) => `/v1/organizations/${slug}/role-presets`;
const preset = (organization: TestOrganization) => `${presets(organization)}/posters-and-commenters`;

describe('Role presets', () => {
  it('are listed with what they hold', async () => {
    const { organization, owner } = await app.given.organization();

    const response = await app.api.as(owner).get(presets(organization));

    expect(response.body.items).toEqual([
      {
        name: 'posters-and-commenters',
        description: expect.any(String),
        roles: [
          {
            name: 'poster',
            description: expect.any(String),
            permissions: ['articles:publish', 'assets:upload', 'comments:write'],
          },
          { name: 'commenter', description: expect.any(String), permissions: ['comments:write'] },
        ],
      },
    ]);
  });

  it('are loaded once, however often somebody does it', async () => {
    const { organization, owner } = await app.given.organization();

    const answers = await Promise.all([
      app.api.as(owner).put(preset(organization)),
      app.api.as(owner).put(preset(organization)),
    ]);

    const created = answers.flatMap(({ body }) =>
      (body.created as { name: string }[]).map(({ name }) => name),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(created.sort()).toEqual(['commenter', 'poster']);
    expect(await app.given.auditOf(organization)).toEqual(['role.created', 'role.created']);
    const roles = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/roles?q=poster`);
    expect(roles.body.items).toMatchObject([
      { name: 'poster', permissions: ['articles:publish', 'assets:upload', 'comments:write'] },
    ]);
  });

  it('can be loaded by an admin, who holds from then on what they brought', async () => {
    const { organization } = await app.given.organization();
    const ada = await app.given.user(organization, { roles: ['admin'] });

    const response = await app.api.as(ada).put(preset(organization));

    expect(response.status).toBe(200);
    expect((await app.api.as(ada).get('/v1/me')).body.permissions).toContain('comments:write');
  });

  it('leave a role of the same name as it is', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'poster', ['articles:*']);

    const response = await app.api.as(owner).put(preset(organization));

    expect(response.body.created).toMatchObject([{ name: 'commenter' }]);
    const role = await app.api.as(owner).get(`/v1/organizations/${organization.slug}/roles/poster`);
    expect(role.body.permissions).toEqual(['articles:*']);
  });

  it('give nobody what they do not hold', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { permissions: ['roles:write', 'articles:publish'] });
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(max).put(preset(organization));

    expect(response).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual(['role.created (refused)']);
  });

  it('are no other than those', async () => {
    const { organization, owner } = await app.given.organization();

    for (const name of ['editors', '__proto__', 'constructor'])
      expect(await app.api.as(owner).put(`${presets(organization)}/${name}`)).toBeProblem('not_found');
  });
});

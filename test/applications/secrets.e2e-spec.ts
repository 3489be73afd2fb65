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

async function givenMachine(organization: TestOrganization, owner: TestUser) {
  const { body } = await app.api.as(owner).post(pathOf(organization), { name: 'Importer', type: 'machine' });
  await app.given.forgetAudit(organization);
  return body as { id: string; clientSecret: string };
}

const matches = (organization: TestOrganization, id: string, secret: string) =>
  app
    .get(Database)
    .forOrganization(organization.id, (tx) => app.get(Applications).matchesSecret(tx, id, secret));

describe('The secrets of an application', () => {
  it('are replaced while both work, and shown once', async () => {
    const { organization, owner } = await app.given.organization();
    const { id, clientSecret: old } = await givenMachine(organization, owner);
    const secrets = pathOf(organization, `${id}/secrets`);

    const second = await app.api.as(owner).post(secrets, { expiresAt: '2099-01-01T00:00:00Z' });
    const third = await app.api.as(owner).post(secrets, {});
    const listed = await app.api.as(owner).get(secrets);
    const both = [
      await matches(organization, id, old),
      await matches(organization, id, second.body.clientSecret),
    ];
    const deleted = await app.api.as(owner).delete(`${secrets}/${listed.body.items[0].id}`);
    const gone = await app.api.as(owner).delete(`${secrets}/${listed.body.items[0].id}`);

    expect(second.status).toBe(201);
    expect(second.body).toMatchObject({ expiresAt: '2099-01-01T00:00:00.000Z', lastUsedAt: null });
    expect(third).toBeProblem('limit_reached');
    expect(listed.body.items.map(({ hint }: { hint: string }) => hint)).toEqual([
      old.slice(-4),
      second.body.hint,
    ]);
    expect(listed.text).not.toContain('ten_cs_');
    expect(both).toEqual([true, true]);
    expect(deleted.status).toBe(204);
    expect(gone).toBeProblem('not_found');
    expect(await matches(organization, id, old)).toBe(false);
    expect(await matches(organization, id, second.body.clientSecret)).toBe(true);
    expect(await app.given.auditOf(organization)).toEqual([
      'application.secret_created',
      'application.secret_deleted',
    ]);
    expect(JSON.stringify(await app.given.auditEventsOf(organization))).not.toContain('ten_cs_');
  });

  it('are never three, of a hundred made at once', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await givenMachine(organization, owner);

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => app.api.as(owner).post(pathOf(organization, `${id}/secrets`), {})),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const refused of answers.filter(({ status }) => status !== 201))
      expect(refused).toBeProblem('limit_reached');
    expect(await app.given.auditOf(organization)).toEqual(['application.secret_created']);
  });

  it('give up their places when they end', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await givenMachine(organization, owner);
    const secrets = pathOf(organization, `${id}/secrets`);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const short = await app.api.as(owner).post(secrets, { expiresAt });
    await app.given.timePasses(organization, '2 hours');

    const listed = await app.api.as(owner).get(secrets);
    const next = await app.api.as(owner).post(secrets, {});

    expect(listed.body.items).toHaveLength(1);
    expect(await matches(organization, id, short.body.clientSecret)).toBe(false);
    expect(next.status).toBe(201);
  });

  it('end in the future', async () => {
    const { organization, owner } = await app.given.organization();
    const { id } = await givenMachine(organization, owner);
    const before = await app.given.snapshot(organization);

    for (const expiresAt of ['2001-01-01T00:00:00Z', 'soon', 7])
      expect(await app.api.as(owner).post(pathOf(organization, `${id}/secrets`), { expiresAt })).toBeProblem(
        'invalid_request',
        { pointer: '/expiresAt' },
      );
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('are stored as hashes, and note when they were used', async () => {
    const { organization, owner } = await app.given.organization();
    const { id, clientSecret } = await givenMachine(organization, owner);

    const uses = await Promise.all(Array.from({ length: 20 }, () => matches(organization, id, clientSecret)));

    const [row] = await app.sql('select * from application_secrets where org_id = $1', [organization.id]);
    expect(uses).toEqual(Array(20).fill(true));
    expect(JSON.stringify(row)).not.toContain(clientSecret.slice(8, 30));
    expect(row.secret_hash).toHaveLength(32);
    expect(row.last_used_at).not.toBeNull();
  });

  it('are worth nothing for another application, organization, or for one that is disabled', async () => {
    const { organization: acme, owner: olga } = await app.given.organization();
    const { organization: globex } = await app.given.organization();
    const { id, clientSecret } = await givenMachine(acme, olga);
    const other = await givenMachine(acme, olga);

    expect(await matches(acme, id, clientSecret)).toBe(true);
    expect(await matches(acme, other.id, clientSecret)).toBe(false);
    expect(await matches(globex, id, clientSecret)).toBe(false);
    for (const wrong of [
      '',
      'x',
      clientSecret.slice(0, -1),
      `${clientSecret}x`,
      olga.token,
      `\0${clientSecret}`,
    ])
      expect(await matches(acme, id, wrong)).toBe(false);
    expect(await matches(acme, 'not-an-id', clientSecret)).toBe(false);
    await app.api.as(olga).put(pathOf(acme, `${id}/deactivation`));
    expect(await matches(acme, id, clientSecret)).toBe(false);
  });
});

describe('Who has no more than an application', () => {
  it('neither makes secrets of it nor changes how it proves itself', async () => {
    const { organization, owner } = await app.given.organization();
    await app.given.role(organization, 'importer', ['articles:publish']);
    const { id } = await givenMachine(organization, owner);
    await app.api.as(owner).put(pathOf(organization, `${id}/roles`), { roles: ['importer'] });
    const clerk = await app.given.user(organization, { permissions: ['applications:*'] });
    const peer = await app.given.user(organization, { permissions: ['applications:*', 'articles:publish'] });
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);
    const [secret] = (await app.api.as(clerk).get(pathOf(organization, `${id}/secrets`))).body.items;

    for (const response of [
      await app.api.as(clerk).post(pathOf(organization, `${id}/secrets`), {}),
      await app.api.as(clerk).delete(pathOf(organization, `${id}/secrets/${secret.id}`)),
      await app.api.as(clerk).patch(pathOf(organization, id), { jwksUri: 'https://evil.example/jwks' }),
      await app.api.as(clerk).put(pathOf(organization, `${id}/roles`), { roles: [] }),
      await app.api.as(clerk).put(pathOf(organization, `${id}/deactivation`)),
      await app.api.as(clerk).delete(pathOf(organization, id)),
    ])
      expect(response).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(new Set(await app.given.auditOf(organization))).toEqual(
      new Set([
        'application.secret_created (refused)',
        'application.secret_deleted (refused)',
        'application.updated (refused)',
        'application.roles_changed (refused)',
        'application.deactivated (refused)',
        'application.deleted (refused)',
      ]),
    );
    expect((await app.api.as(peer).post(pathOf(organization, `${id}/secrets`), {})).status).toBe(201);
  });

  it('does not name permissions of the product that they do not hold', async () => {
    const { organization, owner } = await app.given.organization();
    const clerk = await app.given.user(organization, { permissions: ['applications:*', 'users:read'] });
    const redirectUris = ['https://articles.acme.example/callback'];
    const body = { name: 'Articles', type: 'web', redirectUris };
    const withScopes = (allowedScopes: string[]) => ({ ...body, allowedScopes });

    const own = await app.api.as(clerk).post(pathOf(organization), withScopes(['openid', 'users:read']));
    const more = await app.api.as(clerk).post(pathOf(organization), withScopes(['users:write']));
    const unknown = await app.api.as(clerk).post(pathOf(organization), withScopes(['nothing']));
    const platform = await app.api
      .as(owner)
      .post(pathOf(organization), withScopes(['platform:organizations']));
    const taken = await app.api
      .as(owner)
      .patch(pathOf(organization, own.body.id), { allowedScopes: ['users:write'] });
    const hijacked = await app.api
      .as(clerk)
      .patch(pathOf(organization, own.body.id), { redirectUris: ['https://evil.example/'] });

    expect(own.status).toBe(201);
    expect(more).toBeProblem('permission_denied');
    expect(unknown).toBeProblem('unknown_scope');
    expect(platform).toBeProblem('unknown_scope');
    expect(taken.status).toBe(200);
    expect(hijacked).toBeProblem('permission_denied');
  });
});

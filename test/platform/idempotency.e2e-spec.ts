import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let roles: string;
beforeAll(async () => {
  app = await startApp();
  ({ organization, owner } = await app.given.organization());
  roles = `/v1/organizations/${organization.slug}/roles`;
});
afterAll(() => app.stop());

describe('A request with an idempotency key', () => {
  it('has one effect, however often it is sent at once', async () => {
    await app.given.forgetAudit(organization);
    const body = { name: 'editor', permissions: ['articles:publish'] };
    await app.sql(`insert into permissions (org_id, resource, action) values ($1, 'articles', 'publish')`, [
      organization.id,
    ]);

    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        app.api.as(owner).post(roles, body, { headers: { 'idempotency-key': 'make-editor' } }),
      ),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const [row] = await app.sql(
      `select count(*)::int as count from roles where org_id = $1 and name = 'editor'`,
      [organization.id],
    );
    expect(row.count).toBe(1);
    expect(await app.given.auditOf(organization)).toEqual(['role.created']);
  });

  it('is refused with another body, and writes nothing', async () => {
    const headers = { 'idempotency-key': 'make-author' };
    await app.api.as(owner).post(roles, { name: 'author', permissions: [] }, { headers });
    const before = await app.given.snapshot(organization);

    const response = await app.api.as(owner).post(roles, { name: 'reader', permissions: [] }, { headers });

    expect(response).toBeProblem('idempotency_key_reused');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('stands for itself again after a day', async () => {
    const headers = { 'idempotency-key': 'make-tester' };
    const body = { name: 'tester', permissions: [] };
    await app.api.as(owner).post(roles, body, { headers });
    await app.given.timePasses(organization, '25 hours');
    const token = await app.given.session(owner);

    const response = await app.api.as(token).post(roles, body, { headers });

    expect(response).toBeProblem('role_name_taken');
  });

  it('is the key of one person: another one uses the same', async () => {
    const headers = { 'idempotency-key': 'make-own' };
    const other = await app.given.user(organization, { roles: ['owner'] });
    await app.api.as(owner).post(roles, { name: 'own-1', permissions: [] }, { headers });

    const response = await app.api.as(other).post(roles, { name: 'own-2', permissions: [] }, { headers });

    expect(response.status).toBe(201);
  });

  it('that failed may be sent again', async () => {
    const headers = { 'idempotency-key': 'make-late' };
    const body = { name: 'late', permissions: [] };
    await app.given.role(organization, 'late');
    const refused = await app.api.as(owner).post(roles, body, { headers });
    await app.sql(`delete from roles where org_id = $1 and name = 'late'`, [organization.id]);

    const response = await app.api.as(owner).post(roles, body, { headers });

    expect(refused.status).toBe(409);
    expect(response.status).toBe(201);
  });

  it('keeps no answer readable in the database', async () => {
    await app.api
      .as(owner)
      .post(
        roles,
        { name: 'hidden', description: 'readable-text', permissions: [] },
        { headers: { 'idempotency-key': 'make-hidden' } },
      );

    const rows = await app.sql('select sealed_response from idempotency_keys where org_id = $1', [
      organization.id,
    ]);
    for (const { sealed_response } of rows) expect(String(sealed_response)).not.toContain('readable-text');
  });

  it('takes visible ASCII only', async () => {
    const response = await app.api
      .as(owner)
      .post(roles, { name: 'x', permissions: [] }, { headers: { 'idempotency-key': 'two words' } });

    expect(response).toBeProblem('invalid_request', { pointer: '/header/Idempotency-Key' });
  });
});

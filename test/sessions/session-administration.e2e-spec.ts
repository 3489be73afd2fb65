import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('the sessions of a user', () => {
  it('are listed newest first, a page at a time, without secrets', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    for (let i = 0; i < 4; i += 1) await app.given.session(max);
    const path = `/v1/organizations/${organization.slug}/users/${max.email}/sessions`;

    const first = await app.api.as(owner).get(`${path}?limit=3`);
    const second = await app.api.as(owner).get(`${path}?limit=3&cursor=${first.body.nextCursor}`);

    expect([first.body.items.length, second.body.items.length]).toEqual([3, 2]);
    expect(second.body.nextCursor).toBeNull();
    const items = [...first.body.items, ...second.body.items];
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
    expect(Object.keys(items[0]).sort()).toEqual(
      [
        'authenticatedAt',
        'createdAt',
        'current',
        'expiresAt',
        'id',
        'ip',
        'lastUsedAt',
        'methods',
        'userAgent',
      ].sort(),
    );
  });

  it('end one by one or all at once, each with its record', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { roles: ['member'] });
    const other = await app.given.session(max);
    const path = `/v1/organizations/${organization.slug}/users/${max.id}/sessions`;
    const { body } = await app.api.as(owner).get(path);

    expect((await app.api.as(owner).delete(`${path}/${body.items[0].id}`)).status).toBe(204);
    expect((await app.api.as(owner).get(path)).body.items).toHaveLength(1);
    expect(await app.api.as(owner).delete(`${path}/${body.items[0].id}`)).toBeProblem('not_found');
    expect((await app.api.as(owner).delete(path)).status).toBe(204);

    expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.api.as(other).get('/v1/session')).toBeProblem('unauthenticated');
    expect(await app.given.auditOf(organization)).toEqual(['session.ended', 'user.sessions_ended']);
  });

  it('are out of reach for who lacks the permission or holds less than their user', async () => {
    const { organization, owner } = await app.given.organization();
    const helper = await app.given.user(organization, { permissions: ['sessions:read', 'sessions:revoke'] });
    const max = await app.given.user(organization, { roles: ['member'] });
    const pathOf = (user: { id: string }) =>
      `/v1/organizations/${organization.slug}/users/${user.id}/sessions`;
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(max).get(pathOf(owner))).toBeProblem('permission_denied');
    expect(await app.api.as(helper).delete(pathOf(owner))).toBeProblem('permission_denied');
    expect(await app.api.as(owner).delete(`${pathOf(max)}/${newId()}`)).toBeProblem('not_found');
    expect(await app.api.as(owner).delete(`${pathOf(max)}/nonsense`)).toBeProblem('not_found');

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([
      'access.refused (refused)',
      'user.sessions_ended (refused)',
    ]);
    expect((await app.api.as(helper).delete(pathOf(max))).status).toBe(204);
  });
});

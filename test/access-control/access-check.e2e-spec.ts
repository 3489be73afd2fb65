import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('the access check', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const refused = { allowed: false, because: [] };

  /** Max, who is an editor until tomorrow, and a chief through the team of writers. */
  async function givenMax() {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner, { permissions: ['access:check'] });
    await app.given.role(organization, 'editor', ['articles:publish', 'articles:write']);
    await app.given.role(organization, 'chief', ['articles:*']);
    const max = await app.given.user(organization, { roles: ['member'] });
    const base = `/v1/organizations/${organization.slug}`;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await app.api.as(owner).put(`${base}/users/${max.id}/roles`, { roles: [{ role: 'editor', expiresAt }] });
    await app.api.as(owner).post(`${base}/teams`, { name: 'writers' });
    await app.api.as(owner).put(`${base}/teams/writers/roles`, { roles: ['chief'] });
    await app.api.as(owner).put(`${base}/teams/writers/members/${max.id}`);
    return { organization, owner, key, max, expiresAt };
  }

  const bySession = ({ token }: TestUser) => ({ token });
  const byId = ({ id }: TestUser) => ({ userId: id });

  it.each([
    ['token', bySession],
    ['id', byId],
  ])('says why a user, named by %s, may', async (_, named) => {
    const { key, max, expiresAt } = await givenMax();

    const response = await app.api
      .as(key)
      .post('/v1/access/check', { ...named(max), permission: 'articles:publish' });

    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      allowed: true,
      because: [
        { role: 'chief', through: 'team:writers' },
        { role: 'editor', through: 'user', expiresAt },
      ],
    });
  });

  it.each([
    ['token', bySession],
    ['id', byId],
  ])('answers several permissions, each for itself, of a user named by %s', async (_, named) => {
    const { key, max, expiresAt } = await givenMax();

    const some = await app.api
      .as(key)
      .post('/v1/access/check', { ...named(max), permissions: ['articles:delete', 'users:read'] });
    const all = await app.api
      .as(key)
      .post('/v1/access/check', { ...named(max), permissions: ['articles:write', 'articles:delete'] });

    expect(some.body).toEqual({
      allowed: false,
      results: [
        {
          permission: 'articles:delete',
          allowed: true,
          because: [{ role: 'chief', through: 'team:writers' }],
        },
        { permission: 'users:read', ...refused },
      ],
    });
    expect(all.body.allowed).toBe(true);
    expect(all.body.results[0].because).toContainEqual({ role: 'editor', through: 'user', expiresAt });
  });

  it.each([
    [
      'who signed out',
      bySession,
      (_: TestOrganization, { token }: TestUser) => app.api.as({ token }).delete('/v1/session'),
    ],
    [
      'whose session ended',
      bySession,
      (organization: TestOrganization) => app.given.timePasses(organization, '31 days'),
    ],
    [
      'who is locked',
      bySession,
      (_: TestOrganization, { id }: TestUser) =>
        app.sql(`update users set status = 'locked' where id = $1`, [id]),
    ],
    [
      'who is locked, by id',
      byId,
      (_: TestOrganization, { id }: TestUser) =>
        app.sql(`update users set status = 'locked' where id = $1`, [id]),
    ],
    [
      'who is gone',
      byId,
      (_: TestOrganization, { id }: TestUser) => app.sql(`delete from users where id = $1`, [id]),
    ],
  ])('allows nothing to a user %s', async (_, named, happens) => {
    const { organization, key, max } = await givenMax();
    await happens(organization, max);

    const response = await app.api
      .as(key)
      .post('/v1/access/check', { ...named(max), permission: 'articles:publish' });

    expect(response.status).toBe(200);
    expect(response.body).toEqual(refused);
  });

  it('forgets a role that has ended', async () => {
    const { organization, key, max } = await givenMax();
    await app.given.timePasses(organization, '25 hours');

    const response = await app.api
      .as(key)
      .post('/v1/access/check', { ...byId(max), permission: 'articles:publish' });

    expect(response.body.because).toEqual([{ role: 'chief', through: 'team:writers' }]);
  });

  it('knows nobody of another organization', async () => {
    const { max, owner } = await givenMax();
    const { owner: foreigner } = await app.given.organization({ name: 'Globex' });
    const key = await app.given.apiKey(foreigner, { permissions: ['*'] });

    for (const named of [
      bySession(max),
      byId(max),
      bySession(owner),
      { token: 'ten_ses_nonsense' },
      { token: key.token },
    ]) {
      const response = await app.api
        .as(key)
        .post('/v1/access/check', { ...named, permission: 'articles:publish' });
      expect(response.body).toEqual(refused);
    }
  });

  it('finds no permission of the platform in an organization’s wildcards', async () => {
    const { key, owner } = await givenMax();
    const operator = await app.given.operator();
    const platformKey = await app.given.apiKey(operator, { permissions: ['access:check'] });

    const elsewhere = await app.api
      .as(key)
      .post('/v1/access/check', { ...bySession(owner), permission: 'platform:organizations' });
    const there = await app.api
      .as(platformKey)
      .post('/v1/access/check', { ...bySession(operator), permission: 'platform:organizations' });

    expect(elsewhere.body).toEqual(refused);
    expect(there.body).toEqual({ allowed: true, because: [{ role: 'owner', through: 'user' }] });
  });

  it.each([
    ['nobody', { permission: 'a:b' }],
    ['two users', { token: 'x', userId: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4', permission: 'a:b' }],
    ['no permission', { token: 'x' }],
    ['both forms', { token: 'x', permission: 'a:b', permissions: ['a:b'] }],
    ['an empty list', { token: 'x', permissions: [] }],
    [
      'too long a list',
      { token: 'x', permissions: Array.from({ length: 101 }, (_, index) => `a:b${index}`) },
    ],
    ['what is no permission', { token: 'x', permission: 'publish' }],
    ['no user’s id', { userId: 'max', permission: 'a:b' }],
    ['null', { token: null, permission: 'a:b' }],
    ['an unknown key', { token: 'x', permission: 'a:b', why: true }],
  ])('refuses to be asked about %s', async (_, body) => {
    const { key } = await givenMax();

    expect(await app.api.as(key).post('/v1/access/check', body)).toBeProblem('invalid_request');
  });

  it('answers who may ask', async () => {
    const { owner, max, organization } = await givenMax();
    const key = await app.given.apiKey(owner, { permissions: ['sessions:validate'] });
    await app.given.forgetAudit(organization);

    const without = await app.api.post('/v1/access/check', { ...byId(max), permission: 'a:b' });
    const narrow = await app.api.as(key).post('/v1/access/check', { ...byId(max), permission: 'a:b' });

    expect(without).toBeProblem('unauthenticated');
    expect(narrow).toBeProblem('permission_denied');
    expect(await app.given.auditOf(organization)).toEqual(['access.refused (refused)']);
  });
});

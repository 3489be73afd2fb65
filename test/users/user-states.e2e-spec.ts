import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

describe('users', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const users = ({ slug }: TestOrganization, user: { id: string }, state = '') =>
    `/v1/organizations/${slug}/users/${user.id}${state}`;
  const signIn = (organization: TestOrganization, user: TestUser) =>
    app.api.post(`/v1/organizations/${organization.slug}/sign-in`, {
      identifier: user.email,
      password: user.password,
    });

  describe.each([
    { state: '/lock', status: 'locked', set: 'user.locked', lifted: 'user.unlocked' },
    { state: '/deactivation', status: 'deactivated', set: 'user.deactivated', lifted: 'user.reactivated' },
  ])('who are $status', ({ state, status, set, lifted }) => {
    it('are signed out at once, and stay out until it is lifted', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization, { roles: ['admin'] });
      const phone = await app.given.session(max);
      const key = await app.given.apiKey(max);

      const response = await app.api.as(owner).put(users(organization, max, state));

      expect(response.status).toBe(200);
      expect(response.headers['etag']).toBe('"2"');
      expect(response.body).toMatchObject({ id: max.id, status, version: 2, updatedBy: owner.id });
      expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
      expect(await app.api.as(phone).get('/v1/session')).toBeProblem('unauthenticated');
      expect(await app.api.as(key).get(users(organization, max))).toBeProblem('unauthenticated');
      expect(await signIn(organization, max)).toBeProblem('invalid_credentials');
      const [event] = await app.given.auditEventsOf(organization);
      expect(event).toMatchObject({
        action: set,
        actor_id: owner.id,
        target_id: max.id,
        change: { from: 'active', to: status, sessionsEnded: 2 },
      });

      const back = await app.api.as(owner).delete(users(organization, max, state));

      expect(back.body).toMatchObject({ id: max.id, status: 'active' });
      expect(await app.api.as(max).get('/v1/session')).toBeProblem('unauthenticated');
      expect((await app.api.as(key).get(users(organization, max))).status).toBe(200);
      expect((await signIn(organization, max)).status).toBe(200);
      expect(await app.given.auditOf(organization)).toEqual(expect.arrayContaining([set, lifted]));
    });

    it('are so once, however often it is asked', async () => {
      const { organization, owner } = await app.given.organization();
      const max = await app.given.user(organization);
      const change = (method: string) => app.api.as(owner).send(method, users(organization, max, state));

      const sets = await Promise.all(Array.from({ length: 10 }, () => change('PUT')));
      const lifts = await Promise.all(Array.from({ length: 10 }, () => change('DELETE')));

      expect(new Set(sets.map(({ text }) => text)).size).toBe(1);
      expect(sets[0]!.body.status).toBe(status);
      expect(new Set(lifts.map(({ text }) => text)).size).toBe(1);
      expect(lifts[0]!.body.status).toBe('active');
      expect(await app.given.auditOf(organization)).toEqual([set, lifted]);
    });

    it('go back to initializing when they never had a password', async () => {
      const { organization, owner } = await app.given.organization();
      const created = await app.api
        .as(owner)
        .post(`/v1/organizations/${organization.slug}/users`, { username: 'max' });

      const there = await app.api.as(owner).put(users(organization, created.body, state));
      const back = await app.api.as(owner).delete(users(organization, created.body, state));

      expect([there.body.status, back.body.status]).toEqual([status, 'initializing']);
    });

    it('are not oneself', async () => {
      const { organization, owner } = await app.given.organization();
      await app.given.user(organization, { roles: ['owner'] });
      const before = await app.given.snapshot(organization);

      expect(await app.api.as(owner).put(users(organization, owner, state))).toBeProblem('own_account');
      expect(await app.api.as(owner).delete(users(organization, owner))).toBeProblem('own_account');
      expect(await app.given.snapshot(organization)).toEqual(before);
      expect(await app.given.auditOf(organization)).toEqual([]);
    });
  });

  it('who are deactivated are not locked, but the locked can be deactivated', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const send = (method: string, state: string) =>
      app.api.as(owner).send(method, users(organization, max, state));

    await send('PUT', '/lock');
    expect((await send('PUT', '/deactivation')).body.status).toBe('deactivated');
    expect(await send('PUT', '/lock')).toBeProblem('conflict');
    expect((await send('DELETE', '/lock')).body.status).toBe('deactivated');
    expect(await app.given.auditOf(organization)).toEqual(['user.locked', 'user.deactivated']);
  });

  it('are not touched by who holds less than they do', async () => {
    const { organization, owner } = await app.given.organization();
    const admin = await app.given.user(organization, { roles: ['admin'] });
    const editor = await app.given.user(organization, { permissions: ['articles:publish'] });
    const writer = await app.given.user(organization, { permissions: ['users:write'] });
    const before = await app.given.snapshot(organization);
    const attempts: [string, string, object?][] = [
      ['PATCH', '', { email: 'mine@acme.example' }],
      ['DELETE', ''],
      ['PUT', '/lock'],
      ['DELETE', '/lock'],
      ['PUT', '/deactivation'],
      ['DELETE', '/deactivation'],
    ];

    for (const [method, state, body] of attempts) {
      for (const [actor, target] of [
        [admin, owner],
        [writer, editor],
        [writer, admin],
      ] as const) {
        const response = await app.api.as(actor).send(method, users(organization, target, state), body);
        expect(response).toBeProblem('permission_denied');
      }
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    const events = await app.given.auditEventsOf(organization);
    expect(events).toHaveLength(18);
    expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    expect(events[0]).toMatchObject({
      action: 'user.updated',
      actor_id: admin.id,
      target_type: 'user',
      target_id: owner.id,
      change: { code: 'permission_denied' },
    });
  });

  it('keep the last owner', async () => {
    const { organization, owner } = await app.given.organization();
    const other = await app.given.user(organization, { roles: ['owner'] });
    await app.sql(`update user_roles set expires_at = now() + interval '1 day' where user_id = $1`, [
      other.id,
    ]);
    await app.given.forgetAudit(organization);
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(other).put(users(organization, owner, '/lock'))).toBeProblem('last_owner');
    expect(await app.api.as(other).put(users(organization, owner, '/deactivation'))).toBeProblem(
      'last_owner',
    );
    expect(await app.api.as(other).delete(users(organization, owner))).toBeProblem('last_owner');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([
      'user.locked (refused)',
      'user.deactivated (refused)',
      'user.deleted (refused)',
    ]);
    expect((await app.api.as(owner).get('/v1/session')).status).toBe(200);
  });

  it.each([
    ['lock', 'PUT', '/lock'],
    ['deactivate', 'PUT', '/deactivation'],
    ['delete', 'DELETE', ''],
  ])(
    'keep an owner when two %s each other in the same instant, fifty times',
    async (_, method, state) => {
      const { organization, owner: olga } = await app.given.organization();
      let survivor = olga;

      for (let round = 0; round < 50; round++) {
        const rival = await app.given.user(organization, { roles: ['owner'] });

        const answers = await Promise.all([
          app.api.as(survivor).send(method, users(organization, rival, state)),
          app.api.as(rival).send(method, users(organization, survivor, state)),
        ]);

        const done = answers.map(({ status }) => status < 300);
        expect(done.filter(Boolean)).toHaveLength(1);
        if (done[1]) survivor = rival;
        expect((await app.api.as(survivor).get('/v1/session')).status).toBe(200);
      }

      const owners = await app.sql(
        `select 1 from users u join user_roles g on g.user_id = u.id join roles r on r.id = g.role_id
        where u.org_id = $1 and r.name = 'owner' and u.status = 'active'`,
        [organization.id],
      );
      expect(owners).toHaveLength(1);
    },
    60_000,
  );

  it('who are locked while they sign in are out in either order', async () => {
    const { organization, owner } = await app.given.organization();

    for (let round = 0; round < 10; round++) {
      const max = await app.given.user(organization);
      const [signedIn, locked] = await Promise.all([
        signIn(organization, max),
        app.api.as(owner).put(users(organization, max, '/lock')),
      ]);

      expect(locked.body.status).toBe('locked');
      if (signedIn.status === 200) {
        expect(await app.api.as(signedIn.body.token as string).get('/v1/session')).toBeProblem(
          'unauthenticated',
        );
      }
      const alive = await app.sql('select 1 from sessions where user_id = $1 and revoked_at is null', [
        max.id,
      ]);
      expect(alive).toEqual([]);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/platform/crypto/uuid.js';
import { startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('Who I am', () => {
  it('is told with my roles and permissions', async () => {
    const { organization } = await app.given.organization();
    await app.given.role(organization, 'editor', ['articles:publish', 'articles:read']);
    const max = await app.given.user(organization, {
      username: 'max',
      fullName: 'Max Member',
      roles: ['member', 'editor'],
    });

    const response = await app.api.as(max).get('/v1/me');

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      id: max.id,
      email: max.email,
      emailVerified: false,
      username: 'max',
      fullName: 'Max Member',
      status: 'active',
      organization: { id: organization.id, slug: organization.slug },
      roles: ['editor', 'member'],
      permissions: ['articles:publish', 'articles:read'],
    });
    expect(response.headers['etag']).toBe(`"${response.body.version as number}"`);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('is told to an API key with what that key may do', async () => {
    const { owner } = await app.given.organization();
    const key = await app.given.apiKey(owner, { permissions: ['users:read'] });

    const byKey = await app.api.as(key).get('/v1/me');
    const bySession = await app.api.as(owner).get('/v1/me');

    expect(byKey.body).toMatchObject({ id: owner.id, permissions: ['users:read'] });
    expect(bySession.body).toMatchObject({ id: owner.id, permissions: ['*'] });
  });

  it('is nobody’s business without a credential', async () => {
    expect(await app.api.get('/v1/me')).toBeProblem('unauthenticated');
    expect(await app.api.as('ten_ses_nonsense').get('/v1/me')).toBeProblem('unauthenticated');
  });
});

describe('Changing myself', () => {
  it('sets my name', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { fullName: 'Max' });
    const { headers } = await app.api.as(max).get('/v1/me');

    const response = await app.api
      .as(max)
      .patch('/v1/me', { fullName: 'Max Member' }, { headers: { 'if-match': headers['etag']! } });

    expect(response.body).toMatchObject({ fullName: 'Max Member' });
    expect(response.headers['etag']).not.toBe(headers['etag']);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'user.updated',
        actor_type: 'user',
        actor_id: max.id,
        target_id: max.id,
        change: { fullName: { from: 'Max', to: 'Max Member' } },
      },
    ]);
  });

  it('is refused when I have changed since I was read', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const { headers } = await app.api.as(max).get('/v1/me');
    await app.api.as(max).patch('/v1/me', { fullName: 'Max' });
    const before = await app.given.snapshot(organization);

    const response = await app.api
      .as(max)
      .patch('/v1/me', { fullName: 'Maximilian' }, { headers: { 'if-match': headers['etag']! } });

    expect(response).toBeProblem('stale');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it.each(['email', 'username', 'status', 'roles', 'metadata', 'password', 'id', 'organizationId'])(
    'does not reach my %s',
    async (field) => {
      const { organization } = await app.given.organization();
      const max = await app.given.user(organization);
      const before = await app.given.snapshot(organization);

      const response = await app.api.as(max).patch('/v1/me', { [field]: 'other' });

      expect(response).toBeProblem('invalid_request', { pointer: `/${field}` });
      expect(await app.given.snapshot(organization)).toEqual(before);
    },
  );

  it('is not for API keys', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);
    const before = await app.given.snapshot(organization);

    const responses = [
      await app.api.as(key).patch('/v1/me', { fullName: 'Eve' }),
      await app.api.as(key).get('/v1/me/sessions'),
      await app.api.as(key).delete(`/v1/me/sessions/${newId()}`),
    ];

    for (const response of responses) expect(response).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });
});

describe('My sessions', () => {
  it('are listed, newest first, with a mark on this one, and nobody else’s', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    await app.given.timePasses(organization, '1 minute');
    const phone = await app.given.session(max);

    const response = await app.api.as(max).get('/v1/me/sessions');
    const onPhone = await app.api.as(phone).get('/v1/me/sessions');

    expect(response.body.items).toHaveLength(2);
    const current = (body: { items: { current: boolean }[] }) => body.items.map((item) => item.current);
    expect(current(response.body)).toEqual([false, true]);
    expect(current(onPhone.body)).toEqual([true, false]);
    expect(response.text).not.toContain(owner.id);
  });

  it('end one by one', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const phone = await app.given.session(max);
    const { body } = await app.api.as(phone).get('/v1/me/sessions');
    const { id } = (body.items as { id: string; current: boolean }[]).find((item) => item.current)!;

    const response = await app.api.as(max).delete(`/v1/me/sessions/${id}`);

    expect(response.status).toBe(204);
    expect(await app.api.as(phone).get('/v1/me')).toBeProblem('unauthenticated');
    expect((await app.api.as(max).get('/v1/me/sessions')).body.items).toHaveLength(1);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'session.ended', actor_id: max.id, target_type: 'session', target_id: id },
    ]);
    expect(await app.api.as(max).delete(`/v1/me/sessions/${id}`)).toBeProblem('not_found');
  });

  it('end all at once, but for this one', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);
    const others = [await app.given.session(max), await app.given.session(max)];

    const response = await app.api.as(max).delete('/v1/me/sessions');

    expect(response.status).toBe(204);
    for (const token of others)
      expect(await app.api.as({ ...max, token }).get('/v1/me')).toBeProblem('unauthenticated');
    for (const user of [max, owner]) expect((await app.api.as(user).get('/v1/me')).status).toBe(200);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'user.sessions_ended', actor_id: max.id, target_id: max.id, change: { ended: 2 } },
    ]);
    expect((await app.api.as(max).delete('/v1/me/sessions')).status).toBe(204);
    expect(await app.given.auditOf(organization)).toHaveLength(1);
    const key = await app.given.apiKey(max);
    expect(await app.api.as(key).delete('/v1/me/sessions')).toBeProblem('permission_denied');
  });

  it('are mine: another’s answers like none at all', async () => {
    const { organization, owner } = await app.given.organization();
    const { owner: foreigner } = await app.given.organization({ name: 'Globex' });
    const max = await app.given.user(organization);
    const idOf = async (user: { token: string }) =>
      (await app.api.as(user).get('/v1/me/sessions')).body.items[0].id as string;
    const before = await app.given.snapshot(organization);

    const responses = [];
    for (const id of [await idOf(owner), await idOf(foreigner), newId(), 'nonsense'])
      responses.push(await app.api.as(max).delete(`/v1/me/sessions/${id}`));

    for (const response of responses) {
      expect(response).toBeProblem('not_found');
      expect({ ...response.body, instance: null }).toEqual({ ...responses[0]!.body, instance: null });
    }
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

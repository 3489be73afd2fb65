import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface Person {
  token: string;
  password: string;
}

const leave = {
  'deleting my account': (as: Person, currentPassword = as.password) =>
    app.api.as(as).send('DELETE', '/v1/me', { currentPassword }),
  'deactivating my account': (as: Person, currentPassword = as.password) =>
    app.api.as(as).put('/v1/me/deactivation', { currentPassword }),
};
const ways = Object.entries(leave) as [
  keyof typeof leave,
  (as: Person, currentPassword?: string) => Promise<ApiResponse>,
][];

const signIn = ({ slug }: TestOrganization, { email, password }: { email: string; password: string }) =>
  app.api.post(`/v1/organizations/${slug}/sign-in`, { identifier: email, password });

describe.each(ways)('%s', (name, work) => {
  it('needs the current password', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const before = await app.given.snapshot(organization);

    const response = await work(max, 'not the password');

    expect(response).toBeProblem('wrong_password');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { outcome: 'refused', actor_id: max.id, change: { reason: 'wrong_password' } },
    ]);
  });

  it('needs no password after a recent proof, also of whoever has none', async () => {
    const { organization } = await app.given.organization();
    const user = await app.given.user(organization);
    // Which ends the sessions that there were.
    await app.sql('update users set password_hash = null where id = $1', [user.id]);
    const max = { ...user, token: await app.given.session(user) };
    const isForGood = name.startsWith('deleting');
    const go = () =>
      isForGood
        ? app.api.as(max).send('DELETE', '/v1/me', {})
        : app.api.as(max).put('/v1/me/deactivation', {});
    await app.given.forgetAudit(organization);
    await app.given.timePasses(organization, '11 minutes');
    const before = await app.given.snapshot(organization);

    const late = await go();

    expect(late).toBeProblem('reauthentication_required');
    expect(await app.given.snapshot(organization)).toEqual(before);
    await app.sql('update sessions set auth_time = now() where user_id = $1', [max.id]);
    expect((await go()).status).toBe(204);
    expect(await app.given.auditOf(organization)).toEqual([isForGood ? 'user.deleted' : 'user.deactivated']);
  });

  it('is not for API keys, nor for the last owner', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);
    const before = await app.given.snapshot(organization);

    const byKey = await work({ ...owner, token: key.token });
    const byOwner = await work(owner);

    expect(byKey).toBeProblem('permission_denied');
    expect(byOwner).toBeProblem('last_owner');
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect((await app.given.auditOf(organization)).at(-1)).toBe(
      `${name.startsWith('deleting') ? 'user.deleted' : 'user.deactivated'} (refused)`,
    );
  });

  it('leaves one of two owners who go at once', async () => {
    const { organization, owner } = await app.given.organization();
    const nora = await app.given.user(organization, { roles: ['owner'] });

    const responses = await Promise.all([work(owner), work(nora)]);

    expect(responses.map(({ status }) => status).sort()).toEqual([204, 409]);
  });
});

describe('Who has deleted the account', () => {
  it('is signed out everywhere, and leaves a record without the person', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization, { username: 'max', roles: ['member'] });
    const key = await app.given.apiKey(max);

    const response = await leave['deleting my account'](max);

    expect([response.status, response.text]).toEqual([204, '']);
    for (const credential of [max, key])
      expect(await app.api.as(credential).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(organization, max)).toBeProblem('invalid_credentials');
    expect(await app.sql('select 1 from users where id = $1', [max.id])).toEqual([]);
    expect((await app.given.auditEventsOf(organization))[0]).toMatchObject({
      action: 'user.deleted',
      actor_id: max.id,
      target_id: max.id,
      change: { email: max.email, username: 'max' },
    });
  });
});

describe('Who has deactivated the account', () => {
  it('is signed out everywhere until an administrator brings the account back', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization);

    const response = await leave['deactivating my account'](max);

    expect([response.status, response.text]).toEqual([204, '']);
    expect(await app.api.as(max).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await signIn(organization, max)).toBeProblem('invalid_credentials');
    expect((await app.given.auditEventsOf(organization))[0]).toMatchObject({
      action: 'user.deactivated',
      actor_id: max.id,
      change: { from: 'active', to: 'deactivated', sessionsEnded: 1 },
    });
    await app.api.as(owner).delete(`/v1/organizations/${organization.slug}/users/${max.id}/deactivation`);
    expect((await signIn(organization, max)).status).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import {
  type ApiResponse,
  startApp,
  type TestApp,
  type TestOrganization,
  type TestUser,
} from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const wrong = 'not the password of anybody';
const newPassword = 'seven grey herons at dawn';

function change(
  as: { token: string },
  currentPassword: string,
  password = newPassword,
): Promise<ApiResponse> {
  return app.api.as(as).put('/v1/me/password', { currentPassword, password });
}

function signIn(
  organization: TestOrganization,
  user: TestUser,
  password: string,
  options: { device?: boolean } = {},
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  const body = { identifier: user.email, password, ...options };
  return app.api.post(`/v1/organizations/${organization.slug}/sign-in`, body, { headers });
}

/** Makes the present waits a minute longer, so that a slow machine does not outlast them. */
async function stretchWaits(organization: TestOrganization): Promise<void> {
  await app.sql(
    `update tenantry.attempt_counters set blocked_until = blocked_until + interval '1 minute' where org_id = $1`,
    [organization.id],
  );
}

const waitOf = ({ headers }: ApiResponse) => Number(headers['retry-after'] ?? 0);

async function livingSessions(user: TestUser): Promise<number> {
  const rows = await app.sql('select 1 from tenantry.sessions where user_id = $1 and revoked_at is null', [
    user.id,
  ]);
  return rows.length;
}

describe('A new password', () => {
  it('replaces the old one, and ends every other session', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const nora = await app.given.user(organization);
    const phone = await app.given.session(max);

    const response = await change(max, max.password);

    expect(response.status).toBe(204);
    expect((await app.api.as(max).get('/v1/me')).status).toBe(200);
    expect((await app.api.as(nora).get('/v1/me')).status).toBe(200);
    expect(await app.api.as(phone).get('/v1/me')).toBeProblem('unauthenticated');
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'password.changed',
        actor_id: max.id,
        target_type: 'user',
        target_id: max.id,
        change: { sessionsEnded: 1 },
      },
    ]);
    expect(await signIn(organization, max, max.password)).toBeProblem('invalid_credentials');
    expect((await signIn(organization, max, newPassword)).status).toBe(200);
    const [row] = await app.sql(
      `select password_changed_at > now() - interval '1 minute' as is_recent, updated_by from tenantry.users where id = $1`,
      [max.id],
    );
    expect(row).toEqual({ is_recent: true, updated_by: max.id });
  });

  it('makes devices that signed in with the old one unknown', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const { body } = await signIn(organization, max, max.password, { device: true });
    await change(max, max.password);
    for (let count = 0; count < 5; count += 1) await signIn(organization, max, wrong);
    await stretchWaits(organization);

    const device = { 'x-device-token': body.deviceToken as string };
    const response = await signIn(organization, max, newPassword, {}, device);

    expect(waitOf(response)).toBeGreaterThan(30);
  });

  it('needs the current one', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const before = await app.given.snapshot(organization);

    const response = await change(max, wrong);

    expect(response).toBeProblem('wrong_password', { pointer: '/currentPassword' });
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      {
        action: 'password.change_refused',
        outcome: 'refused',
        actor_id: max.id,
        target_id: max.id,
        change: { reason: 'wrong_password' },
      },
    ]);
  });

  it.each([
    ['too short', 'fourteen chars'],
    ['guessed first', 'passwordpassword'],
    ['differ', 'violet lantern 57 over Moss Harbor'],
  ])('must not be %s', async (reason, password) => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const response = await change(max, max.password, password);

    expect(response).toBeProblem('weak_password', { pointer: '/password' });
    expect(response.body.errors[0].detail).toContain(reason);
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is not for API keys to set', async () => {
    const { organization, owner } = await app.given.organization();
    const key = await app.given.apiKey(owner);
    const before = await app.given.snapshot(organization);

    expect(await change(key, owner.password)).toBeProblem('permission_denied');
    expect(await app.given.snapshot(organization)).toEqual(before);
  });

  it('is set by one of two who use the same old one at once', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const responses = await Promise.all([
      change(max, max.password, 'the first of two passwords'),
      change(max, max.password, 'another one of the two passwords'),
    ]);

    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 422]);
    expect(await app.given.auditOf(organization)).toContain('password.changed');
  });

  it('leaves no session to whoever signs in with the old one at that very moment', async () => {
    const { organization } = await app.given.organization();

    for (let round = 0; round < 6; round += 1) {
      const max = await app.given.user(organization);
      const signIns = Array.from({ length: 4 }, () => signIn(organization, max, max.password));
      const changed = await change(max, max.password);
      await Promise.all(signIns);

      expect(changed.status).toBe(204);
      expect(await livingSessions(max)).toBe(1);
    }
  });
});

describe('Guesses at the current password', () => {
  it('wait after five failures, without a hash, and end with the right one', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const failed = await change(max, wrong);
    for (let count = 0; count < 4; count += 1) await change(max, wrong);
    await stretchWaits(organization);
    const before = await app.given.snapshot(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;

    const throttled = await change(max, max.password);

    expect(throttled).toBeProblem('wrong_password');
    expect({ ...throttled.body, instance: null }).toEqual({ ...failed.body, instance: null });
    expect(waitOf(throttled)).toBeGreaterThan(30);
    expect(app.get(PasswordHasher).hashesRun).toBe(hashesBefore);
    expect(await app.given.snapshot(organization)).toEqual(before);
    await app.given.timePasses(organization, '2 minutes');
    expect((await change(max, max.password)).status).toBe(204);
  });

  it('are judged no more than five times, however many come at once', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const hashesBefore = app.get(PasswordHasher).hashesRun;
    const start = Date.now();

    await Promise.all(Array.from({ length: 50 }, () => change(max, wrong)));

    const more = Math.floor(Math.log2((Date.now() - start) / 1000 + 1));
    const hashes = app.get(PasswordHasher).hashesRun - hashesBefore;
    expect(hashes).toBeGreaterThanOrEqual(5);
    expect(hashes).toBeLessThanOrEqual(5 + more);
  });

  it('at the door do not keep the owner from changing it', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    for (let count = 0; count < 6; count += 1) await signIn(organization, max, wrong);

    expect((await change(max, max.password)).status).toBe(204);
  });
});

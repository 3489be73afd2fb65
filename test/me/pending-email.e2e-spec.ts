import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
let max: TestUser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  ({ organization, owner } = await app.given.organization());
  max = await app.given.user(organization, { emailVerifiedAt: new Date() });
  await app.mailbox.clear();
});

const wanted = 'new.max@mail.example';
const pending = '/v1/me/email/pending';

async function asked(): Promise<string> {
  await app.api.as(max).put('/v1/me/email', { email: wanted, currentPassword: max.password });
  const { token } = await app.mailbox.next(wanted);
  await app.given.forgetAudit(organization);
  return token!;
}
const confirm = (token: string) => app.api.post('/v1/me/email/confirm', { token });

describe('An address that waits to be confirmed', () => {
  it('is mailed once more, and the link before ends', async () => {
    const first = await asked();

    const response = await app.api.as(max).post(`${pending}/deliveries`);

    const { token: second } = await app.mailbox.next(wanted);
    expect([response.status, response.text]).toEqual([202, '']);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_change.requested', actor_id: max.id, change: { from: max.email, to: wanted } },
    ]);
    expect(await confirm(first)).toBeProblem('invalid_token');
    expect((await confirm(second!)).status).toBe(204);
  });

  it('is not mailed over and over', async () => {
    await asked();
    for (let count = 0; count < 2; count += 1) await app.api.as(max).post(`${pending}/deliveries`);
    await app.given.forgetAudit(organization);

    const response = await app.api.as(max).post(`${pending}/deliveries`);

    expect(response).toBeProblem('too_many_requests');
    expect(await app.given.auditOf(organization)).toEqual([]);
  });

  it('is withdrawn, and its link ends', async () => {
    const token = await asked();

    const response = await app.api.as(max).delete(pending);

    expect(response.status).toBe(204);
    expect(await app.given.auditEventsOf(organization)).toMatchObject([
      { action: 'email_change.withdrawn', actor_id: max.id, change: { to: wanted } },
    ]);
    expect(await confirm(token)).toBeProblem('invalid_token');
    expect((await app.api.as(max).get('/v1/me')).body.email).toBe(max.email);
  });

  it('is withdrawn once by twenty at once', async () => {
    await asked();

    const responses = await Promise.all(Array.from({ length: 20 }, () => app.api.as(max).delete(pending)));

    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(404)]);
    expect(await app.given.auditOf(organization)).toEqual(['email_change.withdrawn']);
  });

  it('can be of an account that has no address yet', async () => {
    await app.sql(`update users set username = 'max', email = null where id = $1`, [max.id]);
    await asked();

    expect((await app.api.as(max).post(`${pending}/deliveries`)).status).toBe(202);
    expect((await app.api.as(max).delete(pending)).status).toBe(204);
    expect((await app.api.as(max).get('/v1/me')).body.email).toBeNull();
  });

  it('is not there for whoever has asked for none, nor for API keys', async () => {
    const key = await app.given.apiKey(owner);
    const before = await app.given.snapshot(organization);

    expect(await app.api.as(max).post(`${pending}/deliveries`)).toBeProblem('not_found');
    expect(await app.api.as(max).delete(pending)).toBeProblem('not_found');
    for (const call of ['post', 'delete'] as const) {
      const path = call === 'post' ? `${pending}/deliveries` : pending;
      expect(await app.api.as(key)[call](path)).toBeProblem('permission_denied');
    }

    expect(await app.given.snapshot(organization)).toEqual(before);
    expect(await app.given.auditOf(organization)).toEqual([]);
  });
});

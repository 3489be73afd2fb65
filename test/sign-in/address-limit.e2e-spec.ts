import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../../src/platform/crypto/password-hasher.js';
import { type ApiResponse, startApp, type TestApp, type TestOrganization } from '../support/test-app.js';

const limit = 8;

let app: TestApp;
beforeAll(async () => {
  app = await startApp({
    env: { LIMIT_FAILURES_PER_ADDRESS: String(limit), TRUSTED_PROXIES: '127.0.0.1', HASH_QUEUE: '1' },
  });
});
afterAll(() => app.stop());

function signIn(
  organization: TestOrganization,
  identifier: string,
  password: string,
  { ip = '203.0.113.7', headers = {} }: { ip?: string; headers?: Record<string, string> } = {},
): Promise<ApiResponse> {
  return app.api.post(
    `/v1/organizations/${organization.slug}/sign-in`,
    { identifier, password, device: true },
    { headers: { 'x-forwarded-for': ip, ...headers } },
  );
}

async function failEverywhere(organization: TestOrganization, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1)
    expect(await signIn(organization, `nobody-${count}`, 'whatever')).toBeProblem('invalid_credentials');
}

describe('One address', () => {
  it('may fail only so often in ten minutes, whatever the accounts', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await failEverywhere(organization, limit);
    const events = await app.given.auditOf(organization);
    const before = app.get(PasswordHasher).hashesRun;

    const refused = await signIn(organization, max.email, max.password);
    const elsewhere = await signIn(organization, max.email, max.password, { ip: '203.0.113.8' });
    await app.given.timePasses(organization, '10 minutes');
    const later = await signIn(organization, max.email, max.password);

    expect(refused).toBeProblem('too_many_requests');
    const wait = Number(refused.headers['retry-after']);
    expect(wait).toBeGreaterThan(590);
    expect(wait).toBeLessThanOrEqual(600);
    expect([elsewhere.status, later.status]).toEqual([200, 200]);
    expect(app.get(PasswordHasher).hashesRun - before).toBe(2);
    expect(await app.given.auditOf(organization)).toEqual([...events, 'session.created', 'session.created']);
  });

  it('may succeed as often as it likes', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    for (let count = 0; count < limit + 2; count += 1)
      expect((await signIn(organization, max.email, max.password)).status).toBe(200);
  });

  it('is refused in one organization only', async () => {
    const { organization } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const max = await app.given.user(globex);
    await failEverywhere(organization, limit);

    expect((await signIn(globex, max.email, max.password)).status).toBe(200);
  });

  it('does not count what was refused for the account as a guess at it', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await failEverywhere(organization, limit);
    for (let count = 0; count < 6; count += 1)
      expect(await signIn(organization, max.email, 'whatever')).toBeProblem('too_many_requests');

    expect((await signIn(organization, max.email, max.password, { ip: '203.0.113.8' })).status).toBe(200);
  });

  it('does not stop a known device', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const { body } = await signIn(organization, max.email, max.password, { ip: '203.0.113.9' });
    await failEverywhere(organization, limit);

    const response = await signIn(organization, max.email, max.password, {
      headers: { 'x-device-token': body.deviceToken as string },
    });

    expect(response.status).toBe(200);
  });

  it('is a whole /64 of IPv6', async () => {
    const { organization } = await app.given.organization();
    for (let count = 0; count < limit; count += 1)
      await signIn(organization, `nobody-${count}`, 'whatever', { ip: `2001:db8:1:2::${count}` });

    expect(await signIn(organization, 'nobody', 'whatever', { ip: '2001:db8:1:2:ffff::1' })).toBeProblem(
      'too_many_requests',
    );
    expect(await signIn(organization, 'nobody', 'whatever', { ip: '2001:db8:1:3::1' })).toBeProblem(
      'invalid_credentials',
    );
  });
});

describe('A busy server', () => {
  it('refuses what would wait too long, and counts it as no guess', async () => {
    const { organization } = await app.given.organization();

    const responses = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        signIn(organization, `somebody-${index}`, 'whatever', { ip: `198.51.100.${index}` }),
      ),
    );

    const refused = responses.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const response of refused) {
      expect(response).toBeProblem('unavailable');
      expect(response.headers['retry-after']).toBe('1');
    }
    const [counted] = await app.sql(
      `select sum(attempts)::int as guesses from tenantry.attempt_counters where org_id = $1 and kind = 'sign-in.account'`,
      [organization.id],
    );
    expect(counted.guesses).toBe(responses.length - refused.length);
    expect(await app.given.auditOf(organization)).toHaveLength(responses.length - refused.length);
  });
});

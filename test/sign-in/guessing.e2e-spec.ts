import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueToken } from '../../src/platform/crypto/secret-token.js';
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

function signIn(
  organization: TestOrganization,
  identifier: string,
  password: string,
  headers: Record<string, string> = {},
  options: { device?: boolean } = {},
): Promise<ApiResponse> {
  return app.api.post(
    `/v1/organizations/${organization.slug}/sign-in`,
    { identifier, password, ...options },
    { headers },
  );
}

async function fail(organization: TestOrganization, identifier: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    expect(await signIn(organization, identifier, wrong)).toBeProblem('invalid_credentials');
  }
}

/** Makes the present waits a minute longer, so that a slow machine does not outlast them. */
async function stretchWaits(organization: TestOrganization): Promise<void> {
  await app.sql(
    `update tenantry.attempt_counters set blocked_until = blocked_until + interval '1 minute' where org_id = $1`,
    [organization.id],
  );
}

const waitOf = ({ headers }: ApiResponse) => Number(headers['retry-after'] ?? 0);

async function deviceOf(organization: TestOrganization, user: TestUser): Promise<string> {
  const response = await signIn(organization, user.email, user.password, {}, { device: true });
  return response.body.deviceToken as string;
}

const told = ({ status, body }: ApiResponse) => ({ status, body: { ...body, instance: null } });

describe('Guesses at one account', () => {
  it('are free five times, then wait; the wait looks like a wrong password and costs no hash', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const failed = await signIn(organization, max.email, wrong);
    await fail(organization, max.email, 4);
    await stretchWaits(organization);
    const events = await app.given.auditEventsOf(organization);
    const before = app.get(PasswordHasher).hashesRun;

    const throttled = await signIn(organization, max.email, max.password);

    expect(told(throttled)).toEqual(told(failed));
    expect(failed.headers['retry-after']).toBeUndefined();
    expect(waitOf(throttled)).toBeGreaterThan(30);
    expect(app.get(PasswordHasher).hashesRun).toBe(before);
    expect(events.map(({ change }) => change)).toEqual([
      ...Array.from({ length: 4 }, () => ({ reason: 'wrong_password' })),
      { reason: 'wrong_password', blockedForSeconds: 1 },
    ]);
    expect(await app.given.auditEventsOf(organization)).toEqual(events);
  });

  it('wait twice as long each time, and never longer than fifteen minutes', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await fail(organization, max.email, 5);

    for (let count = 0; count < 12; count += 1) {
      await app.given.timePasses(organization, '901 seconds');
      await fail(organization, max.email, 1);
    }

    const events = await app.given.auditEventsOf(organization);
    const waits = events.slice(4).map(({ change }) => change['blockedForSeconds']);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('are over with the right password after the wait', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await fail(organization, max.email, 5);
    await app.given.timePasses(organization, '1 second');

    const success = await signIn(organization, max.email, max.password);
    await fail(organization, max.email, 4);
    const again = await signIn(organization, max.email, max.password);

    expect([success.status, again.status]).toEqual([200, 200]);
  });

  it('are forgotten after a day without one', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    await fail(organization, max.email, 5);
    await app.given.timePasses(organization, '24 hours');

    await fail(organization, max.email, 4);

    expect((await signIn(organization, max.email, max.password)).status).toBe(200);
  });

  it('are counted for accounts that do not exist just the same', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    for (const identifier of [max.email, 'nobody@acme.example']) {
      await fail(organization, identifier, 5);
      await stretchWaits(organization);
      const throttled = await signIn(organization, identifier, wrong);
      expect(throttled).toBeProblem('invalid_credentials');
      expect(waitOf(throttled)).toBeGreaterThan(30);
    }
  });

  it('are counted together however the address is spelt', async () => {
    const { organization } = await app.given.organization();
    await app.given.user(organization, { email: 'max@xn--bcher-kva.example' });
    const spellings = [
      'max@bücher.example',
      'MAX@bücher.example',
      'max@BÜCHER.example',
      'max@bü\u00adcher.example',
      'max＠bücher.example',
    ];
    for (const spelling of spellings) await fail(organization, spelling, 1);
    await stretchWaits(organization);

    const throttled = await signIn(organization, 'max@xn--bcher-kva.example', wrong);

    expect(waitOf(throttled)).toBeGreaterThan(30);
  });

  it('do not touch another account, nor the same address in another organization', async () => {
    const { organization: acme } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const max = await app.given.user(acme, { email: 'max@both.example' });
    const maxOfGlobex = await app.given.user(globex, { email: 'max@both.example' });
    const nora = await app.given.user(acme);
    await fail(acme, max.email, 5);
    await stretchWaits(acme);

    expect((await signIn(globex, maxOfGlobex.email, maxOfGlobex.password)).status).toBe(200);
    expect((await signIn(acme, nora.email, nora.password)).status).toBe(200);
    expect(waitOf(await signIn(acme, max.email, max.password))).toBeGreaterThan(30);
  });

  it('are judged no more than five times, however many come at once', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const before = app.get(PasswordHasher).hashesRun;
    const start = Date.now();

    const responses = await Promise.all(
      Array.from({ length: 100 }, () => signIn(organization, max.email, wrong)),
    );

    // On a slow machine the waits of 1, 2, 4 … seconds end while the last of them arrive.
    const more = Math.floor(Math.log2((Date.now() - start) / 1000 + 1));
    const hashes = app.get(PasswordHasher).hashesRun - before;
    expect(hashes).toBeGreaterThanOrEqual(5);
    expect(hashes).toBeLessThanOrEqual(5 + more);
    expect(responses.every(({ status }) => status === 401)).toBe(true);
    expect(responses.filter(({ headers }) => headers['retry-after'] !== undefined)).toHaveLength(
      100 - hashes,
    );
    expect(await app.given.auditOf(organization)).toHaveLength(hashes);
  });

  it('are no reason to refuse many at once who know the password', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);

    const responses = await Promise.all(
      Array.from({ length: 40 }, () => signIn(organization, max.email, max.password)),
    );

    expect(responses.map(({ status }) => status)).toEqual(Array<number>(40).fill(200));
  });

  it('leave no trace of whom or from where in the counters', async () => {
    const { organization } = await app.given.organization();
    await fail(organization, 'nobody@acme.example', 1);

    const counters = await app.sql('select * from tenantry.attempt_counters where org_id = $1', [
      organization.id,
    ]);

    expect(counters).toHaveLength(2);
    expect(JSON.stringify(counters)).not.toContain('nobody');
    expect(JSON.stringify(counters)).not.toContain('127.0.0.1');
  });

  it('do not pile up counters of made-up names for ever', async () => {
    const { organization } = await app.given.organization();
    for (let count = 0; count < 5; count += 1) await fail(organization, `made-up-${count}`, 1);
    await app.given.timePasses(organization, '25 hours');

    await fail(organization, 'made-up-last', 1);

    const counters = await app.sql(
      `select 1 from tenantry.attempt_counters where org_id = $1 and kind = 'sign-in.account'`,
      [organization.id],
    );
    expect(counters).toHaveLength(1);
  });
});

describe('A known device', () => {
  it('is not slowed by guesses from elsewhere', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const device = await deviceOf(organization, max);
    await fail(organization, max.email, 5);
    await stretchWaits(organization);

    const elsewhere = await signIn(organization, max.email, max.password);
    const here = await signIn(organization, max.email, max.password, { 'x-device-token': device });
    const inBrowser = await signIn(organization, max.email, max.password, {
      cookie: `tenantry-device-${organization.slug}=${device}`,
    });

    expect(elsewhere).toBeProblem('invalid_credentials');
    expect([here.status, inBrowser.status]).toEqual([200, 200]);
    // What was proven here says nothing about who guesses there.
    expect(waitOf(await signIn(organization, max.email, max.password))).toBeGreaterThan(30);
  });

  it('is limited itself', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const device = { 'x-device-token': await deviceOf(organization, max) };
    for (let count = 0; count < 5; count += 1) await signIn(organization, max.email, wrong, device);
    await stretchWaits(organization);

    const here = await signIn(organization, max.email, max.password, device);
    const elsewhere = await signIn(organization, max.email, max.password);

    expect(waitOf(here)).toBeGreaterThan(30);
    expect(elsewhere.status).toBe(200);
  });

  it('is known for its own user only, and only in its own organization', async () => {
    const { organization } = await app.given.organization();
    const { organization: globex } = await app.given.organization({ name: 'Globex' });
    const max = await app.given.user(organization);
    const nora = await app.given.user(organization);
    const tokens = [
      await deviceOf(organization, nora),
      issueToken('device', organization.id).token,
      issueToken('device', globex.id).token,
      'ten_dev_of_my_own',
    ];
    await fail(organization, max.email, 5);
    await stretchWaits(organization);

    for (const token of tokens) {
      const response = await signIn(organization, max.email, max.password, { 'x-device-token': token });
      expect(response).toBeProblem('invalid_credentials');
      expect(waitOf(response)).toBeGreaterThan(30);
    }
  });

  it('is forgotten after 400 days', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const device = await deviceOf(organization, max);
    await app.given.timePasses(organization, '401 days');
    await fail(organization, max.email, 5);
    await stretchWaits(organization);

    const response = await signIn(organization, max.email, max.password, { 'x-device-token': device });

    expect(waitOf(response)).toBeGreaterThan(30);
  });
});

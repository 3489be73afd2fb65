import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { Providers } from '../../src/providers/providers.service.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';
import { givenProvider } from './world.js';

let app: TestApp;
let organization: TestOrganization;
let owner: TestUser;
beforeAll(async () => {
  app = await startApp();
  ({ organization, owner } = await app.given.organization());
  await givenProvider(app, organization, owner, { name: 'google', type: 'google', clientSecret: 'GOCSPX' });
});
afterAll(() => app.stop());

const start = () =>
  app.exchange.send({ method: 'GET', path: `/o/${organization.slug}/providers/google/start` });
const count = async (table: string) =>
  (await app.sql<{ count: number }>(`select count(*)::int as count from tenantry.${table}`))[0]!.count;

describe('What is kept of providers', () => {
  it('leaves: sign-ins some hours after they have ended, attempts a month after they began', async () => {
    for (let index = 0; index < 3; index++) expect((await start()).status).toBe(303);
    expect([await count('provider_sign_ins'), await count('provider_attempts')]).toEqual([3, 3]);
    await app.sql(
      `update tenantry.provider_sign_ins set expires_at = now() - interval '7 hours'
        where id in (select id from tenantry.provider_sign_ins limit 2)`,
    );
    await app.sql(
      `update tenantry.provider_attempts set created_at = now() - interval '31 days'
        where id = (select attempt_id from tenantry.provider_sign_ins where expires_at < now() limit 1)`,
    );

    await app.get(Jobs).run('retention');

    expect([await count('provider_sign_ins'), await count('provider_attempts')]).toEqual([1, 2]);
  });

  it('is sealed anew under the current encryption key, and is no change of the provider', async () => {
    const encryption = Buffer.alloc(32, 'encryption').toString('base64');
    const renewed = await startApp({
      beside: app,
      env: { ENCRYPTION_KEYS: `k2:${Buffer.alloc(32, 'another').toString('base64')},k1:${encryption}` },
    });

    await renewed.get(Jobs).run('seal-provider-secrets');

    const [row] = await app.sql<{ key: Buffer; version: number }>(
      'select substring(client_secret from 2 for 2) as key, version from tenantry.oauth_providers',
    );
    expect([row!.key.toString(), row!.version]).toEqual(['k2', 1]);
    const opened = await renewed.get(Database).forOrganization(organization.id, async (tx) => {
      const providers = renewed.get(Providers);
      return providers.upstreamOf(tx, (await providers.find(tx, 'google'))!).clientSecret;
    });
    expect(opened).toBe('GOCSPX');
    await renewed.stop();
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { TestTokens, type TestApplication } from '../support/access-tokens.js';
import { RedisServer } from '../support/redis-server.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let redis: RedisServer;
let app: TestApp;
let second: TestApp;
let tokens: TestTokens;
beforeAll(async () => {
  redis = await RedisServer.start();
  app = await startApp({ env: { REDIS_URL: redis.url } });
  second = await startApp({ beside: app, env: { REDIS_URL: redis.url } });
  tokens = new TestTokens(app);
});
afterEach(() => {
  redis.isSilent = false;
});
afterAll(async () => {
  await second.stop();
  await app.stop();
  await redis.kill();
});

interface World {
  organization: TestOrganization;
  max: TestUser;
  application: TestApplication;
  sessionId: string;
  grantId: string;
  key: string;
}

async function world(): Promise<World> {
  const { organization } = await app.given.organization();
  const max = await app.given.user(organization);
  const application = await tokens.application(organization);
  const grant = await tokens.grant(max, application);
  const key = `tenantry:revoked:{${organization.id}}:session:${grant.sessionId}`;
  return { organization, max, application, key, ...grant };
}

const signOut = ({ max }: World) => app.api.as(max).delete('/v1/session');

async function until(isDone: () => boolean, milliseconds = 8_000): Promise<number> {
  const start = Date.now();
  while (!isDone()) {
    if (Date.now() - start > milliseconds) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Date.now() - start;
}

describe('Redis', () => {
  it('has a revocation soon after its commit, until the last token has ended', async () => {
    const given = await world();
    await until(() => redis.keys.some((key) => key.startsWith('tenantry:revocations:')));

    expect((await signOut(given)).status).toBe(204);

    expect(await until(() => redis.get(given.key) !== null)).toBeLessThan(1_000);
    expect(redis.secondsLeft(given.key)).toBeGreaterThan(3_500);
    expect(redis.secondsLeft(given.key)).toBeLessThanOrEqual(3_600);
  });

  it('answers a service with one question whether a token is dead', async () => {
    const given = await world();
    const { organization, sessionId, application, grantId } = given;
    const iat = Math.floor(Date.now() / 1_000);
    const client = createClient({ url: redis.url, RESP: 2, disableClientInfo: true });
    await client.connect();
    const isDead = async (issuedAt: number) => {
      const prefix = `tenantry:revoked:{${organization.id}}:`;
      const subjects = [
        `session:${sessionId}`,
        `session:${sessionId}:application:${application.id}`,
        `application:${application.id}`,
        'organization',
      ];
      const values = await client.mGet(subjects.map((subject) => prefix + subject));
      return values.some((value) => value !== null && issuedAt <= Number(value));
    };

    expect(await isDead(iat)).toBe(false);
    await app.sql('update oidc_grants set revoked_at = now() where id = $1', [grantId]);
    await until(() => redis.keys.some((key) => key.endsWith(`:application:${application.id}`)));
    expect([await isDead(iat), await isDead(iat + 5)]).toEqual([true, false]);
    await signOut(given);
    await until(() => redis.get(given.key) !== null);
    expect([await isDead(iat), await isDead(iat + 3_600)]).toEqual([true, true]);

    client.destroy();
  });

  it('gets what happened while it was away', async () => {
    const [before, meanwhile] = [await world(), await world()];
    await signOut(before);
    await until(() => redis.get(before.key) !== null);

    await redis.kill();
    const started = Date.now();
    expect((await signOut(meanwhile)).status).toBe(204);
    expect(Date.now() - started).toBeLessThan(1_000);
    expect((await app.api.get('/readyz')).status).toBe(200);
    await redis.listen();

    await until(() => redis.get(meanwhile.key) !== null);
  });

  it('gets everything again that it has forgotten', async () => {
    const [one, other] = [await world(), await world()];
    await signOut(one);
    await until(() => redis.get(one.key) !== null);

    redis.forgetEverything();
    await signOut(other);
    await until(() => redis.get(one.key) !== null && redis.get(other.key) !== null);

    redis.forgetEverything();
    await until(() => redis.get(one.key) !== null);
  });

  it('gets again what it may have lost when another one took over', async () => {
    const given = await world();
    await signOut(given);
    await until(() => redis.get(given.key) !== null);

    await redis.kill();
    redis.forgetEverything('tenantry:revocations:');
    await redis.listen();

    await until(() => redis.get(given.key) !== null);
  });

  it('costs nobody a request while it is silent, and gets what it did not take', async () => {
    const given = await world();
    redis.isSilent = true;
    const started = Date.now();

    expect((await signOut(given)).status).toBe(204);
    expect(Date.now() - started).toBeLessThan(1_000);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    redis.isSilent = false;

    await until(() => redis.get(given.key) !== null, 15_000);
  }, 30_000);

  it('is seen in the metrics', async () => {
    const metrics = () => app.get(Metrics).registry.metrics();
    await until(() => redis.keys.length > 0);

    expect(await metrics()).toContain('redis_connected 1');
    await redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await metrics()).toContain('redis_connected 0');
    await redis.listen();
  });

  it('is told by any of the servers', async () => {
    const given = await world();

    await second.api.as(given.max).delete('/v1/session');

    await until(() => redis.get(given.key) !== null);
  });
});

describe('A server', () => {
  it('starts and serves without the Redis that it was told of', async () => {
    const lonely = await startApp({ beside: app, env: { REDIS_URL: 'redis://user:secret@127.0.0.1:1' } });
    const given = await world();

    expect((await lonely.api.as(given.max).get('/v1/session')).status).toBe(200);
    expect((await lonely.api.as(given.max).delete('/v1/session')).status).toBe(204);

    const complaints = lonely.logs.filter((line) => line.includes('Redis cannot be reached'));
    expect(complaints).toHaveLength(1);
    expect(lonely.logs.join('')).not.toContain('secret@');
    await lonely.stop();
  });
});

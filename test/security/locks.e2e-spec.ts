import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { UseRecorder } from '../../src/sessions/use-recorder.js';
import { startApp, type TestApp, type TestOrganization, type TestUser } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('A sign-in', () => {
  it('and a lock of the same person at once do not wait for each other, and the lock wins', async () => {
    const { organization, owner } = await app.given.organization();
    const max = await app.given.user(organization, { emailVerifiedAt: new Date() });
    const [signedIn, locked] = await whileLocked('known_devices', async () => {
      const signIn = signInAs(organization, max, { device: true });
      await waiting(1);
      const lock = app.api.as(owner).put(`${base(organization)}/users/${max.id}/lock`);
      await waiting(2);
      return [signIn, lock] as const;
    });

    expect([signedIn.status, locked.status]).toEqual([200, 200]);
    expect(await app.api.as(signedIn.body.token).get('/v1/session')).toBeProblem('unauthenticated');
  });

  it('that began before a suspension gives no session after it', async () => {
    const { organization } = await app.given.organization();
    const max = await app.given.user(organization);
    const operator = new pg.Client({ connectionString: app.ownerUrl });
    await operator.connect();
    await operator.query('begin');
    await operator.query('select from tenantry.organizations where id = $1 for update', [organization.id]);
    await operator.query(
      `update tenantry.organizations set status = 'suspended', sessions_revoked_at = clock_timestamp() where id = $1`,
      [organization.id],
    );
    const signIn = signInAs(organization, max);
    await waiting(1);
    await operator.query('commit');
    await operator.end();

    expect(await signIn).toBeProblem('invalid_credentials');
  });
});

describe('Noting the use of sessions', () => {
  it('waits for nobody who is ending one, and notes the others', async () => {
    const { organization, owner } = await app.given.organization();
    const other = await app.given.session(owner);
    await app.given.timePasses(organization, '2 minutes');
    const [held] = await app.sql('select id from sessions where org_id = $1 order by id limit 1', [
      organization.id,
    ]);
    const ending = new pg.Client({ connectionString: app.ownerUrl });
    await ending.connect();
    await ending.query('begin');
    await ending.query('update tenantry.sessions set revoked_at = now() where id = $1', [held.id]);
    await app.api.as(owner).get('/v1/session');
    await app.api.as(other).get('/v1/session');
    await app.get(UseRecorder).flush();
    await ending.query('commit');
    await ending.end();

    const used = await app.sql(
      `select id from sessions where org_id = $1 and last_used_at > now() - interval '1 minute'`,
      [organization.id],
    );
    expect(used).toHaveLength(1);
    expect(used).not.toContainEqual(held);
  });
});

describe('A key that makes a key', () => {
  it('and the deletion of its user at once do not wait for each other', async () => {
    const { organization } = await app.given.organization();
    const owner = await app.given.user(organization, { roles: ['owner'] });
    const max = await app.given.user(organization, { roles: ['owner'] });
    const key = await app.given.apiKey(max);
    const [made, deleted] = await whileLocked('idempotency_keys', async () => {
      const make = app.api
        .as(key)
        .post(
          `${base(organization)}/api-keys`,
          { name: 'child', permissions: ['users:read'] },
          { headers: { 'idempotency-key': 'child-of-key' } },
        );
      await waiting(1);
      const remove = app.api.as(owner).delete(`${base(organization)}/users/${max.id}`);
      await waiting(2);
      return [make, remove] as const;
    });

    expect([made.status, deleted.status]).toEqual([201, 204]);
    expect(await app.sql('select 1 from api_keys where org_id = $1', [organization.id])).toEqual([]);
  });
});

const base = (organization: TestOrganization) => `/v1/organizations/${organization.slug}`;

const signInAs = (organization: TestOrganization, user: TestUser, options: { device?: boolean } = {}) =>
  app.api.post(`${base(organization)}/sign-in`, {
    identifier: user.email,
    password: user.password,
    ...options,
  });

/** Starts requests while nobody gets past a table, and answers what came of them once everybody does. */
async function whileLocked<A, B>(
  table: string,
  start: () => Promise<readonly [Promise<A>, Promise<B>]>,
): Promise<[A, B]> {
  const locker = new pg.Client({ connectionString: app.ownerUrl });
  await locker.connect();
  try {
    await locker.query(`begin; lock table tenantry.${table} in access exclusive mode`);
    const requests = await start();
    await locker.query('commit');
    return await Promise.all(requests);
  } finally {
    await locker.end();
  }
}

/** Until so many statements wait for locks. */
async function waiting(count: number): Promise<void> {
  for (let tries = 0; tries < 250; tries += 1) {
    const [row] = await app.sql(
      `select count(distinct pid)::int as waiting from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()`,
    );
    if (row.waiting >= count) return;
    await pause(10);
  }
  throw new Error(`no ${count} statements came to wait`);
}

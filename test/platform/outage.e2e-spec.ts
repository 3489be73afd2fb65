import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isDatabaseUnavailable } from '../../src/platform/database/database-errors.js';
import { Database } from '../../src/platform/database/database.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { postgresProcessesOn } from '../../src/platform/embedded-postgres/postgres-processes.js';
import type { Received } from '../support/http-exchange.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';
import { startApp, type TestApp, type TestUser } from '../support/test-app.js';

/** A PostgreSQL of its own, because it is stopped and silenced. */
let directory: string;
let dataDir: string;
let postgres: EmbeddedPostgres;
let app: TestApp;
let owner: TestUser;
let slug: string;
let organizationId: string;
let silenced: number[] = [];

beforeAll(async () => {
  directory = makeTemporaryDirectory('outage');
  dataDir = join(directory, 'data');
  postgres = await start();
  const database = {
    name: 'tenantry',
    ownerUrl: postgres.url,
    superuserUrl: postgres.superuserUrl,
    drop: async () => {},
  };
  app = await startApp({ database });
  const acme = await app.given.organization();
  owner = acme.owner;
  slug = acme.organization.slug;
  organizationId = acme.organization.id;
}, 60_000);

afterEach(async () => {
  resume();
  await until(async () => (await get('/readyz')).status === 200, 10_000);
});

afterAll(async () => {
  resume();
  await app.stop();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('While PostgreSQL is away', () => {
  it('the server answers 503 and nothing wrong, and heals by itself', async () => {
    await postgres.stop();
    const stoppedAt = Date.now();
    await until(async () => (await get('/readyz')).status === 503, 2_000);
    const untilNotReady = Date.now() - stoppedAt;

    for (const answer of [
      await get('/v1/session', owner.token),
      await post('/v1/sessions/validate', { token: owner.token }, owner.token),
      await get(`/v1/organizations/${slug}/users`, owner.token),
      await post(`/v1/organizations/${slug}/sign-in`, { identifier: owner.email, password: owner.password }),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'unavailable' });
    }
    expect((await get('/healthz')).status).toBe(200);
    expect(untilNotReady).toBeLessThan(2_000);

    postgres = await start();
    const startedAt = Date.now();
    await until(
      async () =>
        (await get('/readyz')).status === 200 && (await get('/v1/session', owner.token)).status === 200,
      5_000,
    );

    expect(Date.now() - startedAt).toBeLessThan(5_000);
  }, 60_000);

  it('clients under load see 200 or 503 and never a wrong answer', async () => {
    const answers: Received[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      while (!isOver) {
        const answer =
          client % 2 === 0
            ? await get('/v1/session', owner.token)
            : await post('/v1/sessions/validate', { token: owner.token }, owner.token);
        answers.push(answer);
        await sleep(answer.status === 200 ? 1 : 20);
      }
    });

    await sleep(300);
    await postgres.stop();
    await sleep(500);
    postgres = await start();
    await until(async () => (await get('/v1/session', owner.token)).status === 200, 5_000);
    await sleep(500);
    isOver = true;
    await Promise.all(clients);

    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].toSorted()).toEqual([200, 503]);
    for (const { status, text } of answers) {
      if (status === 200) expect(JSON.parse(text)).toMatchObject({ active: true, user: { id: owner.id } });
    }
  }, 60_000);
});

describe('A connection that breaks', () => {
  it('between two statements is no failure of the server: the caller may try again', async () => {
    const work = app.get(Database).forOrganization(organizationId, async (tx) => {
      const row = await tx.queryOne<{ pid: number }>('select pg_backend_pid() as pid');
      await terminate(row!.pid);
      // Longer than the news takes: the transaction is busy with something else meanwhile.
      await sleep(200);
      await tx.query('select 1');
    });

    const error: unknown = await work.catch((thrown: unknown) => thrown);

    expect(isDatabaseUnavailable(error)).toBe(true);
    expect((await get('/v1/session', owner.token)).status).toBe(200);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('While PostgreSQL is silent', () => {
  it('every call ends within five seconds, and no connection is lost for good', async () => {
    silence();
    expect(silenced.length).toBeGreaterThan(3);

    const calls = await Promise.all(
      Array.from({ length: 24 }, async (_, call) => {
        const begun = Date.now();
        const answer = await [
          () => get('/v1/session', owner.token),
          () => get(`/v1/organizations/${slug}/users`, owner.token),
          () =>
            post(`/v1/organizations/${slug}/sign-in`, { identifier: owner.email, password: owner.password }),
          () => get('/readyz'),
        ][call % 4]!();
        return { call: call % 4, status: answer.status, milliseconds: Date.now() - begun };
      }),
    );
    resume();

    for (const { status, milliseconds } of calls) {
      expect(status).toBe(503);
      expect(milliseconds).toBeLessThan(5_200);
    }
    await until(async () => (await get('/v1/session', owner.token)).status === 200, 5_000);
    await until(
      async () => (await get(`/v1/organizations/${slug}/users`, owner.token)).status === 200,
      5_000,
    );
    const { pool } = app.get(Database);
    expect(pool.waiting).toBe(0);
    expect(pool.total - pool.idle).toBe(0);
    await until(async () => (await serverConnections()) <= pool.total + 3, 10_000);
  }, 60_000);
});

function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
}

async function terminate(pid: number): Promise<void> {
  const superuser = new pg.Client({ connectionString: postgres.superuserUrl });
  await superuser.connect();
  await superuser.query('select pg_terminate_backend($1)', [pid]);
  await superuser.end();
}

/** PostgreSQL as it is when its machine hangs: connections stay open, and nothing answers. */
function silence(): void {
  silenced = postgresProcessesOn(`/proc/${postgres.pid}/cwd`);
  for (const pid of silenced) process.kill(pid, 'SIGSTOP');
}

function resume(): void {
  for (const pid of silenced.splice(0)) process.kill(pid, 'SIGCONT');
}

async function serverConnections(): Promise<number> {
  const [row] = await app.sql(
    `select count(*)::int as count from pg_stat_activity where usename like '%\\_server'`,
  );
  return (row as { count: number }).count;
}

function get(path: string, token?: string): Promise<Received> {
  return app.exchange.send({
    method: 'GET',
    path,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

function post(path: string, body: unknown, token?: string): Promise<Received> {
  return app.exchange.send({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

async function until(condition: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms`);
    await sleep(25);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import { findFreePort } from '../../src/platform/embedded-postgres/free-port.js';
import { HttpExchange, type Received } from '../support/http-exchange.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startApp, type TestApp } from '../support/test-app.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const operator = { ADMIN_EMAIL: 'ops@example.com', ADMIN_PASSWORD: 'Violet lantern 57 over Moss Harbor' };

let databases: TestDatabase[];
let apps: TestApp[];
let processes: ChildProcess[];

beforeEach(() => {
  [databases, apps, processes] = [[], [], []];
});
afterEach(async () => {
  for (const child of processes.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const app of apps) await app.stop();
  for (const database of databases) await database.drop();
});

describe('Starting on an empty database', () => {
  it('migrates once, however many servers start at once', async () => {
    const database = await emptyDatabase();

    const results = await Promise.all(
      Array.from({ length: 4 }, () => migrate({ databaseUrl: database.ownerUrl })),
    );

    expect(new Set(results.map(({ serverUrl }) => serverUrl)).size).toBe(1);
  });

  it('makes one platform organization, and every server serves', async () => {
    const database = await emptyDatabase();

    apps = await Promise.all([startApp({ database, env: operator }), startApp({ database, env: operator })]);

    const [first, second] = apps as [TestApp, TestApp];
    const [organizations] = await first.sql(
      'select count(*)::int as count from organizations where is_platform',
    );
    const [owners] = await first.sql('select count(*)::int as count from users where email = $1', [
      operator.ADMIN_EMAIL,
    ]);
    expect([organizations.count, owners.count]).toEqual([1, 1]);
    for (const app of apps) expect((await app.api.get('/readyz')).status).toBe(200);
    const { owner } = await first.given.organization();
    expect((await second.api.as(owner).get('/v1/session')).status).toBe(200);
  });

  it('changes nothing on the second start', async () => {
    const database = await emptyDatabase();
    await migrate({ databaseUrl: database.ownerUrl });
    const lines: string[] = [];

    await migrate({ databaseUrl: database.ownerUrl, onLog: (line) => lines.push(line) });

    expect(lines).toEqual([]);
  });
});

describe('The process', () => {
  it('ends on SIGTERM when it has answered what it was asked', async () => {
    const metricsPort = await findFreePort(0);
    const { child, origin } = await startProcess({ METRICS_PORT: String(metricsPort) });
    const exchange = new HttpExchange(origin);
    const asked = 40;
    let answered = 0;
    // A hash each: they wait for each other and are still under way when the signal comes.
    const answers = Array.from({ length: asked }, async (_, guess) => {
      const { status } = await signIn(exchange, `nobody-${guess}@example.com`);
      answered += 1;
      return status;
    });
    while ((await hashesAtWork(metricsPort)) + answered < asked) await sleep(5);

    const ended = once(child, 'exit');
    child.kill('SIGTERM');

    expect(answered).toBeLessThan(asked);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([401]));
    expect(await ended).toEqual([0, null]);
    exchange.close();
  }, 60_000);

  it('fails no client that keeps asking over kept connections while it ends', async () => {
    const { child, origin } = await startProcess();
    const failures: string[] = [];
    let isGone = false;
    const clients = Array.from({ length: 8 }, async () => {
      const exchange = new HttpExchange(origin);
      while (!isGone) {
        try {
          const { status } = await exchange.send({ method: 'GET', path: '/v1/session' });
          if (status !== 401) failures.push(String(status));
        } catch (error) {
          // A new connection that nobody takes any more: a balancer asks elsewhere.
          if ((error as { onKeptConnection: boolean }).onKeptConnection) failures.push(String(error));
          await sleep(10);
        }
      }
      exchange.close();
    });
    await sleep(500);

    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await ended) as [number];
    isGone = true;
    await Promise.all(clients);

    expect(failures).toEqual([]);
    expect(code).toBe(0);
  }, 60_000);

  it('refuses to start on unsafe values, and lists them in plain words', async () => {
    const child = launch({ NODE_ENV: 'production', PORT: 'abc' });
    const output = await outputOf(child);

    expect(output.code).toBe(1);
    expect(output.text).toContain(
      'The server cannot start with these settings:\n  - PORT must be a whole number',
    );
    expect(output.text).not.toContain('    at ');
  }, 60_000);

  it('refuses a first operator who could not sign in, before it writes to the database', async () => {
    const database = await emptyDatabase();
    const child = launch({ DATABASE_URL: database.ownerUrl, ADMIN_EMAIL: 'ops', ADMIN_PASSWORD: 'short' });
    const output = await outputOf(child);

    expect(output.code).toBe(1);
    expect(output.text).toContain(
      '  - ADMIN_EMAIL must be an e-mail address\n  - ADMIN_PASSWORD is too short',
    );
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query(`select 1 from pg_namespace where nspname = 'tenantry'`);
    await client.end();
    expect(rows).toEqual([]);
  }, 60_000);

  it('says in plain words that the database cannot be reached', async () => {
    const port = await findFreePort(0);
    const output = await outputOf(launch({ DATABASE_URL: `postgres://tenantry:word@127.0.0.1:${port}/x` }));

    expect(output.code).toBe(1);
    expect(output.text).toMatch(/^The database cannot be reached: .*ECONNREFUSED/);
    expect(output.text).not.toContain('    at ');
  }, 60_000);

  it('says in plain words that a role is missing, and nothing of its password', async () => {
    const database = await emptyDatabase();
    const owner = Object.assign(new URL(database.ownerUrl), { username: 'nobody_much', password: 'word' });
    await asSuperuser(
      database,
      `create role nobody_much login password 'word'`,
      `alter database ${database.name} owner to nobody_much`,
    );
    try {
      const output = await outputOf(launch({ DATABASE_URL: owner.href }));

      expect(output.code).toBe(1);
      expect(output.text).toContain('may not create the role');
      expect(output.text).not.toMatch(/password '|    at /);
    } finally {
      await asSuperuser(
        database,
        `alter database ${database.name} owner to tenantry`,
        'drop owned by nobody_much',
        'drop role nobody_much',
      );
    }
  }, 60_000);

  it('says which port is taken', async () => {
    const { origin, database } = await startProcess();
    const { port } = new URL(origin);
    const output = await outputOf(launch({ DATABASE_URL: database.ownerUrl, PORT: port }));

    expect(output.code).toBe(1);
    expect(output.text).toContain(`Port ${port} on 127.0.0.1 is used by another program`);
  }, 60_000);
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  databases.push(database);
  return database;
}

async function asSuperuser({ superuserUrl }: TestDatabase, ...statements: string[]): Promise<void> {
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  for (const statement of statements) await superuser.query(statement);
  await superuser.end();
}

/** The server as its users start it, but for the build. */
function launch(env: Record<string, string>): ChildProcess {
  const key = Buffer.alloc(32, 'starting').toString('base64');
  const child = spawn(process.execPath, ['--import', './test/support/typescript-loader.js', 'src/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ENCRYPTION_KEYS: `k1:${key}`,
      PASSWORD_PEPPER: `p1:${key}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  return child;
}

async function startProcess(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; origin: string; database: TestDatabase }> {
  const database = await createTestDatabase();
  databases.push(database);
  const child = launch({ DATABASE_URL: database.ownerUrl, ...operator, ...env });
  child.stderr!.resume();
  for await (const line of createInterface({ input: child.stdout! })) {
    const origin = /^Tenantry listens on (http:\S+)$/.exec(line)?.[1];
    if (origin !== undefined) {
      child.stdout!.resume();
      return { child, origin, database };
    }
  }
  throw new Error('the server ended before it listened');
}

function signIn(exchange: HttpExchange, identifier: string): Promise<Received> {
  return exchange.send({
    method: 'POST',
    path: '/v1/organizations/platform/sign-in',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password: 'Not the password of anybody' }),
  });
}

async function hashesAtWork(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const values = [...text.matchAll(/^password_hashes_(?:running|queued) (\d+)$/gm)].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

async function outputOf(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

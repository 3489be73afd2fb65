import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import {
  discardEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { abandonedTemporaryDirectories, makeTemporaryDirectory } from './temporary-directory.js';

/** What the test workers need to know; they inherit it in the environment. */
export interface TestCluster {
  /** The template database, migrated, as its owner: no superuser, but may create roles and databases. */
  ownerUrl: string;
  superuserUrl: string;
}

let running: { postgres?: EmbeddedPostgres; directory: string } | undefined;

/** One PostgreSQL for the whole run, with the `tenantry` database migrated to be cloned by each test file. */
export async function startTestCluster(): Promise<void> {
  await discardInterruptedRuns();
  const directory = makeTemporaryDirectory('run');
  // For whatever else the workers of this run share.
  process.env['TENANTRY_TEST_DIRECTORY'] = directory;
  running = { directory };
  const given = process.env['TEST_POSTGRES_URL'];
  if (given !== undefined) return offerTemplate(await prepareGivenCluster(given));
  const postgres = await startEmbeddedPostgres({
    dataDir: join(directory, 'data'),
    // Nothing here has to survive a crash.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
  });
  running = { postgres, directory };
  // PostgreSQL has a process group of its own, which Ctrl-C does not reach.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void stopTestCluster().finally(() => process.exit(code)));
  }

  await offerTemplate({ ownerUrl: postgres.url, superuserUrl: postgres.superuserUrl });
}

/**
 * Another PostgreSQL, of another version say: `TEST_POSTGRES_URL` names a superuser of one that is there for tests alone. Its
 * role and database `tenantry` are made anew.
 */
async function prepareGivenCluster(superuserUrl: string): Promise<TestCluster> {
  const password = randomBytes(16).toString('hex');
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  const { rowCount } = await superuser.query(`select from pg_database where datname = 'tenantry'`);
  if (rowCount === 1) await superuser.query('alter database tenantry with is_template false');
  await superuser.query('drop database if exists tenantry with (force)');
  const { rows } = await superuser.query<{ exists: boolean }>(
    `select exists (select from pg_roles where rolname = 'tenantry')`,
  );
  const verb = rows[0]!.exists ? 'alter' : 'create';
  await superuser.query(`${verb} role tenantry login createrole createdb password '${password}'`);
  await superuser.query('create database tenantry owner tenantry');
  await superuser.end();
  const owner = new URL(superuserUrl);
  Object.assign(owner, { username: 'tenantry', password, pathname: '/tenantry' });
  return { ownerUrl: owner.href, superuserUrl };
}

async function offerTemplate(cluster: TestCluster): Promise<void> {
  await migrate({ databaseUrl: cluster.ownerUrl });
  process.env['TENANTRY_TEST_CLUSTER'] = JSON.stringify(cluster);
  await closeTemplate(cluster);
}

export async function stopTestCluster(): Promise<void> {
  if (!running) return;
  await running.postgres?.stop();
  removeDirectory(running.directory);
}

/** A clone needs a template without connections, so nobody may open one by mistake. */
async function closeTemplate({ superuserUrl }: TestCluster): Promise<void> {
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  await superuser.query('alter database tenantry with is_template true allow_connections false');
  await superuser.end();
}

/** A run that was killed could not clean up. */
async function discardInterruptedRuns(): Promise<void> {
  for (const directory of abandonedTemporaryDirectories()) {
    const dataDir = join(directory, 'data');
    if (!existsSync(dataDir) || (await discardEmbeddedPostgres(dataDir))) removeDirectory(directory);
  }
}

function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

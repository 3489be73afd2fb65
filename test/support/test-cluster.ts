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

let running: { postgres: EmbeddedPostgres; directory: string } | undefined;

/** One PostgreSQL for the whole run, with the `tenantry` database migrated to be cloned by each test file. */
export async function startTestCluster(): Promise<void> {
  await discardInterruptedRuns();
  const directory = makeTemporaryDirectory('run');
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

  await migrate({ databaseUrl: postgres.url });
  const cluster: TestCluster = { ownerUrl: postgres.url, superuserUrl: postgres.superuserUrl };
  process.env['TENANTRY_TEST_CLUSTER'] = JSON.stringify(cluster);
  await closeTemplate(cluster);
}

export async function stopTestCluster(): Promise<void> {
  if (!running) return;
  await running.postgres.stop();
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

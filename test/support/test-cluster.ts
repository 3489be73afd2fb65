import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/migrator.js';
import {
  discardEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';

const DIRECTORY_PREFIX = 'tenantry-test-';

/** What the test workers need to know; they inherit it in the environment. */
export interface TestCluster {
  /** The template database, migrated, as its owner: no superuser, but may create roles and databases. */
  ownerUrl: string;
  superuserUrl: string;
}

let running: { postgres: EmbeddedPostgres; dataDir: string } | undefined;

/** One PostgreSQL for the whole run, with the `tenantry` database migrated to be cloned by each test file. */
export async function startTestCluster(): Promise<void> {
  await discardInterruptedRuns();
  const dataDir = mkdtempSync(join(tmpdir(), DIRECTORY_PREFIX));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    // Nothing here has to survive a crash.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
  });
  running = { postgres, dataDir };
  process.once('exit', removeDirectory);
  // Without a handler a signal ends the process at once, and PostgreSQL, in a group of its own, would stay.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }

  await migrate({ databaseUrl: postgres.url });
  const cluster: TestCluster = { ownerUrl: postgres.url, superuserUrl: postgres.superuserUrl };
  process.env['TENANTRY_TEST_CLUSTER'] = JSON.stringify(cluster);
  await closeTemplate(cluster);
}

export async function stopTestCluster(): Promise<void> {
  await running?.postgres.stop();
  removeDirectory();
}

/** A clone needs a template without connections, so nobody may open one by mistake. */
async function closeTemplate({ superuserUrl }: TestCluster): Promise<void> {
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  await superuser.query('alter database tenantry with is_template true allow_connections false');
  await superuser.end();
}

/** A run that was killed could not clean up. Directories whose lock is held belong to runs that go on. */
async function discardInterruptedRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(DIRECTORY_PREFIX))) {
    await discardEmbeddedPostgres(join(tmpdir(), name)).catch(() => {});
  }
}

function removeDirectory(): void {
  if (running) rmSync(running.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

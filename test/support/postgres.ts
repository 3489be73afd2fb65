import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestCluster } from './test-cluster.js';

export interface TestDatabase {
  name: string;
  /** Owns the database and its schema; no superuser. What `DATABASE_URL` is for a server. */
  ownerUrl: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

/** A migrated database of the caller's own, cloned from the template of this run. */
export function createTestDatabase(): Promise<TestDatabase> {
  // Copying through the log is quicker than copying files, for which PostgreSQL flushes everything first.
  return createDatabase('test', 'template tenantry strategy wal_log');
}

/** A database without anything in it, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('empty', 'template template0 strategy wal_log');
}

async function createDatabase(prefix: string, origin: string): Promise<TestDatabase> {
  const cluster = testCluster();
  const name = `${prefix}_${randomBytes(8).toString('hex')}`;
  await administer(cluster, `create database ${name} owner tenantry ${origin}`);
  return {
    name,
    ownerUrl: withDatabase(cluster.ownerUrl, name),
    superuserUrl: withDatabase(cluster.superuserUrl, name),
    drop: () => administer(cluster, `drop database if exists ${name} with (force)`),
  };
}

function testCluster(): TestCluster {
  return JSON.parse(process.env['TENANTRY_TEST_CLUSTER'] ?? raiseMissing()) as TestCluster;
}

function raiseMissing(): never {
  throw new Error('No test database runs: start tests through Jest, whose global set-up brings it.');
}

async function administer({ superuserUrl }: TestCluster, statement: string): Promise<void> {
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  try {
    await superuser.query(statement);
  } finally {
    await superuser.end();
  }
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { lockDataDirectory } from './data-directory-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { findFreePort } from './free-port.js';
import { accountOf } from './postgres-account.js';
import { providePostgresBinaries } from './postgres-binaries.js';
import { clusterExists, createCluster, type Cluster } from './postgres-cluster.js';
import {
  newCredentials,
  readCredentials,
  writeCredentials,
  type Credentials,
} from './postgres-credentials.js';
import { endLeftoverPostgres } from './postgres-processes.js';
import { PostgresServer } from './postgres-server.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its log, its passwords and the lock; made when missing. */
  dataDir: string;
  onLog?: (message: string) => void;
  /** PostgreSQL settings beyond the usual ones, such as `fsync: 'off'` for tests. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** For the role `tenantry`, which owns the database `tenantry` and is no superuser. */
  readonly url: string;
  readonly superuserUrl: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of our own and keeps it running until it is stopped.
 * @throws EmbeddedPostgresError when a person has to do something about it
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { onLog = () => {}, settings = {} } = options;
  const dataDir = resolve(options.dataDir);
  makeDataDirectory(dataDir);
  const lock = lockDataDirectory(dataDir);
  try {
    const cluster = locateCluster(dataDir);
    const credentials = await provideCluster(dataDir, cluster, settings['fsync'] !== 'off', onLog);
    const { server, port } = await startOnFreePort(cluster, credentials.port, settings, onLog);
    const superuserUrl = `postgres://postgres:${credentials.superuserPassword}@127.0.0.1:${port}/postgres`;
    const url = `postgres://tenantry:${credentials.ownerPassword}@127.0.0.1:${port}/tenantry`;
    try {
      if (!credentials.prepared) await prepareDatabase(superuserUrl, url, credentials.ownerPassword);
      if (!credentials.prepared || credentials.port !== port) {
        writeCredentials(dataDir, { ...credentials, port, prepared: true });
      }
    } catch (error) {
      await server.stop();
      throw error;
    }
    return {
      url,
      superuserUrl,
      get pid() {
        return server.pid;
      },
      stop: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Ends what runs on a data directory that nobody uses any more, and removes it. False when it is in use. */
export async function discardEmbeddedPostgres(dataDir: string): Promise<boolean> {
  let lock;
  try {
    lock = lockDataDirectory(dataDir);
  } catch {
    return false;
  }
  try {
    const cluster = join(dataDir, 'postgres');
    if (existsSync(cluster)) await endLeftoverPostgres(cluster);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    return true;
  } finally {
    lock.release();
  }
}

function makeDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data directory ${dataDir} cannot be made: ${(error as Error).message}`,
    );
  }
}

function locateCluster(dataDir: string): Cluster {
  const directory = join(dataDir, 'postgres');
  const account = accountOf(directory);
  const binaries = providePostgresBinaries(dataDir, account);
  return { directory, binaries, account, logFile: join(dataDir, 'postgres.log') };
}

async function provideCluster(
  dataDir: string,
  cluster: Cluster,
  durable: boolean,
  onLog: (message: string) => void,
): Promise<Credentials> {
  const known = readCredentials(dataDir);
  if (clusterExists(cluster.directory)) {
    if (!known) {
      throw new EmbeddedPostgresError(
        `The database in ${cluster.directory} exists, but its passwords in ${join(dataDir, 'postgres.json')} cannot be read.`,
      );
    }
    if ((await endLeftoverPostgres(cluster.directory)) === 'ended') {
      onLog('Ended the PostgreSQL that an interrupted Tenantry had left running.');
    }
    return known;
  }
  const credentials = known ?? newCredentials();
  if (!known) writeCredentials(dataDir, credentials);
  await createCluster(cluster, credentials.superuserPassword, durable);
  return credentials;
}

async function startOnFreePort(
  cluster: Cluster,
  preferredPort: number,
  settings: Record<string, string>,
  onLog: (message: string) => void,
): Promise<{ server: PostgresServer; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort(attempt === 1 ? preferredPort : 0);
    const server = new PostgresServer(cluster, port, settings, onLog);
    try {
      await server.start();
      return { server, port };
    } catch (error) {
      // Another program can take the port between our look and PostgreSQL's.
      const portTaken = error instanceof Error && error.message.includes('could not bind');
      if (!portTaken || attempt === 5) throw error;
    }
  }
}

/** Each step may have been done by a start that was interrupted. */
async function prepareDatabase(superuserUrl: string, url: string, ownerPassword: string): Promise<void> {
  await withClient(superuserUrl, async (superuser) => {
    if (!(await exists(superuser, `select from pg_roles where rolname = 'tenantry'`))) {
      // The password is base64url of our own making: nothing in it needs quoting.
      await superuser.query(`create role tenantry login createrole createdb password '${ownerPassword}'`);
    }
    if (!(await exists(superuser, `select from pg_database where datname = 'tenantry'`))) {
      await superuser.query('create database tenantry owner tenantry');
    }
  });
  await withClient(url, async (owner) => {
    await owner.query('create extension if not exists pg_trgm');
    await owner.query('create extension if not exists btree_gin');
  });
}

async function exists(client: pg.Client, query: string): Promise<boolean> {
  return (await client.query(query)).rowCount === 1;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

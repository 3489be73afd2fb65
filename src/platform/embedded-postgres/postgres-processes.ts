import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/**
 * Ends what an earlier Tenantry left running on this cluster when it was killed, and removes the trace it left.
 *
 * PostgreSQL trusts the process id in postmaster.pid: after a crash that number may belong to any program (in a
 * container it usually does), and PostgreSQL would refuse to start for ever. We look at what really runs there.
 */
export async function endLeftoverPostgres(clusterDir: string): Promise<'none' | 'ended'> {
  const pidFile = join(clusterDir, 'postmaster.pid');
  const leftovers = postgresProcessesOn(clusterDir);
  if (leftovers.length === 0) {
    rmSync(pidFile, { force: true });
    return 'none';
  }
  // Only the postmaster takes part in an orderly shutdown; without it the others notice, and end by themselves.
  const postmaster = leftovers.find((pid) => pid === readPostmaster(clusterDir)?.pid);
  if (postmaster !== undefined) send(postmaster, 'SIGINT');
  let gone = await allGone(clusterDir, postmaster === undefined ? 5 : 30);
  if (!gone) {
    for (const pid of postgresProcessesOn(clusterDir)) send(pid, 'SIGKILL');
    gone = await allGone(clusterDir, 5);
  }
  if (gone) {
    rmSync(pidFile, { force: true });
    return 'ended';
  }
  throw new EmbeddedPostgresError(`An earlier PostgreSQL still runs on ${clusterDir} and does not end.`);
}

/** What the running server wrote about itself; undefined when there is no such file. */
export function readPostmaster(clusterDir: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number.parseInt(lines[0] ?? '', 10), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** Every PostgreSQL process, servers and their workers, keeps its cluster as its working directory. */
export function postgresProcessesOn(clusterDir: string): number[] {
  if (process.platform !== 'linux') return postmastersByCommandLine(clusterDir);
  const cluster = statSync(clusterDir);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
        const directory = statSync(`/proc/${pid}/cwd`);
        return directory.ino === cluster.ino && directory.dev === cluster.dev;
      } catch {
        // It ended while we looked, or it is another user's and so not ours.
        return false;
      }
    })
    .map(Number);
}

function postmastersByCommandLine(clusterDir: string): number[] {
  return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`postgres -D ${clusterDir} `))
    .map((line) => Number.parseInt(line, 10));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

async function allGone(clusterDir: string, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (postgresProcessesOn(clusterDir).length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Who runs where: the server alone on one core, load and database on the others. */
export interface Cores {
  readonly server: string;
  readonly load: string;
}

/**
 * Takes this process, and with it the database that it starts, off the server's core. Null where processes cannot be
 * pinned: then everything shares all cores, and the figures say less.
 */
export function divideCores(): Cores | null {
  if (process.platform !== 'linux' || availableParallelism() < 2) return null;
  const [server, ...rest] = allowedCores();
  const cores = { server: String(server), load: rest.join(',') };
  const pinned = spawnSync('taskset', [
    '--all-tasks',
    '--cpu-list',
    '--pid',
    cores.load,
    String(process.pid),
  ]);
  return pinned.status === 0 ? cores : null;
}

/** A command line that runs on the server's core alone. */
export function onServerCore(cores: Cores | null, command: readonly string[]): string[] {
  return cores === null ? [...command] : ['taskset', '--cpu-list', cores.server, ...command];
}

/** A command line that may run on every core. */
export function onAllCores(cores: Cores | null, command: readonly string[]): string[] {
  return cores === null
    ? [...command]
    : ['taskset', '--cpu-list', `${cores.server},${cores.load}`, ...command];
}

/** Seconds that a process has computed since it started. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Clock ticks that the cores spent at work, and in all. */
export function coreTicks(list: string): { busy: number; all: number } {
  const lines = statOf('/proc/stat').split('\n');
  let [busy, all] = [0, 0];
  for (const core of list.split(',')) {
    const line = lines.find((candidate) => candidate.startsWith(`cpu${core} `)) ?? '';
    const ticks = line.split(' ').slice(1, 9).map(Number);
    const sum = ticks.reduce((total, value) => total + value, 0);
    all += sum;
    busy += sum - (ticks[3] ?? 0) - (ticks[4] ?? 0);
  }
  return { busy, all };
}

export function residentMegabytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(statOf(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes) / 1024;
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(statOf('/proc/self/status'))?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Empty where there is no /proc: the figures made of it are then missing. */
function statOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

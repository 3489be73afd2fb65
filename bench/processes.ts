import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../src/platform/embedded-postgres/free-port.js';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const giveUpAfterMilliseconds = 30_000;

/** A server that was started for measuring. */
export interface MeasuredServer {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its first healthy answer. */
  readonly readyMilliseconds: number;
  stop(): Promise<void>;
}

interface ServerStart {
  command: readonly string[];
  environment: Record<string, string>;
  healthPath: string;
}

/** @throws Error with the end of what the server printed when it does not answer in time */
export async function startServer(start: ServerStart): Promise<MeasuredServer> {
  const port = await findFreePort(0);
  const [program = '', ...args] = start.command;
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    // Nothing of the caller's settings: the defaults are what is measured.
    env: { PATH: process.env['PATH'] ?? '', ...start.environment, PORT: String(port) },
    // Read and dropped, as a collector of logs would read it; a file would wait for the database's disk writes.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
  try {
    await untilHealthy(child, port, start.healthPath, startedAt);
  } catch (error) {
    await end(child);
    throw new Error(`${start.command.join(' ')}\n${printed}`, { cause: error });
  }
  return {
    pid: child.pid!,
    port,
    readyMilliseconds: performance.now() - startedAt,
    stop: () => end(child),
  };
}

/** Runs a script to its end and returns what it printed. */
export async function runScript(
  command: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: giveUpAfterMilliseconds,
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  return printed;
}

/** Runs one of the benchmark's own TypeScript files. */
export function ownScript(name: string): string[] {
  const loader = join(root, 'test', 'support', 'typescript-loader.js');
  return [process.execPath, '--import', loader, join(root, 'bench', name)];
}

async function untilHealthy(
  child: ChildProcess,
  port: number,
  path: string,
  startedAt: number,
): Promise<void> {
  while (performance.now() - startedAt < giveUpAfterMilliseconds) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server ended');
    if ((await statusOf(port, path)) === 200) return;
    await sleep(5);
  }
  throw new Error('the server did not become healthy');
}

function statusOf(port: number, path: string): Promise<number | null> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path, agent: false, timeout: 1_000 }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? null));
    })
      .on('error', () => resolve(null))
      .end();
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(impatience);
}

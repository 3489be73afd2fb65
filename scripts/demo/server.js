import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildIsStale } from '../build.js';

const main = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'src', 'main.js');
const startMilliseconds = 30_000;

/** A server of its own, on a free port, with its database in a folder that goes away with it. */
export async function startServer() {
  if (buildIsStale()) await build();
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-demo-'));
  const child = spawn(process.execPath, [main], {
    // Nothing of the caller's environment, nor of a file .env: neither may lead to a database that matters.
    env: {
      PATH: process.env.PATH,
      TMPDIR: tmpdir(),
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      NODE_NO_WARNINGS: '1',
      UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches the demo alone, which then ends the server in order.
    detached: true,
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  try {
    return { ...(await announced(child)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The server prints where it listens, and the set-up link last. */
function announced(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason) => {
      clearTimeout(timer);
      reject(new Error(`The server did not start: ${reason}\n${output}`));
    };
    const timer = setTimeout(() => fail('it took too long'), startMilliseconds);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with code ${code}`));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const origin = /listens on (http\S+)/.exec(output)?.[1];
      const setupToken = /setup\?token=(\S+)\n/.exec(output)?.[1];
      if (origin === undefined || setupToken === undefined) return;
      clearTimeout(timer);
      resolve({ origin, setupToken });
    });
  });
}

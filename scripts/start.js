import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NEEDED_NODE = 24;

if (majorOf(process.versions.node) < NEEDED_NODE) startWithOwnNode();
else await start();

async function start() {
  const settings = join(root, '.env');
  if (existsSync(settings)) process.loadEnvFile(settings);

  // Password hashes occupy a thread each; the rest is for files and name look-ups. Read once, at the pool's first use.
  process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);
  // The allocator of the hashes keeps their 19 MiB for a second: taking them anew each time is a twentieth of a hash.
  process.env.MIMALLOC_PURGE_DELAY ??= '1000';

  const { build, buildIsStale } = await import('./build.js');
  try {
    if (buildIsStale()) await build();
  } catch (error) {
    // The compiler's own stack follows the place in the source; it helps nobody here.
    fail(`Tenantry could not be built: ${error.message.split('\n\nCaused by')[0].trimEnd()}`);
  }
  const main = join(root, 'dist', 'src', 'main.js');
  if (!existsSync(main))
    fail(`There is nothing to start: ${main} is missing. Run "npm ci" and "npm run build".`);
  const { loadLibrariesLean } = await import('./lean-libraries.js');
  await loadLibrariesLean();
  await import(pathToFileURL(main).href);
}

/** npm scripts find the pinned Node by themselves; started by hand with an older one, hand over to it. */
function startWithOwnNode() {
  const node = join(root, 'node_modules', '.bin', 'node');
  if (!existsSync(node) || process.env.TENANTRY_OWN_NODE) {
    fail(
      `Tenantry needs Node ${NEEDED_NODE} or newer, this is ${process.versions.node}. Run "npm ci", then "npm start".`,
    );
  }
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, TENANTRY_OWN_NODE: '1' },
  });
  // A terminal sends Ctrl-C to both of us: pass on only what reaches this process alone.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

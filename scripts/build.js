import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** True in a checkout whose `dist/` is missing or was made from other sources; an image without sources has nothing to build. */
export function buildIsStale() {
  if (!existsSync(join(root, 'src'))) return false;
  return stampOf(dist) !== fingerprint();
}

/**
 * Compiles into a new directory and swaps it in: outputs of deleted sources do not stay, and a failed or
 * interrupted build leaves the last good one.
 */
export async function build() {
  const { default: swc } = await import('@swc/core');
  const stamp = fingerprint();
  const next = `${dist}.${process.pid}`;
  try {
    await Promise.all(sourceFiles().map((file) => emit(swc, file, next)));
    writeFileSync(join(next, '.stamp'), stamp);
    swapIn(next, stamp);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

async function emit(swc, file, outDir) {
  const [source, target] = [join(root, file), join(outDir, file)];
  mkdirSync(dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) return copyFileSync(source, target);

  const output = target.replace(/\.ts$/, '.js');
  const { code, map } = await swc.transformFile(source, { cwd: root, sourceFileName: source });
  writeFileSync(output, map ? `${code}\n//# sourceMappingURL=${basename(output)}.map\n` : code);
  if (map) writeFileSync(`${output}.map`, map);
}

function swapIn(next, stamp) {
  const replaced = `${next}.old`;
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(dist)) renameSync(dist, replaced);
      renameSync(next, dist);
      return;
    } catch (error) {
      // Another start built at the same time and was first.
      if (stampOf(dist) === stamp) return;
      if (attempt === 5) throw error;
    } finally {
      rmSync(replaced, { recursive: true, force: true });
    }
  }
}

function sourceFiles() {
  return ['src', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(spec|d)\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
}

/** Name, size and time of everything the output depends on: a few milliseconds, and a deleted source counts too. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [...sourceFiles().sort(), '.swcrc', 'package-lock.json', 'scripts/build.js']) {
    const found = statSync(join(root, file), { throwIfNoEntry: false });
    hash.update(`${file} ${found?.size} ${found?.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function stampOf(directory) {
  try {
    return readFileSync(join(directory, '.stamp'), 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();

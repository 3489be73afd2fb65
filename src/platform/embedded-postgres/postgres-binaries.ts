import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { Account } from './postgres-account.js';

/** Directories above a private copy; the first that the database's user can reach and execute from is taken. */
const SHARED_DIRECTORIES = ['/var/lib/tenantry', '/usr/local/lib/tenantry', '/opt/tenantry'];

/**
 * The directory with PostgreSQL's `bin`, `lib` and `share`, complete and usable by the given account.
 *
 * What npm unpacked is used in place when possible. It lacks its symbolic links when install scripts did not run, and
 * root's home directory is closed to the user that runs the database; where that cannot be put right, a copy is made.
 */
export function providePostgresBinaries(
  dataDir: string,
  account: Account,
  installed = findInstalledPackage(),
): string {
  if (complete(installed.native) && reachable(installed.native, account)) return installed.native;

  const name = `postgresql-${installed.version}`;
  const candidates = account ? SHARED_DIRECTORIES : [dataDir];
  for (const parent of candidates) {
    const copy = join(parent, name);
    if (copyBinaries(installed.native, copy, account) && runs(copy, account)) return copy;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL's programs in ${installed.native} cannot be used by the database's user, nor copied to ${candidates.join(', ')}.`,
  );
}

interface InstalledPackage {
  native: string;
  version: string;
}

function findInstalledPackage(): InstalledPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name, { paths: [require.resolve('embedded-postgres')] })));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this platform (${name} is not installed): set DATABASE_URL instead.`,
    );
  }
}

/** Puts links and executable bits right that npm did not set; false when it would have to and cannot. */
function complete(native: string): boolean {
  try {
    for (const { file, link } of missingLinks(native)) symlinkSync(relative(dirname(link), file), link);
    for (const program of ['initdb', 'postgres']) {
      const path = join(native, 'bin', program);
      const { mode } = statSync(path);
      if ((mode & 0o111) !== 0o111) chmodSync(path, mode | 0o111);
    }
    return true;
  } catch {
    return false;
  }
}

function missingLinks(native: string): { file: string; link: string }[] {
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8');
  return (JSON.parse(list) as { source: string; target: string }[])
    .map(({ source, target }) => ({ file: join(native, '..', source), link: join(native, '..', target) }))
    .filter(({ link }) => !lstatSync(link, { throwIfNoEntry: false }));
}

/** Whether an account other than ours can pass every directory down to the files; npm gives all of them one mode. */
function reachable(native: string, account: Account): boolean {
  if (!account) return true;
  return (
    passable(native) &&
    ['bin', 'lib', 'lib/postgresql', 'share/postgresql'].every((path) =>
      allowsOthers(join(native, path), 0o005),
    ) &&
    ['bin/initdb', 'bin/postgres'].every((path) => allowsOthers(join(native, path), 0o005)) &&
    ['lib/libz.so.1', 'share/postgresql/postgres.bki'].every((path) =>
      allowsOthers(join(native, path), 0o004),
    )
  );
}

function passable(directory: string): boolean {
  const parent = dirname(directory);
  return allowsOthers(directory, 0o001) && (parent === directory || passable(parent));
}

function allowsOthers(path: string, bits: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & bits) === bits;
}

function copyBinaries(native: string, copy: string, account: Account): boolean {
  const unfinished = `${copy}.${process.pid}`;
  try {
    mkdirSync(dirname(copy), { recursive: true, mode: account ? 0o755 : 0o700 });
    if (account && !(onlyRootWrites(dirname(copy)) && passable(dirname(copy)))) return false;
    if (lstatSync(copy, { throwIfNoEntry: false })) return !account || onlyRootWrites(copy);

    mkdirSync(unfinished, { mode: 0o755 });
    for (const part of ['bin', 'lib', 'share']) copyTree(join(native, part), join(unfinished, part));
    for (const { file, link } of missingLinksOfCopy(native, unfinished)) {
      symlinkSync(relative(dirname(link), file), link);
    }
    renameSync(unfinished, copy);
    return true;
  } catch {
    // Either this place does not work, or another process finished the same copy first.
    return lstatSync(copy, { throwIfNoEntry: false }) !== undefined;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Programs that root's server executes must not come from a directory into which others could have put them. */
function onlyRootWrites(directory: string): boolean {
  const { uid, mode } = statSync(directory);
  return uid === 0 && (mode & 0o022) === 0;
}

function copyTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.endsWith('.a')) copyFile(source, target, basename(from) === 'bin');
  }
}

function copyFile(source: string, target: string, executable: boolean): void {
  const mode = executable ? 0o755 : 0o644;
  try {
    if ((statSync(source).mode & mode) !== mode)
      throw new Error('A link would share the mode that others cannot read.');
    linkSync(source, target);
  } catch {
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
    chmodSync(target, mode);
  }
}

function missingLinksOfCopy(native: string, copy: string): { file: string; link: string }[] {
  return missingLinks(native).map(({ file, link }) => ({
    file: join(copy, relative(native, file)),
    link: join(copy, relative(native, link)),
  }));
}

/** The last word: a mount without execute permission looks like any other directory. */
function runs(native: string, account: Account): boolean {
  return (
    spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/', env: {} }).status === 0
  );
}

import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { keepOwner } from './postgres-account.js';

const SQLITE_BUSY = 5;

export interface DataDirectoryLock {
  release(): void;
}

/**
 * Lets one process at a time use a data directory.
 *
 * SQLite's exclusive lock is the only lock in Node's standard library that the kernel holds: it is taken atomically
 * and is gone with the process, however that ends. A file with a process id can be neither.
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  const database = openLockFile(dataDir);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new EmbeddedPostgresError(
      `Another Tenantry${describeHolder(dataDir)} already uses ${dataDir}. ` +
        'Stop it first, or give this one a data directory of its own with DATA_DIR.',
    );
  }
  recordHolder(dataDir);
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

function openLockFile(dataDir: string): DatabaseSync {
  const path = join(dataDir, 'tenantry.lock');
  try {
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    const database = new DatabaseSync(path);
    // SQLite would open a file of somebody else for reading, and then lock nothing.
    accessSync(path, constants.W_OK);
    keepOwner(dataDir, path);
    return database;
  } catch {
    throw new EmbeddedPostgresError(
      `The data directory ${dataDir} cannot be written by this user: it belongs to user id ${statSync(dataDir).uid}.`,
    );
  }
}

/** Only for the message of the one who comes second; the lock itself does not depend on it. */
function recordHolder(dataDir: string): void {
  const path = join(dataDir, 'tenantry.pid');
  writeFileSync(path, `${process.pid}\n`);
  keepOwner(dataDir, path);
}

function describeHolder(dataDir: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(join(dataDir, 'tenantry.pid'), 'utf8'), 10)})`;
  } catch {
    return '';
  }
}

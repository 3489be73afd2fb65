import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepOwner } from './postgres-account.js';

/** What must outlive a start; kept beside the cluster, readable by its owner only. */
export interface Credentials {
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  /** The port of the last start, taken again when it is free. */
  readonly port: number;
  /** Whether role, database and extensions exist. */
  readonly prepared: boolean;
}

export function newCredentials(): Credentials {
  return { superuserPassword: newPassword(), ownerPassword: newPassword(), port: 0, prepared: false };
}

export function readCredentials(dataDir: string): Credentials | null {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Credentials;
  } catch {
    return null;
  }
}

export function writeCredentials(dataDir: string, credentials: Credentials): void {
  const unfinished = `${fileOf(dataDir)}.new`;
  // The mode counts for new files only, so a remainder of an interrupted write must not lend its own.
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flush: true });
  keepOwner(dataDir, unfinished);
  renameSync(unfinished, fileOf(dataDir));
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}

function newPassword(): string {
  return randomBytes(32).toString('base64url');
}

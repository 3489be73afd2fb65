import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'tenantry-test-';

/** Named after the process that made it, so that a later run knows what an interrupted one left. */
export function makeTemporaryDirectory(label: string): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${label}-`));
}

/** Directories whose makers are gone. */
export function abandonedTemporaryDirectories(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .filter((name) => !isAlive(Number.parseInt(name.slice(PREFIX.length), 10)))
    .map((name) => join(tmpdir(), name));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

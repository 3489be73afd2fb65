import { chownSync, lchownSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The ids that PostgreSQL's programs run under; none when they run as the user who started Tenantry. */
export type Account = { uid: number; gid: number } | undefined;

/**
 * PostgreSQL refuses to run as root, so root gives it an id that belongs to nobody else: `nobody` and `postgres` are
 * shared with other services, which could then read our files. It needs no entry in /etc/passwd.
 */
const OWN_ID = 59432;

export function accountOf(clusterDir: string): Account {
  if (process.getuid?.() !== 0) return undefined;
  if (process.platform !== 'linux') {
    throw new EmbeddedPostgresError(
      'The embedded PostgreSQL cannot run as root here: start as an ordinary user.',
    );
  }
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: OWN_ID, gid: OWN_ID };
}

/** Unlike the server, initdb looks its user up by name and ends when there is none, so it runs under a named one. */
export function accountForInitdb(): Account {
  if (process.getuid?.() !== 0) {
    requireOwnName();
    return undefined;
  }
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => user.uid > 0 && user.gid > 0);
  const user =
    users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody') ?? users[0];
  if (!user) {
    throw new EmbeddedPostgresError(
      'PostgreSQL cannot be set up as root and /etc/passwd knows no other user: set DATABASE_URL instead.',
    );
  }
  return { uid: user.uid, gid: user.gid };
}

function requireOwnName(): void {
  try {
    userInfo();
  } catch {
    throw new EmbeddedPostgresError(
      `PostgreSQL needs a user with a name, and user id ${process.getuid?.()} has none in /etc/passwd: set DATABASE_URL instead.`,
    );
  }
}

export function giveTo(account: Account, path: string): void {
  if (!account) return;
  try {
    lchownSync(path, account.uid, account.gid);
    if (!statSync(path).isDirectory()) return;
    for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
      lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root, and this root may not hand files to another user ' +
        '(a container without CAP_CHOWN?): start as an ordinary user, or set DATABASE_URL.',
    );
  }
}

/** Started once with sudo, the directory must still serve its owner afterwards. */
export function keepOwner(dataDir: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dataDir);
  chownSync(path, uid, gid);
}

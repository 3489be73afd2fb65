import type { RequestOrigin } from '../platform/access/actor.js';
import type { NamedStatement } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';

export interface SessionRow {
  id: string;
  user_id: string;
  ip: string | null;
  user_agent: string | null;
  amr: string[];
  auth_time: Date;
  created_at: Date;
  last_used_at: Date;
  ends_at: Date;
  /** `created_at` in full precision, which a Date has not: a position in the list. */
  position: string;
}

const columns = `s.id, s.user_id, host(s.ip) as ip, s.user_agent, s.amr, s.auth_time, s.created_at, s.last_used_at,
  least(s.expires_at, s.idle_expires_at) as ends_at, s.created_at::text as position`;

const isAlive = `s.revoked_at is null and s.expires_at > now() and s.idle_expires_at > now()
  and s.created_at > (select o.sessions_revoked_at from organizations o where o.id = s.org_id)`;

export interface NewSession {
  readonly organizationId: string;
  readonly id: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly methods: readonly string[];
  readonly lifetimes: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  /** The hash that a password was verified against, and the same password hashed anew. */
  readonly password: { readonly provenHash: string; readonly renewedHash: string | null } | null;
  /** A device that is known, or shall be from now on. */
  readonly device: {
    readonly tokenHash: Buffer;
    readonly isNew: boolean;
    readonly mostOfOneUser: number;
  } | null;
  readonly origin: RequestOrigin;
  /** Counters of attempts that this success settles. */
  readonly settles: { readonly address: CounterKey | null; readonly guesses: CounterKey } | null;
}

export interface CounterKey {
  readonly kind: string;
  readonly keyHash: Buffer;
}

/** No row when the user may not have a session any more. */
export const startSessionStatement: NamedStatement = {
  name: 'start_session',
  text: `select ${columns} from start_session(
           $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) s`,
};

export function startSessionValues(session: NewSession): unknown[] {
  const { device, settles, origin } = session;
  return [
    session.organizationId,
    session.userId,
    session.id,
    session.tokenHash,
    session.methods,
    session.lifetimes.idleSeconds,
    session.lifetimes.absoluteSeconds,
    session.password?.provenHash ?? null,
    session.password?.renewedHash ?? null,
    device?.isNew === false ? device.tokenHash : null,
    device?.isNew === true ? device.tokenHash : null,
    device?.mostOfOneUser ?? null,
    origin.ip,
    origin.userAgent,
    origin.requestId,
    settles?.address?.kind ?? null,
    settles?.address?.keyHash ?? null,
    settles?.guesses.kind ?? null,
    settles?.guesses.keyHash ?? null,
  ];
}

export interface Reauthentication {
  readonly sessionId: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly methods: readonly string[];
  /** The hash that a password was verified against; null where no password was. */
  readonly provenHash: string | null;
}

/**
 * Another proof by the person of a living session: it counts from now on, and the session is told by another token. The
 * user is locked first, as by everything that changes a password. No row when the session or the password is another by now.
 */
export async function reauthenticateSession(
  tx: Transaction,
  { sessionId, userId, tokenHash, methods, provenHash }: Reauthentication,
): Promise<(SessionRow & { expires_at: Date }) | null> {
  return tx.queryOne<SessionRow & { expires_at: Date }>(
    `with person as materialized (
       select u.id from users u
        where u.org_id = $1 and u.id = $3 and u.status = 'active' and ($6::text is null or u.password_hash = $6)
          for no key update)
     update sessions s
        set token_hash = $4, auth_time = clock_timestamp(), last_used_at = now(),
            idle_expires_at = now() + make_interval(secs => s.idle_lifetime_seconds),
            amr = s.amr || array(select m from unnest($5::text[]) m where m <> all (s.amr))
       from person
      where s.org_id = $1 and s.id = $2 and s.user_id = person.id and ${isAlive}
     returning ${columns}, s.expires_at`,
    [tx.organizationId, sessionId, userId, tokenHash, methods, provenHash],
  );
}

/** The living sessions of a user, newest first. */
export function listSessions(
  tx: Transaction,
  userId: string,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<SessionRow[]> {
  return tx.query<SessionRow>(
    `select ${columns} from sessions s
      where s.org_id = $1 and s.user_id = $2 and ${isAlive}
        and ($3::timestamptz is null or (s.created_at, s.id) < ($3, $4))
      order by s.created_at desc, s.id desc limit $5`,
    [tx.organizationId, userId, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

export function findSession(tx: Transaction, sessionId: string, userId: string): Promise<SessionRow | null> {
  return tx.queryOne<SessionRow>(
    `select ${columns} from sessions s where s.org_id = $1 and s.id = $2 and s.user_id = $3 and ${isAlive}`,
    [tx.organizationId, sessionId, userId],
  );
}

/** @returns whether a living session was ended */
export async function endSession(tx: Transaction, sessionId: string, userId: string): Promise<boolean> {
  const ended = await tx.query(
    `update sessions s set revoked_at = now()
      where s.org_id = $1 and s.id = $2 and s.user_id = $3 and ${isAlive} returning 1`,
    [tx.organizationId, sessionId, userId],
  );
  return ended.length > 0;
}

/** @returns how many living sessions were ended */
export async function endSessionsOf(
  tx: Transaction,
  userId: string,
  exceptId: string | null,
): Promise<number> {
  const ended = await tx.query(
    `update sessions s set revoked_at = now()
      where s.org_id = $1 and s.user_id = $2 and ($3::uuid is null or s.id <> $3) and s.revoked_at is null returning 1`,
    [tx.organizationId, userId, exceptId],
  );
  return ended.length;
}

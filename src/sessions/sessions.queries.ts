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
  id: string;
  userId: string;
  tokenHash: Buffer;
  ip: string | null;
  userAgent: string | null;
  methods: readonly string[];
  idleSeconds: number;
  absoluteSeconds: number;
  /** The password hash that was verified; null where no password was. */
  provenPasswordHash: string | null;
}

/**
 * Null when the user or the organization is not active, or the password has changed since it was verified. The rows are
 * locked for sharing: whoever locks the user or changes the password at the same time comes before this, or finds the
 * new session and ends it. The organization is locked just enough to wait for a suspension; whoever changes owners locks
 * it before a user, and must not meet a sign-in that has its user already.
 */
export function insertSession(tx: Transaction, session: NewSession): Promise<SessionRow | null> {
  return tx.queryOne<SessionRow>(
    `with holder as (
       select u.org_id, u.id from users u join organizations o on o.id = u.org_id
        where u.org_id = $1 and u.id = $2 and u.status = 'active' and o.status = 'active'
          and ($10::text is null or u.password_hash = $10)
          for share of u for key share of o)
     insert into sessions as s (org_id, id, user_id, token_hash, ip, user_agent, amr, created_at, auth_time, last_used_at,
                                idle_lifetime_seconds, idle_expires_at, expires_at)
     select h.org_id, $3, h.id, $4, $5, $6, $7, t.now, t.now, t.now,
            $8::integer, t.now + make_interval(secs => least($8, $9)), t.now + make_interval(secs => $9)
       from holder h, (select clock_timestamp() as now) t
     returning ${columns}`,
    [
      tx.organizationId,
      session.userId,
      session.id,
      session.tokenHash,
      session.ip,
      session.userAgent,
      session.methods,
      session.idleSeconds,
      session.absoluteSeconds,
      session.provenPasswordHash,
    ],
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

import type { Transaction } from '../platform/database/transaction.js';
import { type AttemptLimit, longestBackoffSeconds } from './attempt-limits.rules.js';

export interface Counter {
  readonly kind: string;
  readonly keyHash: Buffer;
  readonly limit: AttemptLimit;
}

export interface CountedAttempt {
  kind: string;
  attempts: number;
  /** How long the next attempt must wait; null when it need not. */
  blocked_seconds: number | null;
}

/**
 * Counts one attempt on each counter that is not blocked, in one statement and in the given order, so that parallel
 * attempts wait for each other and never in a circle. A counter that is blocked stays as it is and is not among the rows.
 *
 * The transaction commits without waiting for the disk: after a crash of the database a few attempts would be free again,
 * and nobody would wait for a disk before the hash.
 */
export function countAttempts(tx: Transaction, counters: readonly Counter[]): Promise<CountedAttempt[]> {
  const next = `case when c.window_ends_at <= clock_timestamp() then 1 else c.attempts + 1 end`;
  return tx.query<CountedAttempt>(
    `with limits as (
       select * from unnest($2::text[], $3::bytea[], $4::integer[], $5::integer[], $6::boolean[])
                with ordinality as l (kind, key_hash, free_attempts, window_seconds, is_backoff, ordinal))
     insert into attempt_counters as c (org_id, kind, key_hash, attempts, blocked_until, window_ends_at)
     select $1, l.kind, l.key_hash, 1,
            case when l.free_attempts = 1 then
              clock_timestamp() + make_interval(secs => case when l.is_backoff then 1 else l.window_seconds end) end,
            clock_timestamp() + make_interval(secs => l.window_seconds)
       from limits l order by l.ordinal
     on conflict (org_id, kind, key_hash) do update
        set (attempts, blocked_until, window_ends_at) = (
          select n.attempts,
                 case when n.attempts < l.free_attempts then null
                      when not l.is_backoff then n.window_ends_at
                      else clock_timestamp() + make_interval(secs =>
                             least($7, power(2, least(n.attempts - l.free_attempts, 30)))) end,
                 n.window_ends_at
            from limits l,
                 lateral (select ${next} as attempts,
                                 case when l.is_backoff or c.window_ends_at <= clock_timestamp()
                                      then excluded.window_ends_at else c.window_ends_at end as window_ends_at) n
           where l.kind = excluded.kind and l.key_hash = excluded.key_hash)
      where c.blocked_until is null or c.blocked_until <= clock_timestamp()
     returning kind, attempts,
               ceil(extract(epoch from blocked_until - clock_timestamp()))::integer as blocked_seconds,
               set_config('synchronous_commit', 'off', true)`,
    [
      tx.organizationId,
      counters.map(({ kind }) => kind),
      counters.map(({ keyHash }) => keyHash),
      counters.map(({ limit }) => limit.freeAttempts),
      counters.map(({ limit }) => limit.windowSeconds),
      counters.map(({ limit }) => limit.afterwards === 'backoff'),
      longestBackoffSeconds,
    ],
  );
}

/**
 * Counts one message for a recipient in a short and a long window, in one statement whatever comes of it. What the short
 * window does not let through is not counted in the long one.
 *
 * @returns whether both let it through
 */
export async function countMessage(tx: Transaction, short: Counter, long: Counter): Promise<boolean> {
  const upsert = `
    on conflict (org_id, kind, key_hash) do update
       set attempts = case when c.window_ends_at <= clock_timestamp() then 1 else c.attempts + 1 end,
           window_ends_at = case when c.window_ends_at <= clock_timestamp()
                                 then excluded.window_ends_at else c.window_ends_at end
    returning attempts`;
  const row = await tx.queryOne<{ passes: boolean }>(
    `with short as (
       insert into attempt_counters as c (org_id, kind, key_hash, attempts, window_ends_at)
       values ($1, $2, $3, 1, clock_timestamp() + make_interval(secs => $5::integer)) ${upsert}),
     long as (
       insert into attempt_counters as c (org_id, kind, key_hash, attempts, window_ends_at)
       select $1, $6, $7, 1, clock_timestamp() + make_interval(secs => $9::integer)
         from short where short.attempts <= $4 ${upsert})
     select exists (select from long where long.attempts <= $8) as passes`,
    [
      tx.organizationId,
      ...[short, long].flatMap(({ kind, keyHash, limit }) => [
        kind,
        keyHash,
        limit.freeAttempts,
        limit.windowSeconds,
      ]),
    ],
  );
  return row!.passes;
}

/** Seconds until the counter takes attempts again. */
export async function remainingBlock(tx: Transaction, counter: Counter): Promise<number> {
  const row = await tx.queryOne<{ seconds: number }>(
    `select ceil(extract(epoch from blocked_until - clock_timestamp()))::integer as seconds
       from attempt_counters where org_id = $1 and kind = $2 and key_hash = $3`,
    [tx.organizationId, counter.kind, counter.keyHash],
  );
  return Math.max(1, row?.seconds ?? 1);
}

/** An attempt that was no failure. */
export async function takeBackAttempt(tx: Transaction, counter: Counter): Promise<void> {
  await tx.query(
    `update attempt_counters set attempts = greatest(attempts - 1, 0), blocked_until = null
      where org_id = $1 and kind = $2 and key_hash = $3`,
    [tx.organizationId, counter.kind, counter.keyHash],
  );
}

/**
 * Takes one attempt back from the first counter, if there is one, and deletes the second. The count makes the first come
 * first: everybody takes the two locks in this order.
 */
export async function settleAttempt(tx: Transaction, first: Counter | null, second: Counter): Promise<void> {
  await tx.query(
    `with taken_back as (
       update attempt_counters set attempts = greatest(attempts - 1, 0), blocked_until = null
        where org_id = $1 and kind = $2 and key_hash = $3 returning 1)
     delete from attempt_counters
      where org_id = $1 and kind = $4 and key_hash = $5 and (select count(*) from taken_back) >= 0`,
    [tx.organizationId, first?.kind ?? null, first?.keyHash ?? null, second.kind, second.keyHash],
  );
}

/** Removes a few counters that say nothing any more; those that somebody holds are left to others. */
export async function sweepCounters(tx: Transaction): Promise<void> {
  await tx.query(
    `delete from attempt_counters where org_id = $1 and (kind, key_hash) in (
       select kind, key_hash from attempt_counters
        where org_id = $1 and window_ends_at < now() and (blocked_until is null or blocked_until < now())
        limit 10 for update skip locked)`,
    [tx.organizationId],
  );
}

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

/** Counts one attempt on each counter that is not blocked; one that is blocked is not among the rows. */
export function countAttempts(tx: Transaction, counters: readonly Counter[]): Promise<CountedAttempt[]> {
  return tx.query<CountedAttempt>('select * from count_attempts($1, $2, $3, $4, $5, $6, $7)', [
    tx.organizationId,
    counters.map(({ kind }) => kind),
    counters.map(({ keyHash }) => keyHash),
    counters.map(({ limit }) => limit.freeAttempts),
    counters.map(({ limit }) => limit.windowSeconds),
    counters.map(({ limit }) => limit.afterwards === 'backoff'),
    longestBackoffSeconds,
  ]);
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

/** Somebody has proven to be the right one; see the function. */
export async function settleAttempt(
  tx: Transaction,
  address: Counter | null,
  guesses: Counter,
): Promise<void> {
  await tx.query('select settle_attempt($1, $2, $3, $4, $5)', [
    tx.organizationId,
    address?.kind ?? null,
    address?.keyHash ?? null,
    guesses.kind,
    guesses.keyHash,
  ]);
}

export async function sweepCounters(tx: Transaction): Promise<void> {
  await tx.query('select sweep_counters($1)', [tx.organizationId]);
}

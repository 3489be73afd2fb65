import type { Transaction } from '../platform/database/transaction.js';

export interface HistoryRow {
  id: string;
  kind: string;
  change: Record<string, unknown>;
  actor_id: string | null;
  created_at: Date;
  /** `created_at` in full precision, which a Date has not: a position in the list. */
  position: string;
}

export interface ActivityRow {
  kind: string;
  day: string;
  count: number;
  last_at: Date;
}

/** Newest first. */
export function listHistory(
  tx: Transaction,
  userId: string,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<HistoryRow[]> {
  return tx.query<HistoryRow>(
    `select id, kind, change, actor_id, created_at, created_at::text as position from user_history
      where org_id = $1 and user_id = $2 and ($3::timestamptz is null or (created_at, id) < ($3, $4))
      order by created_at desc, id desc limit $5`,
    [tx.organizationId, userId, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

/** Newest first; the kinds of one day in the alphabet's order, backwards, as the index has them. */
export function listActivity(
  tx: Transaction,
  userId: string,
  before: { day: string; kind: string } | null,
  limit: number,
): Promise<ActivityRow[]> {
  return tx.query<ActivityRow>(
    `select kind, day::text as day, count, last_at from user_activity
      where org_id = $1 and user_id = $2 and ($3::date is null or (day, kind) < ($3, $4))
      order by user_activity.day desc, kind desc limit $5`,
    [tx.organizationId, userId, before?.day ?? null, before?.kind ?? null, limit],
  );
}

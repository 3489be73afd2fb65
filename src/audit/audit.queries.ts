import type { RequestOrigin } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';

export interface AuditEvent {
  readonly outcome: 'done' | 'refused';
  readonly actorType: 'user' | 'api-key' | 'application' | 'operator' | 'system' | 'anonymous';
  readonly actorId: string | null;
  /** Through which somebody acted, or which acted. */
  readonly applicationId: string | null;
  readonly action: string;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly change: Record<string, unknown>;
  readonly origin: RequestOrigin | null;
}

export async function insertAuditEvent(tx: Transaction, event: AuditEvent): Promise<void> {
  await tx.query(
    `insert into audit_events (org_id, outcome, actor_type, actor_id, action, target_type, target_id, change,
                               ip, user_agent, request_id, application_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tx.organizationId,
      event.outcome,
      event.actorType,
      event.actorId,
      event.action,
      event.targetType,
      event.targetId,
      JSON.stringify(event.change),
      event.origin?.ip ?? null,
      event.origin?.userAgent ?? null,
      event.origin?.requestId ?? null,
      event.applicationId,
    ],
  );
}

export interface AuditEventRow {
  id: string;
  created_at: Date;
  /** With all its digits. */
  position: string;
  outcome: AuditEvent['outcome'];
  actor_type: AuditEvent['actorType'];
  actor_id: string | null;
  application_id: string | null;
  action: string;
  target_type: string | null;
  target_id: string | null;
  change: Record<string, unknown>;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
}

export interface AuditEventFilter {
  readonly actorId: string | null;
  readonly action: string | null;
  readonly actionPrefix: string | null;
  readonly targetId: string | null;
  readonly outcome: AuditEvent['outcome'] | null;
  /** Seconds since 1970. */
  readonly from: number | null;
  /** Exclusive. */
  readonly to: number | null;
  readonly before: { readonly position: string; readonly id: string } | null;
  readonly limit: number;
}

/**
 * One page, newest first. The time stands by itself beside the position: a comparison of rows tells PostgreSQL nothing
 * about the months that it need not read.
 */
export function listAuditEvents(tx: Transaction, filter: AuditEventFilter): Promise<AuditEventRow[]> {
  return tx.query<AuditEventRow>(
    `select id, created_at, created_at::text as position, outcome, actor_type, actor_id, application_id, action, target_type, target_id,
            change, host(ip) as ip, user_agent, request_id
       from audit_events
      where org_id = $1
        and ($2::uuid is null or actor_id = $2)
        and ($3::text is null or action = $3)
        and ($4::text is null or starts_with(action, $4))
        and ($5::text is null or target_id = $5)
        and ($6::text is null or outcome = $6)
        and ($7::double precision is null or created_at >= to_timestamp($7))
        and ($8::double precision is null or created_at < to_timestamp($8))
        and ($9::timestamptz is null or created_at <= $9 and (created_at, id) < ($9, $10::uuid))
      order by created_at desc, id desc limit $11`,
    [
      tx.organizationId,
      filter.actorId,
      filter.action,
      filter.actionPrefix,
      filter.targetId,
      filter.outcome,
      filter.from,
      filter.to,
      filter.before?.position ?? null,
      filter.before?.id ?? null,
      filter.limit,
    ],
  );
}

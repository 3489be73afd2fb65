import type { RequestOrigin } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';

export interface AuditEvent {
  readonly outcome: 'done' | 'refused';
  readonly actorType: 'user' | 'api-key' | 'operator' | 'system' | 'anonymous';
  readonly actorId: string | null;
  readonly action: string;
  readonly targetType: string | null;
  readonly targetId: string | null;
  readonly change: Record<string, unknown>;
  readonly origin: RequestOrigin | null;
}

export async function insertAuditEvent(tx: Transaction, event: AuditEvent): Promise<void> {
  await tx.query(
    `insert into audit_events (org_id, outcome, actor_type, actor_id, action, target_type, target_id, change,
                               ip, user_agent, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
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
    ],
  );
}

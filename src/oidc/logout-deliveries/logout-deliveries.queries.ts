import type { Transaction } from '../../platform/database/transaction.js';

export type DeliveryState = 'queued' | 'sending' | 'failed' | 'sent' | 'dead';

export interface DeliveryInHand {
  id: string;
  attempts: number;
  applicationId: string;
  userId: string;
  sid: string;
}

/** Longer than an attempt can take. */
const claimSeconds = 30;

/** Takes a delivery that is due, for a while: of two workers only one gets it. */
export function claimDelivery(tx: Transaction, id: string): Promise<DeliveryInHand | null> {
  return tx.queryOne<DeliveryInHand>(
    `update logout_deliveries
        set state = 'sending', attempts = attempts + 1, due_at = now() + make_interval(secs => $3), updated_at = now()
      where org_id = $1 and id = $2 and state in ('queued', 'failed', 'sending') and due_at <= now()
     returning id, attempts, application_id as "applicationId", user_id as "userId", sid`,
    [tx.organizationId, id, claimSeconds],
  );
}

/** @param delaySeconds until the next attempt; null for never */
export async function recordOutcome(
  tx: Transaction,
  { id, attempts }: DeliveryInHand,
  outcome: { isSent: boolean; answer: string; delaySeconds: number | null },
): Promise<void> {
  const { isSent, answer, delaySeconds } = outcome;
  await tx.query(
    `update logout_deliveries
        set state = case when $4 then 'sent' when $6::integer is null then 'dead' else 'failed' end,
            sent_at = case when $4 then now() end, last_answer = $5, updated_at = now(),
            due_at = now() + make_interval(secs => coalesce($6, 0))
      where org_id = $1 and id = $2 and attempts = $3 and state = 'sending'`,
    [tx.organizationId, id, attempts, isSent, answer.slice(0, 500), delaySeconds],
  );
  await wakeDelivery(tx, id);
}

export async function wakeDelivery(tx: Transaction, id: string): Promise<void> {
  await tx.query('select wake_logout_delivery($1, $2)', [tx.organizationId, id]);
}

export async function wakeDueDeliveries(tx: Transaction): Promise<void> {
  await tx.query('select wake_due_logout_deliveries()');
}

export interface DeliveryRow {
  id: string;
  application_id: string;
  application_name: string;
  user_id: string;
  session_id: string;
  state: DeliveryState;
  attempts: number;
  last_answer: string | null;
  due_at: Date;
  created_at: Date;
  sent_at: Date | null;
  position: string;
}

const columns = `d.id, d.application_id, a.name as application_name, d.user_id, d.session_id, d.state, d.attempts,
  d.last_answer, d.due_at, d.created_at, d.sent_at, d.created_at::text as position`;
const source = `logout_deliveries d join applications a on a.org_id = d.org_id and a.id = d.application_id`;

/** Newest first. */
export function listDeliveries(
  tx: Transaction,
  state: DeliveryState | null,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<DeliveryRow[]> {
  return tx.query<DeliveryRow>(
    `select ${columns} from ${source}
      where d.org_id = $1 and ($2::text is null or d.state = $2)
        and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4::uuid))
      order by d.created_at desc, d.id desc limit $5`,
    [tx.organizationId, state, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

/** Once more from the beginning. @returns null for what there is not, or what is on its way */
export async function requeueDelivery(tx: Transaction, id: string): Promise<DeliveryRow | null> {
  const requeued = await tx.query(
    `update logout_deliveries set state = 'queued', attempts = 0, due_at = now(), updated_at = now(), sent_at = null
      where org_id = $1 and id = $2 and state in ('sent', 'dead', 'failed') returning 1`,
    [tx.organizationId, id],
  );
  if (requeued.length === 0) return null;
  await wakeDelivery(tx, id);
  return tx.queryOne<DeliveryRow>(`select ${columns} from ${source} where d.org_id = $1 and d.id = $2`, [
    tx.organizationId,
    id,
  ]);
}

import type { Transaction } from '../platform/database/transaction.js';

export async function hasUsers(tx: Transaction): Promise<boolean> {
  const users = await tx.query('select 1 from users where org_id = $1 limit 1', [tx.organizationId]);
  return users.length > 0;
}

/** When the transaction began: what `created_at` is by default. */
export async function beginning(tx: Transaction): Promise<Date> {
  const row = await tx.queryOne<{ now: Date }>('select now() as now');
  return row!.now;
}

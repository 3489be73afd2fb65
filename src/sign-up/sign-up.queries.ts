import type { Transaction } from '../platform/database/transaction.js';

export async function hasUsers(tx: Transaction): Promise<boolean> {
  const users = await tx.query('select 1 from users where org_id = $1 limit 1', [tx.organizationId]);
  return users.length > 0;
}

import type { Transaction } from '../platform/database/transaction.js';
import type { ReachingRole } from './access-check.rules.js';

/** The roles of an active user and how they reach them; none for anybody else. */
export async function rolesOfActiveUser(tx: Transaction, userId: string): Promise<ReachingRole[]> {
  const row = await tx.queryOne<{ grants: ReachingRole[] }>(`select grants_of($1, $2) as grants`, [
    tx.organizationId,
    userId,
  ]);
  return row!.grants;
}

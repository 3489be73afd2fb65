import type { Transaction } from '../platform/database/transaction.js';
import type { ReachingGrant } from './access-check.rules.js';

/** The grants of an active user; none for anybody else. */
export async function grantsOfActiveUser(tx: Transaction, userId: string): Promise<ReachingGrant[]> {
  const row = await tx.queryOne<{ grants: ReachingGrant[] }>(`select grants_of($1, $2) as grants`, [
    tx.organizationId,
    userId,
  ]);
  return row!.grants;
}

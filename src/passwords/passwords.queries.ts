import type { Transaction } from '../platform/database/transaction.js';

/** What the transaction's organization is called. */
export async function organizationNames(tx: Transaction): Promise<string[]> {
  const row = await tx.queryOne<{ slug: string; name: string }>(
    'select slug, name from organizations where id = $1',
    [tx.organizationId],
  );
  return row === null ? [] : [row.slug, row.name];
}

/** @returns how many sessions have ended, or null when the user's hash is no longer the one that was verified */
export async function changePassword(
  tx: Transaction,
  userId: string,
  provenHash: string,
  hash: string,
  keptSessionId: string,
): Promise<number | null> {
  const row = await tx.queryOne<{ ended: number | null }>(
    'select change_password($1, $2, $3, $4, $5) as ended',
    [tx.organizationId, userId, provenHash, hash, keptSessionId],
  );
  return row!.ended;
}

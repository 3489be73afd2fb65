import type { Transaction } from '../platform/database/transaction.js';

/** What the transaction's organization is called. */
export async function organizationNames(tx: Transaction): Promise<string[]> {
  const row = await tx.queryOne<{ slug: string; name: string }>(
    'select slug, name from organizations where id = $1',
    [tx.organizationId],
  );
  return row === null ? [] : [row.slug, row.name];
}

/** @returns false when the user's hash is no longer the one that was verified */
export async function replacePasswordHash(
  tx: Transaction,
  userId: string,
  provenHash: string,
  hash: string,
): Promise<boolean> {
  const replaced = await tx.query(
    `update users set password_hash = $4, password_changed_at = now(), updated_by = $2
      where org_id = $1 and id = $2 and password_hash = $3 returning 1`,
    [tx.organizationId, userId, provenHash, hash],
  );
  return replaced.length > 0;
}

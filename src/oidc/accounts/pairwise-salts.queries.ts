import type { Transaction } from '../../platform/database/transaction.js';

/** Of many who make the first one at the same time one does. */
export async function findOrStoreSalt(tx: Transaction, make: () => Buffer): Promise<Buffer> {
  const find = 'select salt from pairwise_salts where org_id = $1';
  const found = await tx.queryOne<{ salt: Buffer }>(find, [tx.organizationId]);
  if (found !== null) return found.salt;
  await tx.query('insert into pairwise_salts (org_id, salt) values ($1, $2) on conflict do nothing', [
    tx.organizationId,
    make(),
  ]);
  return (await tx.queryOne<{ salt: Buffer }>(find, [tx.organizationId]))!.salt;
}

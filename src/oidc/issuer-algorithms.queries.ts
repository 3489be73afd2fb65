import type { Transaction } from '../platform/database/transaction.js';
import type { SigningAlgorithm } from '../signing-keys/signing-keys.service.js';

/** How the applications of an organization want their id tokens signed. */
export async function findAlgorithms(tx: Transaction): Promise<SigningAlgorithm[]> {
  const rows = await tx.query<{ alg: SigningAlgorithm }>(
    'select distinct id_token_signing_alg as alg from applications where org_id = $1',
    [tx.organizationId],
  );
  return rows.map(({ alg }) => alg);
}

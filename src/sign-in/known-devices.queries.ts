import type { Transaction } from '../platform/database/transaction.js';

/** Stands for the user where there is none: the same statement runs. */
const nobody = '00000000-0000-0000-0000-000000000000';

const isFresh = `last_used_at > now() - make_interval(days => $4)`;

export async function isKnownDevice(
  tx: Transaction,
  userId: string | null,
  tokenHash: Buffer,
  forgottenAfterDays: number,
): Promise<boolean> {
  const found = await tx.query(
    `select 1 from known_devices where org_id = $1 and user_id = $2 and token_hash = $3 and ${isFresh}`,
    [tx.organizationId, userId ?? nobody, tokenHash, forgottenAfterDays],
  );
  return found.length > 0;
}

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

export async function touchKnownDevice(tx: Transaction, userId: string, tokenHash: Buffer): Promise<void> {
  await tx.query(
    `update known_devices set last_used_at = now() where org_id = $1 and user_id = $2 and token_hash = $3`,
    [tx.organizationId, userId, tokenHash],
  );
}

/** Remembers a device, and forgets those that were used longest ago where there are too many. */
export async function insertKnownDevice(
  tx: Transaction,
  userId: string,
  tokenHash: Buffer,
  most: number,
): Promise<void> {
  await tx.query(
    `with forgotten as (
       delete from known_devices where org_id = $1 and user_id = $2 and token_hash in (
         select token_hash from known_devices where org_id = $1 and user_id = $2
          order by last_used_at desc offset $4))
     insert into known_devices (org_id, user_id, token_hash) values ($1, $2, $3)`,
    [tx.organizationId, userId, tokenHash, most - 1],
  );
}

export async function deleteKnownDevices(tx: Transaction, userId: string): Promise<void> {
  await tx.query('delete from known_devices where org_id = $1 and user_id = $2', [tx.organizationId, userId]);
}

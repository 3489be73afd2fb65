import type { Transaction } from '../platform/database/transaction.js';
import { ApiKey } from './api-key.entity.js';

export interface KeyPosition {
  readonly createdAt: string;
  readonly id: string;
}

export function findApiKey(tx: Transaction, id: string): Promise<ApiKey | null> {
  return tx.manager.findOneBy(ApiKey, { orgId: tx.organizationId, id });
}

/** Locks a key: nobody makes another with it, or deletes it, before the transaction ends. */
export function lockApiKey(tx: Transaction, id: string): Promise<ApiKey | null> {
  return tx.manager.findOne(ApiKey, {
    where: { orgId: tx.organizationId, id },
    lock: { mode: 'pessimistic_write' },
  });
}

/** Keeps a user from being deleted. Comes before any lock of a key of theirs, as it does for whoever deletes the user. */
export async function keepUser(tx: Transaction, userId: string): Promise<void> {
  await tx.query('select 1 from users where org_id = $1 and id = $2 for key share', [
    tx.organizationId,
    userId,
  ]);
}

export async function insertApiKey(
  tx: Transaction,
  key: Omit<ApiKey, 'orgId' | 'lastUsedAt' | 'createdAt' | 'createdBy'>,
): Promise<void> {
  await tx.manager.insert(ApiKey, { ...key, orgId: tx.organizationId, createdBy: key.userId });
}

/** Positions of one page, newest first, with all their digits. */
export function listApiKeyPositions(
  tx: Transaction,
  before: KeyPosition | null,
  limit: number,
): Promise<{ id: string; created_at: string }[]> {
  return tx.query(
    `select id, created_at::text from api_keys
      where org_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
      order by created_at desc, id desc limit $4`,
    [tx.organizationId, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

/** In the order of the ids; one that was deleted meanwhile is left out. */
export async function findApiKeys(tx: Transaction, ids: readonly string[]): Promise<ApiKey[]> {
  const found = await tx.manager
    .createQueryBuilder(ApiKey, 'k')
    .where('k.org_id = :orgId and k.id = any(:ids)', { orgId: tx.organizationId, ids })
    .getMany();
  return ids.flatMap((id) => found.find((key) => key.id === id) ?? []);
}

/** Deletes a key and those that were made with it. @returns the ids of the latter */
export async function deleteApiKey(tx: Transaction, id: string): Promise<string[]> {
  const deleted = await tx.query<{ id: string }>(
    `with recursive family as (
       select id from api_keys where org_id = $1 and id = $2
       union all
       select k.id from family f join api_keys k on k.org_id = $1 and k.parent_id = f.id)
     delete from api_keys where org_id = $1 and id in (select id from family) returning id`,
    [tx.organizationId, id],
  );
  return deleted.map((key) => key.id).filter((deletedId) => deletedId !== id);
}

import type { Transaction } from '../platform/database/transaction.js';
import { RegistrationToken } from './registration-token.entity.js';

export function findRegistrationToken(tx: Transaction, id: string): Promise<RegistrationToken | null> {
  return tx.manager.findOneBy(RegistrationToken, { orgId: tx.organizationId, id });
}

/** Positions of one page, newest first, with all their digits. */
export function listRegistrationTokenPositions(
  tx: Transaction,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<{ id: string; created_at: string }[]> {
  return tx.query(
    `select id, created_at::text from registration_tokens
      where org_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
      order by created_at desc, id desc limit $4`,
    [tx.organizationId, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

/** In the order of the ids; one that was deleted meanwhile is left out. */
export async function findRegistrationTokens(
  tx: Transaction,
  ids: readonly string[],
): Promise<RegistrationToken[]> {
  const found = await tx.manager
    .createQueryBuilder(RegistrationToken, 't')
    .where('t.org_id = :orgId and t.id = any(:ids)', { orgId: tx.organizationId, ids })
    .getMany();
  return ids.flatMap((id) => found.find((token) => token.id === id) ?? []);
}

/**
 * Makes whoever adds one wait for the others, so that their number holds; those that ended a month ago go.
 *
 * @returns how many can still be used
 */
export async function lockRegistrationTokenCount(tx: Transaction): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('registration tokens ' || $1, 0))`, [
    tx.organizationId,
  ]);
  await tx.query(
    `delete from registration_tokens where org_id = $1 and expires_at < now() - interval '30 days'`,
    [tx.organizationId],
  );
  const row = await tx.queryOne<{ count: number }>(
    `select count(*)::integer as count from registration_tokens
      where org_id = $1 and expires_at > now() and uses < max_uses`,
    [tx.organizationId],
  );
  return row!.count;
}

export async function insertRegistrationToken(
  tx: Transaction,
  token: Omit<RegistrationToken, 'orgId' | 'uses' | 'lastUsedAt' | 'createdAt'>,
): Promise<void> {
  await tx.manager.insert(RegistrationToken, { ...token, orgId: tx.organizationId });
}

/** @returns its name, or null where there was none */
export async function deleteRegistrationToken(tx: Transaction, id: string): Promise<string | null> {
  const row = await tx.queryOne<{ name: string }>(
    'delete from registration_tokens where org_id = $1 and id = $2 returning name',
    [tx.organizationId, id],
  );
  return row?.name ?? null;
}

/** Takes one use of a living token, in one statement: of many at once no more than there are left. */
export function takeUse(
  tx: Transaction,
  tokenHash: Buffer,
): Promise<{ id: string; allowedScopes: string[] } | null> {
  return tx.queryOne(
    `update registration_tokens set uses = uses + 1, last_used_at = now()
      where org_id = $1 and token_hash = $2 and uses < max_uses and expires_at > now()
      returning id, allowed_scopes as "allowedScopes"`,
    [tx.organizationId, tokenHash],
  );
}

import type { Transaction } from '../platform/database/transaction.js';

/** Serialises starts that would both make the platform organization; released with the transaction. */
export async function lockSetup(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('tenantry.setup', 0))`);
}

export async function findPlatformId(tx: Transaction): Promise<string | null> {
  const row = await tx.queryOne<{ id: string }>('select id from organizations where is_platform');
  return row?.id ?? null;
}

/** Whether the organization that `tx` is in has an owner; in the platform organization that is an operator. */
export async function hasOwner(tx: Transaction): Promise<boolean> {
  const row = await tx.queryOne(
    `select 1 from user_roles g join roles r on r.org_id = g.org_id and r.id = g.role_id
      where g.org_id = $1 and r.is_system_role and r.name = 'owner' limit 1`,
    [tx.organizationId],
  );
  return row !== null;
}

import type { Transaction } from '../platform/database/transaction.js';
import { ownerRole } from './product-permissions.js';

/** Makes changes of owners wait for each other; rows that merely refer to the organization do not wait. */
export async function lockOrganization(tx: Transaction): Promise<void> {
  await tx.query(`select 1 from organizations where id = $1 for no key update`, [tx.organizationId]);
}

/** Whether an active user is an owner for good: one whose time ends, or who cannot sign in, keeps nothing. */
export async function hasLastingOwner(tx: Transaction): Promise<boolean> {
  const row = await tx.queryOne<{ has_owner: boolean }>(
    `select exists (
       select from roles r
         join user_roles g on g.org_id = r.org_id and g.role_id = r.id and g.expires_at is null
         join users u on u.org_id = g.org_id and u.id = g.user_id and u.status = 'active'
        where r.org_id = $1 and r.name = $2) as has_owner`,
    [tx.organizationId, ownerRole],
  );
  return row!.has_owner;
}

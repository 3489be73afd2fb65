import type { Transaction } from '../platform/database/transaction.js';
import type { MappedRole } from './mapped-roles.rules.js';

/**
 * The mappings of a provider that count: whoever wrote one that gives `owner` is one themselves, still. Who changes roles
 * otherwise has shown when the mapping was written that they hold what it gives.
 */
export function findRoleMappings(tx: Transaction, providerId: string): Promise<MappedRole[]> {
  return tx.query<MappedRole>(
    `select m.claim, m.value, m.role_id as "roleId"
       from provider_role_mappings m join roles r on r.org_id = m.org_id and r.id = m.role_id
      where m.org_id = $1 and m.provider_id = $2
        and (not (r.is_system_role and r.name = 'owner')
             or exists (select from user_roles g join users u on u.org_id = g.org_id and u.id = g.user_id
                         where g.org_id = m.org_id and g.role_id = m.role_id and g.user_id = m.created_by
                           and g.expires_at is null and u.status = 'active'))
      order by m.claim, m.value`,
    [tx.organizationId, providerId],
  );
}

/** What the mapping has given to the user of an account. */
export async function findOwnedRoles(tx: Transaction, accountId: string): Promise<string[]> {
  const rows = await tx.query<{ role_id: string }>(
    'select role_id from oauth_account_roles where org_id = $1 and account_id = $2 order by role_id',
    [tx.organizationId, accountId],
  );
  return rows.map(({ role_id }) => role_id);
}

/** Every role that a user has directly, also one that ends. */
export async function findHeldRoles(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.query<{ role_id: string }>(
    'select role_id from user_roles where org_id = $1 and user_id = $2',
    [tx.organizationId, userId],
  );
  return rows.map(({ role_id }) => role_id);
}

/** Remembers that a role was given by an account, which the user has by now. */
export async function ownRoles(
  tx: Transaction,
  accountId: string,
  userId: string,
  roleIds: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into oauth_account_roles (org_id, account_id, user_id, role_id)
     select $1, $2, $3, unnest($4::uuid[]) on conflict do nothing`,
    [tx.organizationId, accountId, userId, roleIds],
  );
}

/** A trigger takes the roles themselves, where no other account gives them, and leaves the last owner one. */
export async function disownRoles(
  tx: Transaction,
  accountId: string,
  roleIds: readonly string[],
): Promise<void> {
  await tx.query(
    'delete from oauth_account_roles where org_id = $1 and account_id = $2 and role_id = any($3::uuid[])',
    [tx.organizationId, accountId, roleIds],
  );
}

export async function roleNames(tx: Transaction, roleIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    'select name from roles where org_id = $1 and id = any($2::uuid[]) order by name',
    [tx.organizationId, roleIds],
  );
  return rows.map(({ name }) => name);
}

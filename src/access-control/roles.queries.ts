import { isUuid, newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { adminRole } from './product-permissions.js';
import { Role } from './role.entity.js';
import { RolePermission } from './role-permission.entity.js';

export interface RoleRow {
  id: string;
  name: string;
  description: string | null;
  is_system_role: boolean;
  version: number;
  created_at: Date;
  updated_at: Date;
  permissions: string[];
}

const columns = `r.id, r.name, r.description, r.is_system_role, r.version, r.created_at, r.updated_at,
  array(select p.permission from role_permissions p where p.org_id = r.org_id and p.role_id = r.id order by p.permission)
    as permissions`;

/** Part of a text, for `like`. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

export function listRoles(
  tx: Transaction,
  contains: string | undefined,
  afterName: string | null,
  limit: number,
): Promise<RoleRow[]> {
  return tx.query<RoleRow>(
    `select ${columns} from roles r
      where r.org_id = $1 and ($2::text is null or r.name like $2) and ($3::text is null or r.name > $3)
      order by r.name limit $4`,
    [tx.organizationId, contains === undefined ? null : containing(contains.toLowerCase()), afterName, limit],
  );
}

export function findRole(tx: Transaction, role: string): Promise<RoleRow | null> {
  return tx.queryOne<RoleRow>(
    `select ${columns} from roles r where r.org_id = $1 and (r.name = $2 or r.id = $3)`,
    [tx.organizationId, role, isUuid(role) ? role : null],
  );
}

/**
 * Locks a role for a change, together with `admin`, to which the change may add permissions. Both in one order, the same
 * as where roles are given, so that nobody waits for each other.
 */
export async function lockRole(tx: Transaction, role: string): Promise<void> {
  await tx.query(
    `select 1 from roles where org_id = $1 and (name = $2 or id = $3 or name = $4) order by id for no key update`,
    [tx.organizationId, role, isUuid(role) ? role : null, adminRole],
  );
}

export async function insertRole(
  tx: Transaction,
  role: { name: string; description: string | null; createdBy: string },
): Promise<string> {
  const id = newId();
  await tx.manager.insert(Role, { orgId: tx.organizationId, id, isSystemRole: false, ...role });
  return id;
}

export async function updateRole(
  tx: Transaction,
  id: string,
  change: { name: string; description: string | null; updatedBy: string },
): Promise<void> {
  await tx.query(
    `update roles set name = $3, description = $4, updated_by = $5, updated_at = now(), version = version + 1
      where org_id = $1 and id = $2`,
    [tx.organizationId, id, change.name, change.description, change.updatedBy],
  );
}

export async function deleteRole(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(Role, { orgId: tx.organizationId, id });
}

/** Makes these the permissions of a role. Those that the organization defined know their row, and go away with it. */
export async function replaceRolePermissions(
  tx: Transaction,
  roleId: string,
  permissions: readonly string[],
): Promise<void> {
  await tx.manager.delete(RolePermission, { orgId: tx.organizationId, roleId });
  await tx.query(
    `insert into role_permissions (org_id, role_id, permission, permission_id)
     select $1, $2, w.permission, p.id
       from (select distinct unnest($3::text[]) as permission) w
       left join permissions p on p.org_id = $1 and p.name = w.permission`,
    [tx.organizationId, roleId, permissions],
  );
}

/** How many permissions all roles of the organization hold together. */
export async function countRolePermissions(tx: Transaction): Promise<number> {
  const row = await tx.queryOne<{ held: number }>(
    'select count(*)::integer as held from role_permissions where org_id = $1',
    [tx.organizationId],
  );
  return row!.held;
}

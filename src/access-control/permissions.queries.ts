import { isUuid, newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Permission } from './permission.entity.js';
import { adminRole, type ProductPermission } from './product-permissions.js';
import { containing } from './roles.queries.js';

export interface PermissionRow {
  id: string | null;
  name: string;
  resource: string;
  action: string;
  description: string | null;
  is_product: boolean;
  created_at: Date | null;
}

const columns = `p.id, p.name, p.resource, p.action, p.description, false as is_product, p.created_at`;

/** The organization's own permissions and those of the product in one order. */
export function listPermissions(
  tx: Transaction,
  ofProduct: readonly ProductPermission[],
  contains: string | undefined,
  afterName: string | null,
  limit: number,
): Promise<PermissionRow[]> {
  return tx.query<PermissionRow>(
    `select * from (
       select ${columns} from permissions p where p.org_id = $1
       union all
       select null, w.resource || ':' || w.action, w.resource, w.action, w.description, true, null
         from unnest($2::text[], $3::text[], $4::text[]) as w (resource, action, description)) p
      where ($5::text is null or p.name like $5) and ($6::text is null or p.name > $6)
      order by p.name limit $7`,
    [
      tx.organizationId,
      ofProduct.map(({ resource }) => resource),
      ofProduct.map(({ action }) => action),
      ofProduct.map(({ description }) => description),
      contains === undefined ? null : containing(contains.toLowerCase()),
      afterName,
      limit,
    ],
  );
}

export function findPermission(tx: Transaction, permission: string): Promise<PermissionRow | null> {
  return tx.queryOne<PermissionRow>(
    `select ${columns} from permissions p where p.org_id = $1 and (p.name = $2 or p.id = $3)`,
    [tx.organizationId, permission, isUuid(permission) ? permission : null],
  );
}

export async function insertPermission(
  tx: Transaction,
  permission: { resource: string; action: string; description: string | null; createdBy: string },
): Promise<void> {
  await tx.manager.insert(Permission, { orgId: tx.organizationId, id: newId(), ...permission });
}

/** Defines those that are not defined yet. */
export async function definePermissions(
  tx: Transaction,
  permissions: readonly string[],
  createdBy: string,
): Promise<void> {
  await tx.query(
    `insert into permissions (org_id, resource, action, created_by)
     select $1, split_part(w.name, ':', 1), split_part(w.name, ':', 2), $3 from unnest($2::text[]) as w (name)
     on conflict on constraint permissions_taken do nothing`,
    [tx.organizationId, permissions, createdBy],
  );
}

/** Those of `permissions` that the organization has not defined. */
export async function undefinedPermissions(
  tx: Transaction,
  permissions: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select w.name from unnest($2::text[]) as w (name)
      where not exists (select from permissions p where p.org_id = $1 and p.name = w.name)`,
    [tx.organizationId, permissions],
  );
  return rows.map(({ name }) => name);
}

/** Those of `permissions` that `admin` does not hold yet. */
export async function unknownToAdmin(tx: Transaction, permissions: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select distinct w.name from unnest($2::text[]) as w (name)
      where not exists (
        select from role_permissions p join roles r on r.org_id = p.org_id and r.id = p.role_id
         where p.org_id = $1 and r.name = $3 and p.permission = w.name)`,
    [tx.organizationId, permissions, adminRole],
  );
  return rows.map(({ name }) => name);
}

/** Gives the organization's own permissions and wildcards to `admin`. */
export async function addToAdmin(tx: Transaction, permissions: readonly string[]): Promise<void> {
  await tx.query(
    `with admin as (
       update roles set version = version + 1, updated_at = now() where org_id = $1 and name = $3 returning id)
     insert into role_permissions (org_id, role_id, permission, permission_id)
     select $1, admin.id, w.name, p.id
       from admin, unnest($2::text[]) as w (name)
       left join permissions p on p.org_id = $1 and p.name = w.name
     on conflict do nothing`,
    [tx.organizationId, permissions, adminRole],
  );
}

/** Deletes a permission, and with it its place in every role. */
export async function deletePermission(tx: Transaction, id: string): Promise<void> {
  const holding = `org_id = $1 and id in (select role_id from role_permissions where org_id = $1 and permission_id = $2)`;
  await tx.query(`select 1 from roles where ${holding} order by id for no key update`, [
    tx.organizationId,
    id,
  ]);
  await tx.query(`update roles set version = version + 1, updated_at = now() where ${holding}`, [
    tx.organizationId,
    id,
  ]);
  await tx.manager.delete(Permission, { orgId: tx.organizationId, id });
}

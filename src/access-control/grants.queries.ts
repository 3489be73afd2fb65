import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Grant, Holding } from './grants.rules.js';

/** Who can be given roles. */
export type GrantHolder = 'user' | 'team' | 'application';

const tables = {
  user: { table: 'user_roles', holder: 'user_id' },
  team: { table: 'team_roles', holder: 'team_id' },
  application: { table: 'application_roles', holder: 'application_id' },
} as const;

export interface NamedRole {
  id: string;
  name: string;
}

const byNameOrId = `org_id = $1 and (name = any($2) or id = any($3::uuid[]))`;

/** Roles by name or id. */
export function findRoles(tx: Transaction, identifiers: readonly string[]): Promise<NamedRole[]> {
  return tx.query<NamedRole>(`select id, name from roles where ${byNameOrId}`, [
    tx.organizationId,
    identifiers,
    identifiers.filter(isUuid),
  ]);
}

/** The same, locked: what they hold cannot change before the transaction ends. */
export function lockRolesForGrant(tx: Transaction, identifiers: readonly string[]): Promise<NamedRole[]> {
  return tx.query<NamedRole>(`select id, name from roles where ${byNameOrId} order by id for share`, [
    tx.organizationId,
    identifiers,
    identifiers.filter(isUuid),
  ]);
}

export interface RolePermissionRow {
  role_id: string;
  permission: string;
}

export function permissionsOfRoles(
  tx: Transaction,
  roleIds: readonly string[],
): Promise<RolePermissionRow[]> {
  return tx.query<RolePermissionRow>(
    `select role_id, permission from role_permissions where org_id = $1 and role_id = any($2::uuid[])
      order by permission`,
    [tx.organizationId, roleIds],
  );
}

/** Everything that reaches a user now, whatever the user's status: who is locked today may be back tomorrow. */
export function holdingsOf(tx: Transaction, userId: string): Promise<Holding[]> {
  return tx.query<Holding>(
    `select p.permission, case when bool_and(g.expires_at is not null) then max(g.expires_at) end as until
       from user_grants g
       join role_permissions p on p.org_id = g.org_id and p.role_id = g.role_id
      where g.org_id = $1 and g.user_id = $2 group by p.permission order by p.permission`,
    [tx.organizationId, userId],
  );
}

/** The living grants of each holder, by role name. */
export async function grantsOf(
  tx: Transaction,
  kind: GrantHolder,
  holderIds: readonly string[],
): Promise<Map<string, Grant[]>> {
  const { table, holder } = tables[kind];
  const rows = await tx.query<{ holder_id: string; role: string; expires_at: Date | null }>(
    `select g.${holder} as holder_id, r.name as role, g.expires_at from ${table} g
       join roles r on r.org_id = g.org_id and r.id = g.role_id
      where g.org_id = $1 and g.${holder} = any($2::uuid[]) and (g.expires_at is null or g.expires_at > now())
      order by r.name`,
    [tx.organizationId, holderIds],
  );
  const grants = new Map<string, Grant[]>(holderIds.map((id) => [id, []]));
  for (const { holder_id, role, expires_at } of rows)
    grants.get(holder_id)!.push({ role, expiresAt: expires_at });
  return grants;
}

/** What a machine holds by its roles now. They are locked: what they hold cannot change before the transaction ends. */
export async function lockHoldingsOfApplication(tx: Transaction, applicationId: string): Promise<string[]> {
  const living = `g.org_id = $1 and g.application_id = $2 and (g.expires_at is null or g.expires_at > now())`;
  await tx.query(
    `select 1 from roles r where r.org_id = $1 and r.id in (select g.role_id from application_roles g where ${living})
      order by r.id for share`,
    [tx.organizationId, applicationId],
  );
  const rows = await tx.query<{ permission: string }>(
    `select distinct p.permission from application_roles g
       join role_permissions p on p.org_id = g.org_id and p.role_id = g.role_id
      where ${living} order by p.permission`,
    [tx.organizationId, applicationId],
  );
  return rows.map(({ permission }) => permission);
}

/** Makes these the grants of a holder; a grant that stays as it is keeps its row. */
export async function replaceGrants(
  tx: Transaction,
  kind: GrantHolder,
  holderId: string,
  grants: readonly { roleId: string; expiresAt: Date | null }[],
  grantedBy: string | null,
): Promise<void> {
  const { table, holder } = tables[kind];
  const roleIds = grants.map(({ roleId }) => roleId);
  await tx.query(`delete from ${table} where org_id = $1 and ${holder} = $2 and role_id <> all($3::uuid[])`, [
    tx.organizationId,
    holderId,
    roleIds,
  ]);
  if (grants.length === 0) return;
  await tx.query(
    `insert into ${table} as g (org_id, ${holder}, role_id, expires_at, created_by)
     select $1, $2, w.role_id, w.expires_at, $5 from unnest($3::uuid[], $4::timestamptz[]) as w (role_id, expires_at)
     on conflict (org_id, ${holder}, role_id) do update
        set expires_at = excluded.expires_at, created_by = excluded.created_by, created_at = now()
      where g.expires_at is distinct from excluded.expires_at`,
    [tx.organizationId, holderId, roleIds, grants.map(({ expiresAt }) => expiresAt), grantedBy],
  );
}

/** Adds to the grants of a user; one that is there already ends no earlier. @returns whether there is anything new */
export async function addGrants(
  tx: Transaction,
  userId: string,
  grants: readonly { roleId: string; expiresAt: Date | null }[],
  grantedBy: string | null,
): Promise<boolean> {
  if (grants.length === 0) return false;
  const added = await tx.query(
    `insert into user_roles as g (org_id, user_id, role_id, expires_at, created_by)
     select $1, $2, w.role_id, w.expires_at, $5 from unnest($3::uuid[], $4::timestamptz[]) as w (role_id, expires_at)
     on conflict (org_id, user_id, role_id) do update
        set expires_at = excluded.expires_at, created_by = excluded.created_by, created_at = now()
      where g.expires_at < coalesce(excluded.expires_at, 'infinity') returning 1`,
    [
      tx.organizationId,
      userId,
      grants.map(({ roleId }) => roleId),
      grants.map(({ expiresAt }) => expiresAt),
      grantedBy,
    ],
  );
  return added.length > 0;
}

export async function isActiveUser(tx: Transaction, userId: string): Promise<boolean> {
  const found = await tx.query(`select 1 from users where org_id = $1 and id = $2 and status = 'active'`, [
    tx.organizationId,
    userId,
  ]);
  return found.length > 0;
}

/** Locks a user against other changes. @returns the version, or null where there is no such user */
export async function lockUser(tx: Transaction, userId: string): Promise<number | null> {
  const row = await tx.queryOne<{ version: number }>(
    `select version from users where org_id = $1 and id = $2 for no key update`,
    [tx.organizationId, userId],
  );
  return row?.version ?? null;
}

/** @returns the version, or null where there is no such user */
export async function findUserVersion(tx: Transaction, userId: string): Promise<number | null> {
  const row = await tx.queryOne<{ version: number }>(
    `select version from users where org_id = $1 and id = $2`,
    [tx.organizationId, userId],
  );
  return row?.version ?? null;
}

/** Counts a change of roles as a change of the user. @returns the new version */
export async function bumpUserVersion(
  tx: Transaction,
  userId: string,
  changedBy: string | null,
): Promise<number> {
  const row = await tx.queryOne<{ version: number }>(
    `update users set version = version + 1, updated_at = now(), updated_by = $3
      where org_id = $1 and id = $2 returning version`,
    [tx.organizationId, userId, changedBy],
  );
  return row!.version;
}

import type { Transaction } from '../platform/database/transaction.js';
import { NavigationItem } from './navigation-item.entity.js';
import type { NavigationKind } from './navigation-item.entity.js';

export interface NavigationItemRow {
  id: string;
  parentId: string | null;
  key: string;
  label: string;
  kind: NavigationKind;
  path: string | null;
  position: number;
  permission: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface NavigationRow {
  /** Of the whole; 0 while nobody has changed anything. */
  version: number;
  items: NavigationItemRow[];
}

/** The whole in one statement, siblings in their order. */
export async function findNavigation(tx: Transaction): Promise<NavigationRow> {
  const row = await tx.queryOne<NavigationRow>(
    `select coalesce((select version from navigations where org_id = $1), 0) as version,
            coalesce(json_agg(json_build_object(
              'id', i.id, 'parentId', i.parent_id, 'key', i.key, 'label', i.label, 'kind', i.kind, 'path', i.path,
              'position', i.position, 'permission', i.permission, 'version', i.version,
              'createdAt', iso_time(i.created_at), 'updatedAt', iso_time(i.updated_at)) order by i.position, i.key), '[]')
              as items
       from navigation_items i where i.org_id = $1`,
    [tx.organizationId],
  );
  return row!;
}

/** Makes changes of the navigation wait for each other, and counts one more. @returns the version before */
export async function beginNavigationChange(tx: Transaction, changedBy: string): Promise<number> {
  const row = await tx.queryOne<{ version: number }>(
    `insert into navigations as n (org_id, updated_by) values ($1, $2)
     on conflict (org_id) do update
        set version = n.version + 1, updated_by = excluded.updated_by, updated_at = now()
     returning version`,
    [tx.organizationId, changedBy],
  );
  return row!.version - 1;
}

export type NewNavigationItem = Pick<
  NavigationItem,
  'id' | 'parentId' | 'key' | 'label' | 'kind' | 'path' | 'position' | 'permission'
>;

export async function insertNavigationItem(
  tx: Transaction,
  item: NewNavigationItem,
  createdBy: string,
): Promise<void> {
  await tx.manager.insert(NavigationItem, { orgId: tx.organizationId, ...item, createdBy });
}

export async function updateNavigationItem(
  tx: Transaction,
  { id, ...changes }: NewNavigationItem,
  updatedBy: string,
): Promise<void> {
  await tx.manager.update(NavigationItem, { orgId: tx.organizationId, id }, { ...changes, updatedBy });
}

/** What is under it goes with it. */
export async function deleteNavigationItem(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(NavigationItem, { orgId: tx.organizationId, id });
}

/**
 * Makes these the items. First all of them find their new parents, then what is left over goes: the other way round, what
 * moved out of a deleted menu would go with it.
 */
export async function replaceNavigationItems(
  tx: Transaction,
  items: readonly NewNavigationItem[],
  changedBy: string,
): Promise<void> {
  await tx.query(
    `insert into navigation_items as i (org_id, id, parent_id, key, label, kind, path, position, permission, created_by)
     select $1, w.id, w."parentId", w.key, w.label, w.kind, w.path, w.position, w.permission, $3
       from jsonb_to_recordset($2) as w (id uuid, "parentId" uuid, key text, label text, kind text, path text,
                                         position integer, permission text)
     on conflict on constraint navigation_items_key_taken do update
        set parent_id = excluded.parent_id, label = excluded.label, kind = excluded.kind, path = excluded.path,
            position = excluded.position, permission = excluded.permission, updated_by = $3`,
    [tx.organizationId, JSON.stringify(items), changedBy],
  );
  await tx.query('delete from navigation_items where org_id = $1 and id <> all ($2::uuid[])', [
    tx.organizationId,
    items.map(({ id }) => id),
  ]);
}

import type { Transaction } from '../platform/database/transaction.js';
import { slugPattern } from './organizations.rules.js';
import { Organization, type OrganizationStatus } from './organization.entity.js';
import { isUuid } from '../platform/crypto/uuid.js';

/** By slug or id; within platform work any, within an organization only itself. */
export async function findOrganization(tx: Transaction, slugOrId: string): Promise<Organization | null> {
  if (isUuid(slugOrId)) return tx.manager.findOneBy(Organization, { id: slugOrId.toLowerCase() });
  // PostgreSQL would refuse some texts, such as U+0000, instead of not finding them.
  return slugPattern.test(slugOrId) ? tx.manager.findOneBy(Organization, { slug: slugOrId }) : null;
}

/** There is one from the first start on. */
export async function findPlatformOrganization(tx: Transaction): Promise<Organization> {
  return tx.manager.findOneByOrFail(Organization, { isPlatform: true });
}

/** The row locked until the transaction ends. */
export function lockOrganization(tx: Transaction, id: string): Promise<Organization | null> {
  return tx.manager.findOne(Organization, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

export async function insertOrganization(
  tx: Transaction,
  organization: Pick<Organization, 'id' | 'slug' | 'name' | 'settings' | 'isPlatform' | 'createdBy'>,
): Promise<void> {
  await tx.manager.insert(Organization, { ...organization, updatedBy: organization.createdBy } as never);
}

export async function updateOrganization(
  tx: Transaction,
  id: string,
  change: { name?: string; settings?: Record<string, unknown>; updatedBy: string },
): Promise<void> {
  await tx.manager.update(Organization, { id }, change as never);
}

/** Suspending also ends every session of the organization, in one write. */
export async function setOrganizationStatus(
  tx: Transaction,
  id: string,
  status: OrganizationStatus,
  updatedBy: string,
): Promise<void> {
  await tx.query(
    `update organizations
        set status = $2, updated_by = $3,
            sessions_revoked_at = case when $2 = 'suspended' then clock_timestamp() else sessions_revoked_at end
      where id = $1`,
    [id, status, updatedBy],
  );
}

interface OrganizationPosition {
  createdAt: string;
  id: string;
}

/** Ids of one page, newest first, with their exact position. */
export function listOrganizationIds(
  tx: Transaction,
  query: { contains: string | null; after: OrganizationPosition | null; limit: number },
): Promise<{ id: string; created_at: string }[]> {
  return tx.query(
    `select id, created_at::text from organizations
      where ($1::text is null or lower(name) like $1 or slug like $1)
        and ($2::timestamptz is null or (created_at, id) < ($2, $3))
      order by created_at desc, id desc limit $4`,
    [
      query.contains === null ? null : `%${query.contains.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
      query.after?.createdAt ?? null,
      query.after?.id ?? null,
      query.limit,
    ],
  );
}

export async function findOrganizations(tx: Transaction, ids: readonly string[]): Promise<Organization[]> {
  const found = await tx.manager
    .createQueryBuilder(Organization, 'o')
    .where('o.id = any(:ids)', { ids })
    .getMany();
  return ids.map((id) => found.find((organization) => organization.id === id)!);
}

/** @returns whether rows are left */
export async function eraseOrganizationBatch(tx: Transaction, id: string, rows: number): Promise<boolean> {
  const result = await tx.queryOne<{ left: boolean }>('select erase_organization($1, $2) as "left"', [
    id,
    rows,
  ]);
  return result!.left;
}

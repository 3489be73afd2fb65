import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { CustomClaim } from './custom-claim.entity.js';
import { CustomScope } from './custom-scope.entity.js';

/** Makes whoever defines something here wait for the others, so that names and numbers hold. */
export async function lockDefinitions(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('scopes ' || $1, 0))`, [tx.organizationId]);
}

export type Definition = 'custom_scopes' | 'custom_claims' | 'api_resources';

export async function countDefinitions(tx: Transaction, table: Definition): Promise<number> {
  const row = await tx.queryOne<{ count: number }>(
    `select count(*)::integer as count from ${table} where org_id = $1`,
    [tx.organizationId],
  );
  return row!.count;
}

/** By name, behind the name that the page before ended with. */
export function listScopes(tx: Transaction, afterName: string | null, limit: number): Promise<CustomScope[]> {
  return listByName(tx, CustomScope, afterName, limit);
}

export function listClaims(tx: Transaction, afterName: string | null, limit: number): Promise<CustomClaim[]> {
  return listByName(tx, CustomClaim, afterName, limit);
}

function listByName<Row extends CustomScope | CustomClaim>(
  tx: Transaction,
  entity: new () => Row,
  afterName: string | null,
  limit: number,
): Promise<Row[]> {
  return tx.manager
    .createQueryBuilder(entity, 'd')
    .where('d.org_id = :orgId and (:afterName::text is null or d.name > :afterName)', {
      orgId: tx.organizationId,
      afterName,
    })
    .orderBy('d.name')
    .limit(limit)
    .getMany();
}

/** By id or name. */
export function findScope(tx: Transaction, scope: string): Promise<CustomScope | null> {
  return tx.manager.findOneBy(CustomScope, { orgId: tx.organizationId, ...byIdOrName(scope) });
}

export function findClaim(tx: Transaction, claim: string): Promise<CustomClaim | null> {
  return tx.manager.findOneBy(CustomClaim, { orgId: tx.organizationId, ...byIdOrName(claim) });
}

const byIdOrName = (text: string) => (isUuid(text) ? { id: text } : { name: text });

export async function insertScope(
  tx: Transaction,
  scope: Pick<CustomScope, 'id' | 'name' | 'descriptions' | 'claims' | 'createdBy'>,
): Promise<void> {
  await tx.manager.insert(CustomScope, { ...scope, orgId: tx.organizationId });
}

export async function updateScope(
  tx: Transaction,
  id: string,
  changes: Pick<CustomScope, 'descriptions' | 'claims' | 'updatedBy'>,
): Promise<void> {
  await tx.manager.update(CustomScope, { orgId: tx.organizationId, id }, changes);
}

export async function deleteScope(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(CustomScope, { orgId: tx.organizationId, id });
}

export async function insertClaim(
  tx: Transaction,
  claim: Pick<CustomClaim, 'id' | 'name' | 'source' | 'description' | 'createdBy'>,
): Promise<void> {
  await tx.manager.insert(CustomClaim, { ...claim, orgId: tx.organizationId });
}

export async function updateClaim(
  tx: Transaction,
  id: string,
  changes: Pick<CustomClaim, 'source' | 'description' | 'updatedBy'>,
): Promise<void> {
  await tx.manager.update(CustomClaim, { orgId: tx.organizationId, id }, changes);
}

/** Takes it out of the scopes that bring it, too. */
export async function deleteClaim(
  tx: Transaction,
  { id, name }: Pick<CustomClaim, 'id' | 'name'>,
  by: string,
) {
  await tx.query(
    `update custom_scopes set claims = array_remove(claims, $2), updated_by = $3
      where org_id = $1 and $2 = any(claims)`,
    [tx.organizationId, name, by],
  );
  await tx.manager.delete(CustomClaim, { orgId: tx.organizationId, id });
}

/** Those of the names that are no claims of the organization's own. */
export async function undefinedClaims(tx: Transaction, names: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select w.name from unnest($2::text[]) as w (name)
      where not exists (select from custom_claims c where c.org_id = $1 and c.name = w.name)`,
    [tx.organizationId, names],
  );
  return rows.map(({ name }) => name);
}

/** Whether a custom scope, or a scope of an API, has this name. */
export async function findScopeOwner(
  tx: Transaction,
  names: readonly string[],
): Promise<{ name: string; resource: string | null } | null> {
  return tx.queryOne(
    `select s.name, null as resource from custom_scopes s where s.org_id = $1 and s.name = any($2)
     union all
     select s.name, r.name from api_resource_scopes s
       join api_resources r on r.org_id = s.org_id and r.id = s.resource_id
      where s.org_id = $1 and s.name = any($2) limit 1`,
    [tx.organizationId, names],
  );
}

/** The first of these names that a custom scope has. */
export async function findCustomScopeNamed(
  tx: Transaction,
  names: readonly string[],
): Promise<string | null> {
  const row = await tx.queryOne<{ name: string }>(
    'select name from custom_scopes where org_id = $1 and name = any($2) order by name limit 1',
    [tx.organizationId, names],
  );
  return row?.name ?? null;
}

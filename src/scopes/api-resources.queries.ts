import type { Transaction } from '../platform/database/transaction.js';
import { ApiResource } from './api-resource.entity.js';
import type { ResourceScopeEntry } from './scopes.types.js';

export interface ApiResourceRow {
  id: string;
  identifier: string;
  name: string;
  accessTokenFormat: 'opaque' | 'jwt';
  accessTokenSeconds: number | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  scopes: { name: string; description: string | null }[];
}

const columns = `r.id, r.identifier, r.name, r.access_token_format as "accessTokenFormat",
  r.access_token_seconds as "accessTokenSeconds", r.version, r.created_at as "createdAt", r.updated_at as "updatedAt",
  (select coalesce(json_agg(json_build_object('name', s.name, 'description', s.description) order by s.position), '[]')
     from api_resource_scopes s where s.org_id = r.org_id and s.resource_id = r.id) as scopes`;

/** Oldest first; `position` has all digits of the time. */
export function listApiResources(
  tx: Transaction,
  after: { createdAt: string; id: string } | null,
  limit: number,
): Promise<(ApiResourceRow & { position: string })[]> {
  return tx.query(
    `select ${columns}, r.created_at::text as position from api_resources r
      where r.org_id = $1 and ($2::timestamptz is null or (r.created_at, r.id) > ($2, $3))
      order by r.created_at, r.id limit $4`,
    [tx.organizationId, after?.createdAt ?? null, after?.id ?? null, limit],
  );
}

export function findApiResource(tx: Transaction, id: string): Promise<ApiResourceRow | null> {
  return tx.queryOne<ApiResourceRow>(
    `select ${columns} from api_resources r where r.org_id = $1 and r.id = $2`,
    [tx.organizationId, id],
  );
}

export async function insertApiResource(
  tx: Transaction,
  resource: Pick<
    ApiResource,
    'id' | 'identifier' | 'name' | 'accessTokenFormat' | 'accessTokenSeconds' | 'createdBy'
  >,
): Promise<void> {
  await tx.manager.insert(ApiResource, { ...resource, orgId: tx.organizationId });
}

/** Counts as a change whatever differs: its scopes stand in rows of their own. */
export async function updateApiResource(
  tx: Transaction,
  id: string,
  changes: Pick<ApiResource, 'name' | 'accessTokenFormat' | 'accessTokenSeconds' | 'updatedBy'>,
): Promise<void> {
  await tx.query(
    `update api_resources
        set name = $3, access_token_format = $4, access_token_seconds = $5, updated_by = $6, updated_at = now(),
            version = version + 1
      where org_id = $1 and id = $2`,
    [
      tx.organizationId,
      id,
      changes.name,
      changes.accessTokenFormat,
      changes.accessTokenSeconds,
      changes.updatedBy,
    ],
  );
}

export async function replaceResourceScopes(
  tx: Transaction,
  resourceId: string,
  scopes: readonly ResourceScopeEntry[],
): Promise<void> {
  const names = scopes.map(({ name }) => name);
  await tx.query(
    'delete from api_resource_scopes where org_id = $1 and resource_id = $2 and name <> all($3)',
    [tx.organizationId, resourceId, names],
  );
  await tx.query(
    `insert into api_resource_scopes (org_id, resource_id, name, description, position)
     select $1, $2, w.name, w.description, w.position
       from unnest($3::text[], $4::text[]) with ordinality as w (name, description, position)
     on conflict (org_id, resource_id, name) do update
        set description = excluded.description, position = excluded.position, updated_at = now()`,
    [tx.organizationId, resourceId, names, scopes.map(({ description }) => description)],
  );
}

export async function deleteApiResource(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(ApiResource, { orgId: tx.organizationId, id });
}

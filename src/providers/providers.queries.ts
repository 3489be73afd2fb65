import type { Transaction } from '../platform/database/transaction.js';
import { OauthProvider } from './oauth-provider.entity.js';
import type { ClaimMapping, ProviderType, RoleMapping } from './provider.types.js';
import type { ProviderSettings } from './provider-settings.rules.js';

/** What of a provider can be changed, beside its secret. */
export interface ProviderContent {
  readonly displayName: string;
  readonly icon: string;
  readonly isEnabled: boolean;
  readonly clientId: string | null;
  readonly settings: ProviderSettings;
  readonly scopes: readonly string[];
  readonly claimMapping: ClaimMapping;
  readonly allowedDomains: readonly string[];
  readonly trustedDomains: readonly string[];
  readonly justInTime: boolean;
  readonly acceptsUpstreamMfa: boolean;
}

export interface ProviderRow extends ProviderContent {
  readonly id: string;
  readonly name: string;
  readonly type: ProviderType;
  readonly issuer: string | null;
  readonly clientSecret: Buffer | null;
  readonly roleMapping: readonly RoleMapping[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `p.id, p.name, p.type, p.issuer, p.display_name as "displayName", p.icon, p.is_enabled as "isEnabled",
  p.client_id as "clientId", p.client_secret as "clientSecret", p.settings, p.scopes, p.claim_mapping as "claimMapping",
  p.allowed_domains as "allowedDomains", p.trusted_domains as "trustedDomains", p.just_in_time as "justInTime",
  p.accepts_upstream_mfa as "acceptsUpstreamMfa", p.version, p.created_at as "createdAt", p.updated_at as "updatedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('claim', m.claim, 'value', m.value, 'roleId', m.role_id, 'role', r.name)
            order by m.claim, m.value, r.name), '[]')
     from provider_role_mappings m join roles r on r.org_id = m.org_id and r.id = m.role_id
    where m.org_id = p.org_id and m.provider_id = p.id) as "roleMapping"`;

export function findProvider(tx: Transaction, id: string): Promise<ProviderRow | null> {
  return tx.queryOne<ProviderRow>(
    `select ${columns} from oauth_providers p where p.org_id = $1 and p.id = $2`,
    [tx.organizationId, id],
  );
}

export function findProviderByName(tx: Transaction, name: string): Promise<ProviderRow | null> {
  return tx.queryOne<ProviderRow>(
    `select ${columns} from oauth_providers p where p.org_id = $1 and p.name = $2`,
    [tx.organizationId, name],
  );
}

/** By id or name. */
export function lockProvider(tx: Transaction, reference: string): Promise<ProviderRow | null> {
  return tx.queryOne<ProviderRow>(
    `select ${columns} from oauth_providers p
      where p.org_id = $1 and (p.id::text = $2 or p.name = $2) for no key update of p`,
    [tx.organizationId, reference],
  );
}

export interface ProviderButton {
  readonly name: string;
  readonly displayName: string;
  readonly icon: string;
}

export function listButtons(tx: Transaction): Promise<ProviderButton[]> {
  return tx.query(
    `select name, display_name as "displayName", icon from oauth_providers
      where org_id = $1 and is_enabled order by created_at, id`,
    [tx.organizationId],
  );
}

/** Newest first; `position` has all digits of the time. */
export function listProviders(
  tx: Transaction,
  { contains, type }: { readonly contains: string | undefined; readonly type: ProviderType | undefined },
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<(ProviderRow & { position: string })[]> {
  return tx.query(
    `select ${columns}, p.created_at::text as position from oauth_providers p
      where p.org_id = $1 and ($2::text is null or p.name ilike $2 or p.display_name ilike $2)
        and ($3::text is null or p.type = $3)
        and ($4::timestamptz is null or (p.created_at, p.id) < ($4, $5))
      order by p.created_at desc, p.id desc limit $6`,
    [
      tx.organizationId,
      contains === undefined ? null : `%${contains.replace(/[\\%_]/g, '\\$&')}%`,
      type ?? null,
      before?.createdAt ?? null,
      before?.id ?? null,
      limit,
    ],
  );
}

/** Makes whoever adds a provider wait for the others, so that their number holds. @returns how many there are */
export async function lockProviderCount(tx: Transaction): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('providers ' || $1, 0))`, [
    tx.organizationId,
  ]);
  const row = await tx.queryOne<{ count: number }>(
    'select count(*)::integer as count from oauth_providers where org_id = $1',
    [tx.organizationId],
  );
  return row!.count;
}

export interface NewProvider {
  readonly id: string;
  readonly name: string;
  readonly type: ProviderType;
  readonly issuer: string | null;
  readonly content: ProviderContent;
  readonly clientSecret: Buffer | null;
  readonly createdBy: string;
}

export async function insertProvider(tx: Transaction, { content, ...provider }: NewProvider): Promise<void> {
  await tx.manager.insert(OauthProvider, { ...provider, ...content, orgId: tx.organizationId } as never);
}

export async function updateProvider(
  tx: Transaction,
  id: string,
  changes: Partial<ProviderContent> & { clientSecret?: Buffer | null },
  updatedBy: string,
): Promise<void> {
  await tx.manager.update(OauthProvider, { orgId: tx.organizationId, id }, {
    ...changes,
    updatedBy,
  } as never);
}

/** Counts a change of what a provider has as a change of the provider. */
export async function bumpProviderVersion(tx: Transaction, id: string, changedBy: string): Promise<void> {
  await tx.query(
    `update oauth_providers set version = version + 1, updated_at = now(), updated_by = $3
      where org_id = $1 and id = $2`,
    [tx.organizationId, id, changedBy],
  );
}

export async function replaceRoleMapping(
  tx: Transaction,
  providerId: string,
  mapping: readonly { readonly claim: string; readonly value: string; readonly roleId: string }[],
  createdBy: string,
): Promise<void> {
  await tx.query('delete from provider_role_mappings where org_id = $1 and provider_id = $2', [
    tx.organizationId,
    providerId,
  ]);
  await tx.query(
    `insert into provider_role_mappings (org_id, provider_id, claim, value, role_id, created_by)
     select $1, $2, m.claim, m.value, m."roleId", $4
       from jsonb_to_recordset($3::jsonb) as m (claim text, value text, "roleId" uuid)`,
    [tx.organizationId, providerId, JSON.stringify(mapping), createdBy],
  );
}

export async function deleteProvider(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(OauthProvider, { orgId: tx.organizationId, id });
}

export async function findOrganizationsWithOldSeals(
  tx: Transaction,
  currentPrefix: Buffer,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from organizations_with_old_provider_seals($1, $2, $3) as id',
    [currentPrefix, after, limit],
  );
  return rows.map(({ id }) => id);
}

export function lockOldSeals(
  tx: Transaction,
  currentPrefix: Buffer,
): Promise<{ id: string; clientSecret: Buffer }[]> {
  return tx.query(
    `select id, client_secret as "clientSecret" from oauth_providers
      where org_id = $1 and substring(client_secret from 1 for octet_length($2::bytea)) <> $2 for no key update`,
    [tx.organizationId, currentPrefix],
  );
}

/** The same secret under another key: no change of the provider. */
export async function writeSeal(tx: Transaction, id: string, clientSecret: Buffer): Promise<void> {
  await tx.query('update oauth_providers set client_secret = $3 where org_id = $1 and id = $2', [
    tx.organizationId,
    id,
    clientSecret,
  ]);
}

import type { Transaction } from '../platform/database/transaction.js';
import { Application } from './application.entity.js';
import type { ApplicationSettings, ApplicationStatus, ApplicationType } from './application.types.js';

/** An application as it is stored, with its logo. */
export interface ApplicationRow extends ApplicationSettings {
  id: string;
  type: ApplicationType;
  status: ApplicationStatus;
  logoMediaId: string | null;
  registeredDynamically: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const columns = `a.id, a.name, a.type, a.status, a.redirect_uris as "redirectUris",
  a.post_logout_redirect_uris as "postLogoutRedirectUris", a.allowed_origins as "allowedOrigins",
  a.grant_types as "grantTypes", a.token_endpoint_auth_method as "tokenEndpointAuthMethod",
  a.require_pkce as "requirePkce", a.require_par as "requirePar", a.dpop_bound_access_tokens as "dpopBoundAccessTokens",
  a.consent, a.client_uri as "clientUri", a.policy_uri as "policyUri", a.tos_uri as "tosUri",
  a.initiate_login_uri as "initiateLoginUri", a.backchannel_logout_uri as "backchannelLogoutUri",
  a.backchannel_logout_session_required as "backchannelLogoutSessionRequired",
  a.id_token_signing_alg as "idTokenSigningAlg", a.subject_type as "subjectType",
  a.sector_identifier as "sectorIdentifier", a.jwks, a.jwks_uri as "jwksUri",
  a.access_token_format as "accessTokenFormat", a.access_token_seconds as "accessTokenSeconds",
  a.id_token_seconds as "idTokenSeconds", a.refresh_idle_seconds as "refreshIdleSeconds",
  a.refresh_absolute_seconds as "refreshAbsoluteSeconds", a.refresh_grace_seconds as "refreshGraceSeconds",
  a.default_max_age as "defaultMaxAge", a.default_acr_values as "defaultAcrValues", a.allowed_scopes as "allowedScopes",
  a.registered_dynamically as "registeredDynamically", a.version, a.created_at as "createdAt", a.updated_at as "updatedAt",
  (select m.id from media m where m.org_id = a.org_id and m.application_id = a.id) as "logoMediaId"`;

export function findApplication(tx: Transaction, id: string): Promise<ApplicationRow | null> {
  return tx.queryOne<ApplicationRow>(
    `select ${columns} from applications a where a.org_id = $1 and a.id = $2`,
    [tx.organizationId, id],
  );
}

/** The same of an application that was registered with this token of its own. */
export function findByRegistrationAccess(
  tx: Transaction,
  id: string,
  tokenHash: Buffer,
): Promise<ApplicationRow | null> {
  return tx.queryOne<ApplicationRow>(
    `select ${columns} from applications a
      where a.org_id = $1 and a.id = $2 and a.registration_access_hash = $3 and a.status = 'active'`,
    [tx.organizationId, id, tokenHash],
  );
}

/**
 * Whether this is a living secret of an active application. Its use is noted to the minute, and never by waiting: many
 * requests come with one secret at once.
 */
export async function useSecret(
  tx: Transaction,
  applicationId: string,
  secretHash: Buffer,
): Promise<boolean> {
  const found = await tx.query(
    `with found as (
       select s.id from application_secrets s
         join applications a on a.org_id = s.org_id and a.id = s.application_id and a.status = 'active'
        where s.org_id = $1 and s.application_id = $2 and s.secret_hash = $3
          and (s.expires_at is null or s.expires_at > now())),
     due as (
       select s.id from application_secrets s join found f on f.id = s.id
        where s.org_id = $1 and (s.last_used_at is null or s.last_used_at < now() - interval '1 minute')
          for no key update of s skip locked),
     noted as (update application_secrets s set last_used_at = now() from due d where s.org_id = $1 and s.id = d.id)
     select 1 from found`,
    [tx.organizationId, applicationId, secretHash],
  );
  return found.length > 0;
}

/** What a machine holds by its roles now. */
export async function findHeldByRoles(
  tx: Transaction,
  applicationId: string,
): Promise<{ roles: string[]; permissions: string[] }> {
  const row = await tx.queryOne<{ roles: string[]; permissions: string[] }>(
    `select coalesce(array_agg(distinct r.name), '{}') as roles,
            coalesce(array_agg(distinct p.permission) filter (where p.permission is not null), '{}') as permissions
       from application_roles g
       join applications a on a.org_id = g.org_id and a.id = g.application_id and a.status = 'active'
       join roles r on r.org_id = g.org_id and r.id = g.role_id
       left join role_permissions p on p.org_id = r.org_id and p.role_id = r.id
      where g.org_id = $1 and g.application_id = $2 and (g.expires_at is null or g.expires_at > now())`,
    [tx.organizationId, applicationId],
  );
  return row!;
}

/** Locks an application against other changes of it and of what it has. */
export function lockApplication(tx: Transaction, id: string): Promise<ApplicationRow | null> {
  return tx.queryOne<ApplicationRow>(
    `select ${columns} from applications a where a.org_id = $1 and a.id = $2 for no key update of a`,
    [tx.organizationId, id],
  );
}

export interface ApplicationFilter {
  readonly contains: string | undefined;
  readonly type: ApplicationType | undefined;
}

/** Newest first; `position` has all digits of the time. */
export function listApplications(
  tx: Transaction,
  { contains, type }: ApplicationFilter,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<(ApplicationRow & { position: string })[]> {
  return tx.query(
    `select ${columns}, a.created_at::text as position from applications a
      where a.org_id = $1 and ($2::text is null or a.name ilike $2) and ($3::text is null or a.type = $3)
        and ($4::timestamptz is null or (a.created_at, a.id) < ($4, $5))
      order by a.created_at desc, a.id desc limit $6`,
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

/** Makes whoever adds an application wait for the others, so that their number holds. @returns how many there are */
export async function lockApplicationCount(tx: Transaction): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('applications ' || $1, 0))`, [
    tx.organizationId,
  ]);
  const row = await tx.queryOne<{ count: number }>(
    'select count(*)::integer as count from applications where org_id = $1',
    [tx.organizationId],
  );
  return row!.count;
}

export interface NewApplication {
  readonly id: string;
  readonly type: ApplicationType;
  readonly settings: ApplicationSettings;
  readonly createdBy: string | null;
  /** Of one that registered itself. */
  readonly registrationAccessHash: Buffer | null;
}

export async function insertApplication(
  tx: Transaction,
  { settings, ...application }: NewApplication,
): Promise<void> {
  await tx.manager.insert(Application, {
    ...application,
    ...settings,
    orgId: tx.organizationId,
    status: 'active',
    registeredDynamically: application.registrationAccessHash !== null,
  } as never);
}

export async function updateApplication(
  tx: Transaction,
  id: string,
  changes: Partial<ApplicationSettings> & { status?: ApplicationStatus },
  updatedBy: string | null,
): Promise<void> {
  await tx.manager.update(Application, { orgId: tx.organizationId, id }, { ...changes, updatedBy } as never);
}

/** Counts a change of what an application has as a change of the application. @returns the new version */
export async function bumpApplicationVersion(
  tx: Transaction,
  id: string,
  changedBy: string,
): Promise<number> {
  const row = await tx.queryOne<{ version: number }>(
    `update applications set version = version + 1, updated_at = now(), updated_by = $3
      where org_id = $1 and id = $2 returning version`,
    [tx.organizationId, id, changedBy],
  );
  return row!.version;
}

export async function deleteApplication(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(Application, { orgId: tx.organizationId, id });
}

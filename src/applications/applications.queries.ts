import type { Transaction } from '../platform/database/transaction.js';
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

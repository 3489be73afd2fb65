import type { RegisteredApplication } from '../../applications/application.types.js';

type Metadata = Record<string, unknown>;

/** Properties beyond the standard ones that instances ask of an application. */
export const ownProperties = [
  'tenantry_type',
  'tenantry_consent',
  'tenantry_require_pkce',
  'tenantry_allowed_origins',
  'tenantry_allowed_scopes',
  'tenantry_access_token_format',
  'tenantry_access_token_seconds',
  'tenantry_id_token_seconds',
  'tenantry_refresh_idle_seconds',
  'tenantry_refresh_absolute_seconds',
  'tenantry_sector',
  'tenantry_registered_itself',
];

/** Secrets are compared by their hashes; the engine only wants to know that there are some. */
const placeholder = 'compared-by-hash';

/** Alone it opens nothing. The engine takes an application without any scope for one that may ask for all. */
const emptyScope = 'offline_access';

/** An application in the words of RFC 7591. @param scopes those of the issuer, beside those of APIs */
export function metadataOf(application: RegisteredApplication, scopes: ReadonlySet<string>): Metadata {
  const { tokenEndpointAuthMethod: method, subjectType, sector } = application;
  const usesCodes = application.grantTypes.includes('authorization_code');
  return definedOnly({
    client_id: application.id,
    client_name: application.name,
    client_secret: method.startsWith('client_secret_') ? placeholder : undefined,
    application_type: application.type === 'native' ? 'native' : 'web',
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    grant_types: application.grantTypes,
    response_types: usesCodes ? ['code'] : [],
    token_endpoint_auth_method: method,
    scope: application.allowedScopes === null ? undefined : scopeOf(application.allowedScopes, scopes),
    id_token_signed_response_alg: application.idTokenSigningAlg,
    subject_type: subjectType,
    // Only its host counts, and that has been checked: nothing is fetched from it.
    sector_identifier_uri: subjectType === 'pairwise' && sector !== null ? `https://${sector}/` : undefined,
    jwks: application.jwks ?? undefined,
    jwks_uri: application.jwksUri ?? undefined,
    client_uri: application.clientUri ?? undefined,
    policy_uri: application.policyUri ?? undefined,
    tos_uri: application.tosUri ?? undefined,
    logo_uri: application.logo ?? undefined,
    initiate_login_uri: application.initiateLoginUri ?? undefined,
    default_max_age: application.defaultMaxAge ?? undefined,
    default_acr_values: application.defaultAcrValues.length > 0 ? application.defaultAcrValues : undefined,
    require_pushed_authorization_requests: application.requirePar,
    dpop_bound_access_tokens: application.dpopBoundAccessTokens,
    backchannel_logout_uri: application.backchannelLogoutUri ?? undefined,
    backchannel_logout_session_required: application.backchannelLogoutSessionRequired,
    tenantry_type: application.type,
    tenantry_consent: application.consent,
    tenantry_require_pkce: application.requirePkce,
    tenantry_allowed_origins: application.allowedOrigins,
    tenantry_allowed_scopes: application.allowedScopes ?? undefined,
    tenantry_access_token_format: application.accessTokenFormat,
    tenantry_access_token_seconds: application.accessTokenSeconds,
    tenantry_id_token_seconds: application.idTokenSeconds,
    tenantry_refresh_idle_seconds: application.refreshIdleSeconds,
    tenantry_refresh_absolute_seconds: application.refreshAbsoluteSeconds,
    tenantry_sector: sector ?? undefined,
    tenantry_registered_itself: application.registeredDynamically,
  });
}

function scopeOf(allowed: readonly string[], scopes: ReadonlySet<string>): string {
  return allowed.filter((scope) => scopes.has(scope)).join(' ') || emptyScope;
}

const definedOnly = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));

/** The organization's own applications ask nobody for consent. */
export const asksNobody = (client: Readonly<Record<string, unknown>>): boolean =>
  client['tenantry_consent'] === 'none';

/** Nobody signs in to a machine, so that it has nobody to ask. */
export const isMachine = (client: Readonly<Record<string, unknown>>): boolean =>
  client['tenantry_type'] === 'machine';

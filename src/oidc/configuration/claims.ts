import type { Client, Context } from 'oidc-provider';
import { oneFactor, severalFactors } from '../session/authentication-context.rules.js';
import type { IssuerParts } from './issuer-parts.js';

/** OpenID Connect Core, section 5.4, as far as people have such a thing here. */
const standard: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub'],
  profile: [
    'name',
    'given_name',
    'family_name',
    'nickname',
    'preferred_username',
    'picture',
    'locale',
    'zoneinfo',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  organization: ['organization'],
  roles: ['roles'],
  permissions: ['permissions'],
};

/** Said of the authentication rather than of the person; no scope brings them. */
const ofAuthentication = { acr: null, amr: null, auth_time: null, iss: null, sid: null };

export function claimsConfiguration({ issuer, catalogue, services }: IssuerParts) {
  const own = catalogue.scopes.map(({ name, claims }) => [name, [...claims]] as const);
  const claims = Object.fromEntries(
    [...Object.entries(standard), ...own].map(([name, list]) => [name, [...list]]),
  );
  return {
    scopes: [...issuerScopes(catalogue.scopes.map(({ name }) => name))],
    claims: { ...ofAuthentication, ...claims },
    acrValues: [oneFactor, severalFactors],
    subjectTypes: ['public', 'pairwise'],
    findAccount: ({ oidc }: Context, accountId: string) =>
      services.accounts.of(issuer, accountId, catalogue, allowedClaims(oidc.client, claims)),
    pairwiseIdentifier: (_ctx: Context, accountId: string, client: { sectorIdentifier?: string }) =>
      services.pairwise.subjectOf(issuer, client.sectorIdentifier!, accountId),
    sectorIdentifierUriValidate: () => false,
  };
}

/** Every scope that is not an API's. */
export function issuerScopes(own: readonly string[]): Set<string> {
  return new Set([...Object.keys(standard), 'offline_access', ...own]);
}

/** Of an application with a list of scopes the claims of those, by whatever way it asks; null for all. */
function allowedClaims(
  client: Client | undefined,
  claims: Readonly<Record<string, readonly string[]>>,
): Set<string> | null {
  const scopes = client?.['tenantry_allowed_scopes'] as string[] | undefined;
  if (scopes === undefined) return null;
  return new Set(scopes.flatMap((scope) => (Object.hasOwn(claims, scope) ? claims[scope]! : [])));
}

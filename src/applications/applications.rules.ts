import { sameJson } from '../platform/json/merge-patch.rules.js';
import type { ApplicationSettings } from './application.types.js';
import { requireCoherent } from './application-checks.rules.js';
import { type ApplicationType, kinds, usesSecrets } from './application-kinds.rules.js';

export const mostApplications = 1_000;

/** What a new application does unless told: what is safe for its type. */
export function usualSettings(type: ApplicationType): ApplicationSettings {
  const { usualGrantTypes, authMethods } = kinds[type];
  return {
    name: '',
    redirectUris: [],
    postLogoutRedirectUris: [],
    allowedOrigins: [],
    grantTypes: [...usualGrantTypes],
    tokenEndpointAuthMethod: authMethods[0]!,
    requirePkce: true,
    requirePar: false,
    dpopBoundAccessTokens: false,
    consent: 'required',
    clientUri: null,
    policyUri: null,
    tosUri: null,
    initiateLoginUri: null,
    backchannelLogoutUri: null,
    backchannelLogoutSessionRequired: false,
    idTokenSigningAlg: 'ES256',
    subjectType: 'public',
    sectorIdentifier: null,
    jwks: null,
    jwksUri: null,
    accessTokenFormat: 'opaque',
    accessTokenSeconds: null,
    idTokenSeconds: null,
    refreshIdleSeconds: null,
    refreshAbsoluteSeconds: null,
    refreshGraceSeconds: 0,
    defaultMaxAge: null,
    defaultAcrValues: [],
    allowedScopes: null,
  };
}

/** A new application: what was said, and what is usual for its type. @throws Problem `invalid_request` */
export function decideNewSettings(
  type: ApplicationType,
  input: Partial<ApplicationSettings>,
  isDevelopment: boolean,
): ApplicationSettings {
  const settings = { ...usualSettings(type), ...said(input) };
  // A page in a browser has to reach the token endpoint from where it lives.
  if (type === 'spa' && input.allowedOrigins === undefined)
    settings.allowedOrigins = originsOf(settings.redirectUris);
  return requireCoherent(type, settings, isDevelopment);
}

/** What has no origin is refused as an address already. */
const originsOf = (uris: readonly string[]): string[] =>
  unique(uris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin)).filter(
    (origin) => origin !== 'null',
  );

/** An application after a change. @throws Problem `invalid_request` */
export function decideChangedSettings(
  type: ApplicationType,
  before: ApplicationSettings,
  input: Partial<ApplicationSettings>,
  isDevelopment: boolean,
): ApplicationSettings {
  return requireCoherent(type, { ...before, ...said(input) }, isDevelopment);
}

/** Whether secrets are left over that nobody can use any more. */
export const losesSecrets = (before: ApplicationSettings, after: ApplicationSettings): boolean =>
  usesSecrets(before.tokenEndpointAuthMethod) && !usesSecrets(after.tokenEndpointAuthMethod);

/** What differs, as it was and as it is; null where nothing does. */
export function differenceOf(
  before: ApplicationSettings,
  after: ApplicationSettings,
): { before: Partial<ApplicationSettings>; after: Partial<ApplicationSettings> } | null {
  const fields = Object.keys(after) as (keyof ApplicationSettings)[];
  const changed = fields.filter((field) => !sameJson(before[field], after[field]));
  if (changed.length === 0) return null;
  const pick = (settings: ApplicationSettings) =>
    Object.fromEntries(changed.map((field) => [field, settings[field]]));
  return { before: pick(before), after: pick(after) };
}

const said = (input: Partial<ApplicationSettings>): Partial<ApplicationSettings> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

import { isHttpsAddress } from '../platform/addresses/https-address.rules.js';
import type { FieldError } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { isPlainLine } from '../platform/text/plain-text.rules.js';
import { type ApplicationSettings, signingAlgs, subjectTypes } from './application.types.js';
import { type ApplicationType, deviceCodeGrant, kinds } from './application-kinds.rules.js';
import { httpsAddressError, originError, redirectUriError, sectorError } from './redirect-uris.rules.js';

export const mostUris = 50;
export const mostScopes = 200;
export const longestName = 100;

const longestJwtSeconds = 3_600;

type Settings = Readonly<ApplicationSettings>;
type Check = (settings: Settings, type: ApplicationType, isDevelopment: boolean) => FieldError[];

/** @throws Problem `invalid_request` naming everything that does not fit */
export function requireCoherent(
  type: ApplicationType,
  settings: Settings,
  isDevelopment: boolean,
): ApplicationSettings {
  const errors = checks.flatMap((check) => check(settings, type, isDevelopment));
  return errors.length > 0 ? raiseInvalid(errors) : { ...settings };
}

const checks: readonly Check[] = [
  checkName,
  checkGrantTypes,
  checkAddresses,
  checkRedirects,
  checkAuthentication,
  checkPages,
  checkChoices,
  checkSubjects,
  checkNumbers,
  checkLifetimes,
  checkLists,
];

function checkName({ name }: Settings): FieldError[] {
  const fits =
    isPlainLine(name) && name.trim() === name && lengthOf(name) >= 1 && lengthOf(name) <= longestName;
  return fits
    ? []
    : [{ pointer: '/name', detail: `must be 1 to ${longestName} characters of plain text, on one line` }];
}

function checkGrantTypes({ grantTypes }: Settings, type: ApplicationType): FieldError[] {
  const pointer = '/grantTypes';
  if (grantTypes.length === 0) return [{ pointer, detail: 'must not be empty' }];
  const errors = grantTypes
    .filter((grant) => !kinds[type].grantTypes.includes(grant))
    .map((grant) => ({ pointer, detail: `must not have ${grant}: it is not for ${type} applications` }));
  if (unique(grantTypes).length < grantTypes.length)
    errors.push({ pointer, detail: 'must not name one twice' });
  const begins = grantTypes.includes('authorization_code') || grantTypes.includes(deviceCodeGrant);
  if (grantTypes.includes('refresh_token') && !begins)
    errors.push({ pointer, detail: 'must have a grant that refresh_token can follow' });
  return errors;
}

function checkAddresses(settings: Settings, type: ApplicationType, isDevelopment: boolean): FieldError[] {
  return [
    ...listErrors('redirectUris', settings, (uri) => redirectUriError(uri, type, isDevelopment)),
    ...listErrors('postLogoutRedirectUris', settings, (uri) => redirectUriError(uri, type, isDevelopment)),
    ...listErrors('allowedOrigins', settings, (origin) => originError(origin, isDevelopment)),
  ];
}

function listErrors(
  field: 'redirectUris' | 'postLogoutRedirectUris' | 'allowedOrigins',
  settings: Settings,
  errorOf: (text: string) => string | null,
): FieldError[] {
  const list = settings[field];
  if (list.length > mostUris)
    return [{ pointer: `/${field}`, detail: `must not have more than ${mostUris}` }];
  return list.flatMap((text, index) => {
    const detail = list.indexOf(text) < index ? 'is there already' : errorOf(text);
    return detail === null ? [] : [{ pointer: `/${field}/${index}`, detail }];
  });
}

function checkRedirects(
  { grantTypes, redirectUris, postLogoutRedirectUris, allowedOrigins }: Settings,
  type: ApplicationType,
): FieldError[] {
  const needsThem = grantTypes.includes('authorization_code');
  const errors: FieldError[] = [];
  if (needsThem && redirectUris.length === 0)
    errors.push({ pointer: '/redirectUris', detail: 'must name where people are sent back to' });
  if (!needsThem && redirectUris.length > 0)
    errors.push({ pointer: '/redirectUris', detail: 'must be empty without the grant authorization_code' });
  if (type === 'machine') {
    const detail = 'must be empty: a machine has no users';
    if (postLogoutRedirectUris.length > 0) errors.push({ pointer: '/postLogoutRedirectUris', detail });
    if (allowedOrigins.length > 0)
      errors.push({
        pointer: '/allowedOrigins',
        detail: 'must be empty: a secret has no place in a browser',
      });
  }
  return errors;
}

function checkAuthentication(
  settings: Settings,
  type: ApplicationType,
  isDevelopment: boolean,
): FieldError[] {
  const { tokenEndpointAuthMethod: method, requirePkce, jwks, jwksUri } = settings;
  const errors: FieldError[] = [];
  if (!kinds[type].authMethods.includes(method)) {
    const allowed = kinds[type].authMethods.join(', ');
    errors.push({
      pointer: '/tokenEndpointAuthMethod',
      detail: `must be one of these for ${type}: ${allowed}`,
    });
  }
  if (!requirePkce && type !== 'web')
    errors.push({ pointer: '/requirePkce', detail: 'can be false for web applications only' });
  if (jwks !== null && jwksUri !== null)
    errors.push({ pointer: '/jwksUri', detail: 'must not be there beside jwks' });
  if (method === 'private_key_jwt' && jwks === null && jwksUri === null)
    errors.push({
      pointer: '/jwks',
      detail: 'must be there, or jwksUri: private_key_jwt needs a public key',
    });
  return [...errors, ...addressErrors(settings, ['jwksUri'], (uri) => httpsAddressError(uri, isDevelopment))];
}

function checkPages(settings: Settings, type: ApplicationType, isDevelopment: boolean): FieldError[] {
  const called = ['initiateLoginUri', 'backchannelLogoutUri'] as const;
  const errors = [
    ...addressErrors(settings, ['clientUri', 'policyUri', 'tosUri'], pageError),
    ...addressErrors(settings, called, (uri) => httpsAddressError(uri, isDevelopment)),
  ];
  if (type === 'machine') {
    const detail = 'must be null: a machine has no users';
    errors.push(
      ...called
        .filter((field) => settings[field] !== null)
        .map((field) => ({ pointer: `/${field}`, detail })),
    );
  }
  return errors;
}

const pageError = (uri: string): string | null =>
  uri.length <= 2_000 && isHttpsAddress(uri) ? null : 'must be an https address without a user';

function addressErrors<
  Field extends
    'jwksUri' | 'clientUri' | 'policyUri' | 'tosUri' | 'initiateLoginUri' | 'backchannelLogoutUri',
>(settings: Settings, fields: readonly Field[], errorOf: (uri: string) => string | null): FieldError[] {
  return fields.flatMap((field) => {
    const uri = settings[field];
    const detail = uri === null ? null : errorOf(uri);
    return detail === null ? [] : [{ pointer: `/${field}`, detail }];
  });
}

/** Several hosts need one name for all of them (OpenID Connect Core, section 8.1). */
function checkSubjects(settings: Settings, type: ApplicationType, isDevelopment: boolean): FieldError[] {
  const { subjectType, sectorIdentifier } = settings;
  const wrong = sectorIdentifier === null ? null : sectorError(sectorIdentifier);
  if (wrong !== null) return [{ pointer: '/sectorIdentifier', detail: wrong }];
  if (subjectType === 'public') return [];
  if (type === 'machine')
    return [{ pointer: '/subjectType', detail: 'must be public: a machine has no users' }];
  // Of addresses that do not hold anyway there is nothing to say.
  if (checkAddresses(settings, type, isDevelopment).length > 0 || sectorOf(settings) !== null) return [];
  return [
    { pointer: '/sectorIdentifier', detail: 'must be there: the redirect URIs name no host, or several' },
  ];
}

/** A description that an application gives of itself has met no other check. */
function checkChoices({ idTokenSigningAlg, subjectType }: Settings): FieldError[] {
  const choices = [
    ['idTokenSigningAlg', idTokenSigningAlg, signingAlgs],
    ['subjectType', subjectType, subjectTypes],
  ] as const;
  return choices.flatMap(([field, value, known]) =>
    (known as readonly string[]).includes(value)
      ? []
      : [{ pointer: `/${field}`, detail: `must be one of: ${known.join(', ')}` }],
  );
}

/** What a column takes; a description that an application gives of itself has met no other check. */
const numbers = {
  accessTokenSeconds: [60, 86_400],
  idTokenSeconds: [60, longestJwtSeconds],
  refreshIdleSeconds: [60, 7_776_000],
  refreshAbsoluteSeconds: [60, 7_776_000],
  refreshGraceSeconds: [0, 10],
  defaultMaxAge: [0, 7_776_000],
} as const;

function checkNumbers(settings: Settings): FieldError[] {
  return Object.entries(numbers).flatMap(([field, [least, most]]) => {
    const value = settings[field as keyof typeof numbers];
    if (value === null || (Number.isInteger(value) && value >= least && value <= most)) return [];
    return [{ pointer: `/${field}`, detail: `must be a whole number from ${least} to ${most}` }];
  });
}

function checkLifetimes(settings: Settings): FieldError[] {
  const { accessTokenFormat, accessTokenSeconds, refreshIdleSeconds, refreshAbsoluteSeconds } = settings;
  const errors: FieldError[] = [];
  if (accessTokenFormat === 'jwt' && accessTokenSeconds !== null && accessTokenSeconds > longestJwtSeconds)
    errors.push({
      pointer: '/accessTokenSeconds',
      detail: `must not be more than ${longestJwtSeconds} for jwt`,
    });
  if (
    refreshIdleSeconds !== null &&
    refreshAbsoluteSeconds !== null &&
    refreshIdleSeconds > refreshAbsoluteSeconds
  )
    errors.push({ pointer: '/refreshIdleSeconds', detail: 'must not be more than refreshAbsoluteSeconds' });
  return errors;
}

function checkLists({ allowedScopes, defaultAcrValues }: Settings): FieldError[] {
  const errors: FieldError[] = [];
  if (allowedScopes !== null && unique(allowedScopes).length < allowedScopes.length)
    errors.push({ pointer: '/allowedScopes', detail: 'must not name one twice' });
  if (allowedScopes !== null && allowedScopes.length > mostScopes)
    errors.push({ pointer: '/allowedScopes', detail: `must not have more than ${mostScopes}` });
  const pointer = '/defaultAcrValues';
  if (unique(defaultAcrValues).length < defaultAcrValues.length)
    errors.push({ pointer, detail: 'must not name one twice' });
  if (defaultAcrValues.length > 10 || !defaultAcrValues.every((name) => /^[\x21-\x7e]{1,200}$/.test(name)))
    errors.push({ pointer, detail: 'must be at most 10 names of authentication contexts' });
  return errors;
}

/** The host whose applications see a person under one pairwise subject; null where the addresses name none, or several. */
export function sectorOf({
  sectorIdentifier,
  redirectUris,
}: Pick<ApplicationSettings, 'sectorIdentifier' | 'redirectUris'>): string | null {
  if (sectorIdentifier !== null) return sectorIdentifier;
  const hosts = unique(redirectUris.map((uri) => new URL(uri)).map(({ host, protocol }) => host || protocol));
  return hosts.length === 1 ? hosts[0]! : null;
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
const lengthOf = (text: string): number => [...text].length;

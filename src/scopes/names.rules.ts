import { isPlainLine } from '../platform/text/plain-text.rules.js';

/** Characters of a scope (RFC 6749, section 3.3), without those that a list of scopes or a pattern would give a meaning. */
export const scopePattern =
  /^(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/;
/** A word, or an address that keeps claims of different makers apart (RFC 7519, section 4.2). */
export const claimPattern = /^(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[A-Za-z][A-Za-z0-9._:/-]{0,199}$/;

/**
 * Claims that the protocol and the product speak of: RFC 7519, OpenID Connect Core and its logout specifications, RFC 8693,
 * 9068, 9449, 7800, 9396, 9470 and 7662. An organization that wrote one of them could be somebody else to an application.
 */
const reservedClaims = new Set(
  [
    'iss sub aud exp nbf iat jti typ cty alg enc kid',
    'nonce acr amr azp auth_time at_hash c_hash s_hash sid sub_jwk events toe txn _claim_names _claim_sources',
    'client_id scope scopes scp act may_act cnf active username token_type authorization_details resource',
    'name given_name family_name middle_name nickname preferred_username profile picture website gender birthdate',
    'zoneinfo locale updated_at email email_verified phone_number phone_number_verified address',
    'org organization organizations tenant roles permissions permission_set groups entitlements admin',
    'sub_id vot vtm trust_chain jwk jwks jku x5c x5u x5t rt_hash urn:openid:params:jwt:claim:rt_hash',
  ]
    .join(' ')
    .split(' '),
);

/** Whether the name of a claim is the protocol's or the product's, in whatever case. */
export function isReservedClaim(name: string): boolean {
  const lower = name.toLowerCase();
  // Claims travel in plain objects, which have members of their own.
  return reservedClaims.has(lower) || lower.startsWith('urn:tenantry:') || name in Object.prototype;
}

/** Standard claims that a scope of one's own may bring too, beside custom ones. */
export const sharedClaims: ReadonlySet<string> = new Set(
  (
    'name given_name family_name middle_name nickname preferred_username profile picture website gender birthdate ' +
    'zoneinfo locale updated_at email email_verified phone_number phone_number_verified address'
  ).split(' '),
);

/** What is wrong with the identifier of an API, or null. Tokens name it, so it has one spelling. */
export function identifierError(identifier: string): string | null {
  if (
    !/^[\x21-\x7e]{1,500}$/.test(identifier) ||
    /[\\<>"`{}|^*#]/.test(identifier) ||
    !URL.canParse(identifier)
  )
    return 'must be an absolute URI without a fragment or a wildcard (RFC 8707, section 2)';
  const url = new URL(identifier);
  if (url.username !== '' || url.password !== '') return 'must not have a user';
  if (/^(javascript|data|blob|file|about|vbscript):$/.test(url.protocol))
    return 'must be a URI that names something';
  if (url.protocol === 'urn:' && !/^urn:[a-z0-9][a-z0-9-]{1,31}:.+$/.test(identifier))
    return 'must be a URN such as urn:acme:articles';
  const { href } = url;
  return href === identifier || href === `${identifier}/` ? null : `must be in its one spelling: ${href}`;
}

/** Whether an identifier is one of this server's: the product's API, or an address of an issuer. */
export function isOwnIdentifier(identifier: string, origin: string): boolean {
  return (
    /^urn:tenantry(:|$)/i.test(identifier) || identifier === origin || identifier.startsWith(`${origin}/`)
  );
}

/** Whether texts by language are such: few, short, in plain lines. */
export function areDescriptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 20 &&
    entries.every(
      ([language, text]) =>
        /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language) &&
        typeof text === 'string' &&
        text.trim() === text &&
        text.length >= 1 &&
        text.length <= 300 &&
        isPlainLine(text),
    )
  );
}

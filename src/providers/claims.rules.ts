import { canonicalEmail } from '../users/identifiers.rules.js';
import { addressError } from './addresses.rules.js';
import type { ClaimMapping, MappedClaim, ProviderType, UpstreamClaims } from './provider.types.js';

type Raw = Readonly<Record<string, unknown>>;

/** The names of OpenID Connect (Core, section 5.1). */
const standard: Readonly<Record<MappedClaim, string>> = {
  subject: 'sub',
  email: 'email',
  emailVerified: 'email_verified',
  username: 'preferred_username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  picture: 'picture',
  locale: 'locale',
};

const ofTypes: Readonly<Partial<Record<ProviderType, ClaimMapping>>> = {
  github: { subject: 'id', username: 'login', picture: 'avatar_url' },
};

const longestText = 200;
const longestSubject = 255;

/** Where each claim stands, of a provider of that type with that mapping. */
export const mappingOf = (type: ProviderType, own: ClaimMapping): Readonly<Record<MappedClaim, string>> => ({
  ...standard,
  ...ofTypes[type],
  ...own,
});

/** What a provider says of somebody, by the names of ours; whatever is not what it should be counts as not said. */
export function readClaims(
  raw: Raw,
  mapping: Readonly<Record<MappedClaim, string>>,
  isDevelopment: boolean,
): UpstreamClaims {
  const text = (claim: MappedClaim): string | null => textOf(claimAt(raw, mapping[claim]));
  const email = text('email');
  const verified = claimAt(raw, mapping.emailVerified);
  const picture = text('picture');
  return {
    email: email === null ? null : canonicalEmail(email),
    // Some write it as a text.
    emailVerified: verified === true || verified === 'true',
    username: text('username'),
    name: text('name'),
    givenName: text('givenName'),
    familyName: text('familyName'),
    picture: picture !== null && addressError(picture, isDevelopment) === null ? picture : null,
    locale: text('locale'),
    raw,
  };
}

/** A subject is compared as it came: trimmed or folded, two people could become one (OpenID Connect Core, section 2). */
export function readSubject(raw: Raw, path: string): string | null {
  const value = claimAt(raw, path);
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text === '' || text.length > longestSubject) return null;
  return /\p{C}/u.test(text) ? null : text;
}

/** By names with dots between them; a claim whose own name has dots in it goes before. */
export function claimAt(raw: Raw, path: string): unknown {
  if (Object.hasOwn(raw, path)) return raw[path];
  let value: unknown = raw;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Raw)[name];
  }
  return value;
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Joiners are part of how some languages are written.
  const line = value.replace(/(?:(?![\u200c\u200d])[\p{C}\s])+/gu, ' ').trim();
  return line === '' ? null : [...line].slice(0, line.startsWith('http') ? 2_000 : longestText).join('');
}

/** The context that somebody was authenticated in, and the methods; what is no plain name counts as not said. */
export function readContext({ acr, amr }: Raw): { acr: string | null; amr: string[] } {
  const isName = (value: unknown): value is string =>
    typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value);
  return { acr: isName(acr) ? acr : null, amr: Array.isArray(amr) ? amr.filter(isName).slice(0, 50) : [] };
}

const manyFactors: ReadonlySet<string> = new Set(['mfa', 'mca']);
/** Of RFC 8176, by what they show: something known, something had, something that one is. */
const factors: readonly ReadonlySet<string>[] = [
  new Set(['pwd', 'pin', 'kba']),
  new Set(['otp', 'hwk', 'swk', 'sms', 'tel', 'sc', 'pop']),
  new Set(['face', 'fpt', 'iris', 'retina', 'vbm']),
];

/** Whether the methods that a provider names are more than one factor. */
export function isSecondFactor(
  amr: readonly string[],
  acr: string | null,
  acceptedAcrs: readonly string[],
): boolean {
  if (acr !== null && acceptedAcrs.includes(acr)) return true;
  if (amr.some((method) => manyFactors.has(method))) return true;
  return factors.filter((kind) => amr.some((method) => kind.has(method))).length > 1;
}

import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { UpstreamFailure, type UpstreamFailureCode } from '../upstream-failures.types.js';
import type { Journal } from './journal.js';
import { redact } from './redaction.rules.js';
import type { SigningKeySets } from './signing-key-sets.js';

/** Signatures that only the provider can make: with a shared secret, whoever has that could make ID tokens. */
export const idTokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const clockToleranceSeconds = 60;

export interface ExpectedIdToken {
  /** What `iss` must be, of an ID token with these claims. */
  readonly issuerOf: (claims: Readonly<Record<string, unknown>>) => string | readonly string[];
  readonly audience: string;
  readonly nonce: string;
  readonly algorithms: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** Checks an ID token whole (OpenID Connect Core, section 3.1.3.7). @throws UpstreamFailure */
export async function verifyIdToken(
  idToken: unknown,
  jwksUri: string,
  expected: ExpectedIdToken,
  keySets: SigningKeySets,
  journal: Journal,
): Promise<Claims> {
  const { header, claims } = readIdToken(idToken, journal);
  const failure = diagnoseIdToken(header, claims, expected);
  if (failure !== null) throw refuse(failure, journal);
  const check = (keys: JSONWebKeySet) =>
    jwtVerify(idToken as string, createLocalJWKSet(keys), {
      algorithms: [...expected.algorithms],
      audience: expected.audience,
      issuer: [expected.issuerOf(claims)].flat(),
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce'],
    });
  try {
    const { payload } = await keySets.tryWith(jwksUri, journal, check, isUnknownKey);
    journal.note('id_token', true, null, { answer: redact(payload) });
    return payload;
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw refuse('id_token_signature', journal, error);
  }
}

/** Without believing any of it. @throws UpstreamFailure */
export function readIdToken(idToken: unknown, journal: Journal): { header: Claims; claims: Claims } {
  if (typeof idToken !== 'string' || idToken === '') throw refuse('id_token_missing', journal);
  try {
    return { header: decodeProtectedHeader(idToken) as Claims, claims: decodeJwt(idToken) };
  } catch (error) {
    throw refuse('id_token_unreadable', journal, error);
  }
}

/** What is wrong with an ID token but its signature; null for nothing. The first thing that a reader should know. */
export function diagnoseIdToken(
  header: Claims,
  claims: Claims,
  { issuerOf, audience, nonce, algorithms }: ExpectedIdToken,
): UpstreamFailureCode | null {
  const { alg } = header;
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none') return 'id_token_unsigned';
  if (!algorithms.includes(alg) || !idTokenAlgorithms.includes(alg)) return 'id_token_algorithm';
  const { iss, sub, aud, azp, exp, iat, nonce: given } = claims;
  if (typeof iss !== 'string' || typeof exp !== 'number' || typeof iat !== 'number' || aud === undefined)
    return 'id_token_incomplete';
  if (typeof sub !== 'string' || sub === '') return 'subject_missing';
  if (![issuerOf(claims)].flat().includes(iss)) return 'issuer_wrong';
  const audiences = [aud].flat();
  const isOurs =
    audiences.includes(audience) && (azp === undefined ? audiences.length === 1 : azp === audience);
  if (!isOurs) return 'id_token_audience';
  const now = Date.now() / 1000;
  if (exp <= now - clockToleranceSeconds || iat > now + clockToleranceSeconds) return 'id_token_expired';
  // A missing one is no match.
  if (given === undefined || given === null || given === '') return 'nonce_missing';
  return given === nonce ? null : 'nonce_wrong';
}

export function refuse(code: UpstreamFailureCode, journal: Journal, cause?: unknown): UpstreamFailure {
  const failure = new UpstreamFailure(code, null, { cause });
  journal.note('id_token', false, failure.message);
  return failure;
}

const isUnknownKey = (error: unknown): boolean => error instanceof errors.JWKSNoMatchingKey;

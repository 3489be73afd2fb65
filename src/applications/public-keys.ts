import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { FieldError } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import type { PublicJwk, PublicJwks } from './application.types.js';

const mostKeys = 10;
/** Members that make a key a private one (RFC 7518, section 6; RFC 8037). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

interface Family {
  /** What is kept of a key, beside its names. */
  readonly members: readonly (keyof PublicJwk)[];
  readonly algs: readonly string[];
  readonly fits: (details: { modulusLength?: number; publicExponent?: bigint }) => boolean;
}

/** By type and curve. Verifying costs more the larger a key and its exponent are, and anybody can ask for it. */
const families: Readonly<Record<string, Family | undefined>> = {
  'EC P-256': { members: ['crv', 'x', 'y'], algs: ['ES256'], fits: () => true },
  'EC P-384': { members: ['crv', 'x', 'y'], algs: ['ES384'], fits: () => true },
  'EC P-521': { members: ['crv', 'x', 'y'], algs: ['ES512'], fits: () => true },
  'OKP Ed25519': { members: ['crv', 'x'], algs: ['EdDSA', 'Ed25519'], fits: () => true },
  RSA: {
    members: ['n', 'e'],
    algs: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    fits: ({ modulusLength = 0, publicExponent = 0n }) =>
      modulusLength >= 2_048 && modulusLength <= 4_096 && publicExponent >= 3n && publicExponent < 2n ** 32n,
  },
};

/**
 * The public keys of an application, with nothing in them but what is known here.
 *
 * @throws Problem `invalid_request`, also for a private key: one that was sent is no secret any more
 */
export function readPublicJwks(value: object): PublicJwks {
  const { keys, ...others } = value as { keys?: unknown };
  if (Object.keys(others).length > 0 || !Array.isArray(keys))
    return raiseInvalid([{ pointer: '/jwks', detail: 'must be a set of keys: { "keys": [...] }' }]);
  if (keys.length === 0 || keys.length > mostKeys)
    return raiseInvalid([{ pointer: '/jwks/keys', detail: `must have 1 to ${mostKeys} keys` }]);
  const read = keys.map((key) => readKey(key));
  const errors = read.flatMap((key, index): FieldError[] =>
    typeof key === 'string' ? [{ pointer: `/jwks/keys/${index}`, detail: key }] : [],
  );
  if (errors.length > 0) return raiseInvalid(errors);
  const ids = (read as PublicJwk[]).map(({ kid }) => kid);
  if (ids.length > 1 && new Set(ids.filter((kid) => kid !== undefined)).size < ids.length)
    return raiseInvalid([{ pointer: '/jwks/keys', detail: 'must have a "kid" each, and no two the same' }]);
  return { keys: read as PublicJwk[] };
}

/** The key, or what is wrong with it. */
function readKey(value: unknown): PublicJwk | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be a key';
  const key = value as Record<string, unknown>;
  if (privateMembers.some((member) => Object.hasOwn(key, member)))
    return 'is a private or a secret key: send the public one, and make another pair, because this one is no secret any more';
  const family = families[key['kty'] === 'RSA' ? 'RSA' : `${String(key['kty'])} ${String(key['crv'])}`];
  if (family === undefined) return 'must be EC on P-256, P-384 or P-521, Ed25519, or RSA';
  const { kid, use, alg } = key;
  if (kid !== undefined && !(typeof kid === 'string' && /^[\x21-\x7e]{1,200}$/.test(kid)))
    return 'must have a "kid" of 1 to 200 visible ASCII characters, or none';
  if (use !== undefined && use !== 'sig') return 'must be for signatures: "use" is "sig", or left out';
  if (alg !== undefined && !family.algs.includes(alg as string))
    return `must have an "alg" of ${family.algs.join(', ')}`;
  const kept = {
    kty: key['kty'],
    ...Object.fromEntries(family.members.map((member) => [member, key[member]])),
  } as PublicJwk;
  if (!isSound(kept, family))
    return 'is no key that can be read, or RSA of less than 2048 or more than 4096 bits';
  return {
    ...kept,
    ...(kid !== undefined && { kid }),
    ...(use !== undefined && { use: 'sig' }),
    ...(alg !== undefined && { alg: alg as string }),
  };
}

function isSound(key: PublicJwk, { members, fits }: Family): boolean {
  if (!members.every((member) => /^[A-Za-z0-9_-]{1,1000}$/.test(String(key[member])))) return false;
  try {
    return fits(createPublicKey({ key: key as JsonWebKey, format: 'jwk' }).asymmetricKeyDetails ?? {});
  } catch {
    return false;
  }
}

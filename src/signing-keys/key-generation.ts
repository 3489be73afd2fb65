import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  hash,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { unavailable } from '../platform/problems/problems.js';
import { Problem } from '../platform/problems/problem.js';
import type { SigningAlgorithm } from './signing-keys.rules.js';

/** A public key as it is published (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC' | 'RSA' | 'OKP';
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: 'sig';
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

export interface NewKey {
  readonly publicJwk: PublicJwk;
  /** PKCS #8, DER. */
  readonly privateKey: Buffer;
}

const rsaBits = 3072;
/** NIST SP 800-131A: the default, named so that no change of a library changes it. */
const rsaExponent = 0x10001;
/** More would hold connections of the database while they wait. */
const mostWaiting = 2;

const generateRsa = promisify(generateKeyPair) as (
  type: 'rsa',
  options: { modulusLength: number; publicExponent: number },
) => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** @throws Problem `unavailable` while others wait for RSA keys already */
export async function generateKey(alg: SigningAlgorithm): Promise<NewKey> {
  return keyOf(alg, await generatePair(alg));
}

function generatePair(
  alg: SigningAlgorithm,
):
  { publicKey: KeyObject; privateKey: KeyObject } | Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  // A curve's keys take a tenth of a millisecond: less than the way to another thread and back.
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return oneAfterTheOther(() => generateRsa('rsa', { modulusLength: rsaBits, publicExponent: rsaExponent }));
}

/** A large RSA key takes a thread for up to a second, and password hashes wait for the same threads. */
async function oneAfterTheOther<T>(work: () => Promise<T>): Promise<T> {
  if (waiting > mostWaiting) throw new Problem(unavailable, { retryAfterSeconds: 2 });
  waiting += 1;
  const mine = last.then(work, work);
  last = mine.catch(() => {});
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

function keyOf(alg: SigningAlgorithm, pair: { publicKey: KeyObject; privateKey: KeyObject }): NewKey {
  const { kty, crv, x, y, n, e } = pair.publicKey.export({ format: 'jwk' });
  // RFC 7638, section 3: the required members in the order of their names.
  const members = kty === 'EC' ? { crv, kty, x, y } : kty === 'RSA' ? { e, kty, n } : { crv, kty, x };
  const kid = hash('sha256', JSON.stringify(members), 'base64url');
  return {
    publicJwk: { ...members, kid, alg, use: 'sig' } as PublicJwk,
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}

export function publicKeyOf(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: jwk as never, format: 'jwk' });
}

export function privateKeyOf(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

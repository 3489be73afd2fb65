import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { generateKey, type NewKey, privateKeyOf, publicKeyOf, type PublicJwk } from './key-generation.js';
import { SigningKeyChanges } from './signing-key-changes.service.js';
import { findSigningKeys, lockIssuer, type SigningKeyRow } from './signing-keys.queries.js';
import type { SigningAlgorithm, SigningKeyState } from './signing-keys.rules.js';

export { type PublicJwk, publicKeyOf as readPublicKey } from './key-generation.js';
export {
  longestSignedTokenSeconds,
  publishedKeysMaxAgeSeconds,
  type SigningAlgorithm,
  signingAlgorithms,
} from './signing-keys.rules.js';

/** A published key of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly publicJwk: PublicJwk;
  readonly publicKey: KeyObject;
  /** Of the active one of each kind only: nothing else signs. */
  readonly privateKey: KeyObject | null;
}

/** The keys that an organization signs tokens with. */
@Injectable()
export class SigningKeys {
  /** First keys that are being generated, by organization and algorithm. */
  readonly #firsts = new Map<string, Promise<NewKey>>();

  constructor(private readonly changes: SigningKeyChanges) {}

  /**
   * Every published key of the organization that `tx` is in, of each kind the active one first. An organization that has
   * none gets its first one, for ES256.
   */
  async ofIssuer(tx: Transaction): Promise<IssuerKey[]> {
    const found = await findSigningKeys(tx);
    const keys = found.some(({ alg }) => alg === 'ES256') ? found : await this.makeFirst(tx, 'ES256');
    return keys.map((key) => ({
      kid: key.kid,
      alg: key.alg,
      state: key.state,
      publicJwk: key.publicJwk,
      publicKey: publicKeyOf(key.publicJwk),
      privateKey: key.state === 'active' ? privateKeyOf(this.changes.open(tx, key)) : null,
    }));
  }

  /**
   * Makes a key for this algorithm where the organization has none; active at once. Of many who ask at the same time one
   * makes it, on whatever server they are.
   *
   * @throws Problem `unavailable` while too many wait for RSA keys
   */
  async ensure(tx: Transaction, alg: SigningAlgorithm): Promise<void> {
    const keys = await findSigningKeys(tx);
    if (!keys.some((key) => key.alg === alg)) await this.makeFirst(tx, alg);
  }

  private async makeFirst(tx: Transaction, alg: SigningAlgorithm): Promise<SigningKeyRow[]> {
    // Before the lock: an RSA key takes up to a second.
    const key = await this.generateFirst(tx.organizationId, alg);
    await lockIssuer(tx);
    const keys = await findSigningKeys(tx);
    if (keys.some((existing) => existing.alg === alg)) return keys;
    await this.changes.publish(tx, 'system', key, null);
    return findSigningKeys(tx);
  }

  /** Who asks at the same time gets the same key, which one of them will store. */
  private async generateFirst(organizationId: string, alg: SigningAlgorithm): Promise<NewKey> {
    const place = `${organizationId}:${alg}`;
    const made = this.#firsts.get(place) ?? generateKey(alg);
    this.#firsts.set(place, made);
    try {
      return await made;
    } finally {
      this.#firsts.delete(place);
    }
  }
}

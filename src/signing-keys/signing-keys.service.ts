import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Keyring } from '../platform/crypto/keyring.js';
import type { Transaction } from '../platform/database/transaction.js';
import { generateKey, type NewKey, privateKeyOf, publicKeyOf, type PublicJwk } from './key-generation.js';
import { findSigningKeys, insertSigningKey, lockIssuer, type SigningKeyRow } from './signing-keys.queries.js';
import type { SigningAlgorithm, SigningKeyState } from './signing-keys.rules.js';

export type { PublicJwk } from './key-generation.js';
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

  constructor(
    private readonly keyring: Keyring,
    private readonly audit: Audit,
  ) {}

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
      privateKey: key.state === 'active' ? privateKeyOf(this.open(tx, key)) : null,
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

  /** Stores a new key, sealed to its place. @param activatesAt null for a key that is active from now on */
  async store(
    tx: Transaction,
    { publicJwk, privateKey }: NewKey,
    activatesAt: Date | null,
    createdBy: string | null,
  ): Promise<void> {
    const sealedPrivateKey = this.keyring.seal(placeOf(tx, publicJwk.kid), privateKey);
    await insertSigningKey(tx, { publicJwk, sealedPrivateKey, activatesAt, createdBy });
  }

  /** The private half, sealed anew; null where it is sealed under the current key already, or there is none. */
  resealed(tx: Transaction, { kid, privateKey }: SigningKeyRow): Buffer | null {
    if (privateKey === null || this.keyring.isCurrent(privateKey)) return null;
    return this.keyring.seal(placeOf(tx, kid), this.keyring.open(placeOf(tx, kid), privateKey));
  }

  private async makeFirst(tx: Transaction, alg: SigningAlgorithm): Promise<SigningKeyRow[]> {
    // Before the lock: an RSA key takes up to a second.
    const key = await this.generateFirst(tx.organizationId, alg);
    await lockIssuer(tx);
    const keys = await findSigningKeys(tx);
    if (keys.some((existing) => existing.alg === alg)) return keys;
    await this.store(tx, key, null, null);
    const target = { type: 'signing-key', id: key.publicJwk.kid };
    await this.audit.record(tx, 'system', 'signing_key.created', target, { alg, state: 'active' });
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

  private open(tx: Transaction, { kid, privateKey }: SigningKeyRow): Buffer {
    return this.keyring.open(placeOf(tx, kid), privateKey!);
  }
}

const placeOf = (tx: Transaction, kid: string): string => `signing_keys:${tx.organizationId}:${kid}`;

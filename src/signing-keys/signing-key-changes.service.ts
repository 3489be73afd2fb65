import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import { Keyring } from '../platform/crypto/keyring.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { NewKey } from './key-generation.js';
import {
  activateSigningKey,
  deleteSigningKey,
  insertSigningKey,
  retireSigningKey,
  sealSigningKey,
  type SigningKeyRow,
} from './signing-keys.queries.js';
import { removalAfterRetirement } from './signing-keys.rules.js';

/** Every step that a key can take, with its audit event. The caller holds the lock of the issuer. */
@Injectable()
export class SigningKeyChanges {
  constructor(
    private readonly keyring: Keyring,
    private readonly audit: Audit,
  ) {}

  /** @param activatesAt when it takes over; null for a key that is the first of its kind, or takes over now */
  async publish(tx: Transaction, actor: AuditActor, key: NewKey, activatesAt: Date | null): Promise<void> {
    const { kid, alg } = key.publicJwk;
    await insertSigningKey(tx, {
      publicJwk: key.publicJwk,
      sealedPrivateKey: this.keyring.seal(placeOf(tx, kid), key.privateKey),
      activatesAt,
      createdBy: actor === 'system' || actor.kind === 'anonymous' ? null : actor.userId,
    });
    const state = activatesAt === null ? 'active' : 'next';
    await this.audit.record(tx, actor, 'signing_key.published', targetOf(kid), { alg, state, activatesAt });
  }

  /** A next key takes over from the active one of its kind, if there still is one. */
  async activate(
    tx: Transaction,
    actor: AuditActor,
    next: SigningKeyRow,
    active: SigningKeyRow | null,
  ): Promise<void> {
    if (active !== null) await this.retire(tx, actor, active);
    await activateSigningKey(tx, next.kid);
    await this.audit.record(tx, actor, 'signing_key.activated', targetOf(next.kid), { alg: next.alg });
  }

  async retire(tx: Transaction, actor: AuditActor, { kid, alg }: SigningKeyRow): Promise<void> {
    const removeAt = removalAfterRetirement(new Date());
    await retireSigningKey(tx, kid, removeAt);
    await this.audit.record(tx, actor, 'signing_key.retired', targetOf(kid), { alg, removeAt });
  }

  async remove(tx: Transaction, actor: AuditActor, { kid, alg, state }: SigningKeyRow): Promise<void> {
    await deleteSigningKey(tx, kid);
    await this.audit.record(tx, actor, 'signing_key.removed', targetOf(kid), { alg, state });
  }

  /** Seals under the current key what is sealed under an older one. */
  async sealAnew(tx: Transaction, { kid, privateKey }: SigningKeyRow): Promise<void> {
    if (privateKey === null || this.keyring.isCurrent(privateKey)) return;
    const clear = this.keyring.open(placeOf(tx, kid), privateKey);
    await sealSigningKey(tx, kid, this.keyring.seal(placeOf(tx, kid), clear));
  }

  /** The private half of a key, PKCS #8. */
  open(tx: Transaction, { kid, privateKey }: SigningKeyRow): Buffer {
    return this.keyring.open(placeOf(tx, kid), privateKey!);
  }
}

const placeOf = (tx: Transaction, kid: string): string => `signing_keys:${tx.organizationId}:${kid}`;

const targetOf = (kid: string) => ({ type: 'signing-key', id: kid });

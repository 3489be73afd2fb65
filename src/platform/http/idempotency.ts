import { createHmac } from 'node:crypto';
import { applyDecorators, Inject, Injectable } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { Actor, Anonymous } from '../access/actor.js';
import { Keyring } from '../crypto/keyring.js';
import { hashToken } from '../crypto/secret-token.js';
import { uuidOfBytes } from '../crypto/uuid.js';
import type { Transaction } from '../database/transaction.js';
import { idempotencyKeyReused } from '../problems/problems.js';
import { Problem } from '../problems/problem.js';

/** Documents `Idempotency-Key` on an operation that creates. */
export const TakesIdempotencyKey = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Repetitions with the same key and body have one effect and get the same answer, for 24 hours',
      schema: { type: 'string', minLength: 1, maxLength: 200, example: '3f1c9a52-create-acme' },
    }),
    ApiExtension('x-idempotent', true),
  );

/** Stands for the actor where nobody has signed in. */
const nobody = '00000000-0000-0000-0000-000000000000';

interface Claim {
  request_hash: Buffer;
  sealed_response: Buffer | null;
}

/**
 * Makes a repeated request have one effect. The claim is a row of the same transaction as the effect: a parallel
 * repetition waits for it at the unique index, and a crash leaves neither.
 */
@Injectable()
export class Idempotency {
  readonly #requestKey: Buffer;

  constructor(@Inject(Keyring) private readonly keyring: Keyring) {
    this.#requestKey = keyring.derive('idempotent requests');
  }

  /**
   * Runs `work` inside the caller's transaction, or answers what it answered before.
   *
   * @throws Problem `idempotency_key_reused` when the key came with another request
   */
  async once<T>(tx: Transaction, caller: Actor | Anonymous, work: () => Promise<T>): Promise<T> {
    const { idempotency } = caller.origin;
    if (idempotency === null) return work();
    const organizationId = tx.organizationId;
    const actorId = idOf(caller);
    const keyHash = hashToken(idempotency.key);
    // Keyed, because a body may hold a password, and a bare hash of it would be quick to guess.
    const requestHash = createHmac('sha256', this.#requestKey).update(idempotency.requestHash).digest();
    await tx.query(
      `delete from idempotency_keys
        where org_id = $1 and actor_id = $2 and key_hash = $3 and created_at < now() - interval '24 hours'`,
      [organizationId, actorId, keyHash],
    );
    const claimed = await tx.query(
      `insert into idempotency_keys (org_id, actor_id, key_hash, request_hash) values ($1, $2, $3, $4)
       on conflict do nothing returning 1`,
      [organizationId, actorId, keyHash, requestHash],
    );
    const place = `idempotency_keys:${organizationId}:${actorId}:${keyHash.toString('hex')}`;
    if (claimed.length === 0)
      return this.earlierAnswer<T>(tx, organizationId, actorId, keyHash, place, requestHash);
    const response = await work();
    if (tx.organizationId !== organizationId) await tx.enter(organizationId);
    // Sealed, because it may hold a secret that is shown once.
    await tx.query(
      `update idempotency_keys set sealed_response = $4 where org_id = $1 and actor_id = $2 and key_hash = $3`,
      [organizationId, actorId, keyHash, this.keyring.seal(place, Buffer.from(JSON.stringify(response)))],
    );
    return response;
  }

  private async earlierAnswer<T>(
    tx: Transaction,
    organizationId: string,
    actorId: string,
    keyHash: Buffer,
    place: string,
    requestHash: Buffer,
  ): Promise<T> {
    const claim = await tx.queryOne<Claim>(
      `select request_hash, sealed_response from idempotency_keys
        where org_id = $1 and actor_id = $2 and key_hash = $3`,
      [organizationId, actorId, keyHash],
    );
    if (claim === null || claim.sealed_response === null)
      throw new Error('an idempotency claim is incomplete');
    if (!claim.request_hash.equals(requestHash)) throw new Problem(idempotencyKeyReused);
    return JSON.parse(this.keyring.open(place, claim.sealed_response).toString()) as T;
  }
}

/**
 * An API key is on its own: answers to its creator, such as another key, are not for it. So is an application, with
 * each of the people for whom it acts.
 */
function idOf(caller: Actor | Anonymous): string {
  if (caller.kind === 'anonymous') return nobody;
  if (caller.kind === 'session') return caller.userId;
  if (caller.kind !== 'access-token') return caller.credentialId;
  return uuidOfBytes(hashToken(`${caller.credentialId} ${caller.applicationId}`).subarray(0, 16));
}

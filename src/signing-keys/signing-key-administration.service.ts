import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { generateKey, type NewKey } from './key-generation.js';
import { SigningKeyChanges } from './signing-key-changes.service.js';
import {
  type PublishSigningKey,
  type SigningKeyList,
  signingKeyView,
  type SigningKeyView,
} from './signing-keys.dto.js';
import { signingKeyWaitsProblem, tooManySigningKeysProblem } from './signing-keys.problems.js';
import { findSigningKeys, lockIssuer, type SigningKeyRow } from './signing-keys.queries.js';
import { manualActivation, mostPublished, type SigningAlgorithm } from './signing-keys.rules.js';

/** What people do with keys: look at them, have another one, and be rid of one in an emergency. */
@Injectable()
export class SigningKeyAdministration {
  constructor(
    private readonly database: Database,
    private readonly changes: SigningKeyChanges,
    private readonly idempotency: Idempotency,
  ) {}

  list(actor: Actor): Promise<SigningKeyList> {
    return this.database.forOrganization(actor.organization.id, async (tx) => ({
      items: (await findSigningKeys(tx)).map(signingKeyView),
    }));
  }

  /**
   * Publishes a key that takes over in a day, or now: immediately, or as the first of its kind.
   *
   * @throws Problem `signing_key_waits`, `too_many_signing_keys`, `unavailable`
   */
  publish(actor: Actor, { alg = 'ES256', immediately = false }: PublishSigningKey): Promise<SigningKeyView> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        // Made before the lock: an RSA key takes up to a second.
        const key = await generateKey(alg);
        const { active, next, count } = await this.lock(tx, alg);
        if (next !== null && !immediately) throw signingKeyWaitsProblem(next.kid, next.activatesAt!);
        if (next === null && count >= mostPublished) throw tooManySigningKeysProblem(alg, mostPublished);
        const kid = await this.takeStep(tx, actor, { key, active, next, immediately });
        return signingKeyView((await findSigningKeys(tx)).find((found) => found.kid === kid)!);
      }),
    );
  }

  /**
   * Takes a key away at once, with everything that it has signed. In the place of an active one signs the next from now
   * on, or a new one.
   *
   * @throws Problem `not_found`, `unavailable`
   */
  remove(actor: Actor, kid: string): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { alg, state } = (await this.find(tx, kid)) ?? raise(notFoundProblem());
      // Before the lock again. Nothing leads from retired back to active.
      const successor = state === 'retired' ? null : await generateKey(alg);
      const { active, next } = await this.lock(tx, alg);
      const key = (await this.find(tx, kid)) ?? raise(notFoundProblem());
      await this.changes.remove(tx, actor, key);
      if (active?.kid !== kid) return;
      if (next !== null) await this.changes.activate(tx, actor, next, null);
      else await this.changes.publish(tx, actor, successor!, null);
    });
  }

  /** @returns the key that was published, or put to use */
  private async takeStep(
    tx: Transaction,
    actor: Actor,
    step: { key: NewKey; active: SigningKeyRow | null; next: SigningKeyRow | null; immediately: boolean },
  ): Promise<string> {
    const { key, active, next, immediately } = step;
    if (next !== null) {
      // Some have read it already, while nobody knows the new one.
      await this.changes.activate(tx, actor, next, active);
      return next.kid;
    }
    const isNow = immediately || active === null;
    if (isNow && active !== null) await this.changes.retire(tx, actor, active);
    await this.changes.publish(tx, actor, key, isNow ? null : manualActivation(new Date()));
    return key.publicJwk.kid;
  }

  private async find(tx: Transaction, kid: string): Promise<SigningKeyRow | null> {
    return (await findSigningKeys(tx)).find((key) => key.kid === kid) ?? null;
  }

  /** Keys of one kind, as they stay until the transaction ends. */
  private async lock(
    tx: Transaction,
    alg: SigningAlgorithm,
  ): Promise<{ active: SigningKeyRow | null; next: SigningKeyRow | null; count: number }> {
    await lockIssuer(tx);
    const keys = (await findSigningKeys(tx)).filter((key) => key.alg === alg);
    const inState = (state: string) => keys.find((key) => key.state === state) ?? null;
    return { active: inState('active'), next: inState('next'), count: keys.length };
  }
}

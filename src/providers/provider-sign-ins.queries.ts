import type { Transaction } from '../platform/database/transaction.js';
import type { AttemptKind } from './provider-attempts.queries.js';
import type { AttemptStep } from './upstream/journal.js';

export interface NewSignIn {
  readonly id: string;
  readonly providerId: string;
  readonly providerVersion: number;
  readonly attemptId: string;
  readonly stateHash: Buffer;
  readonly browserHash: Buffer;
  readonly secrets: Buffer;
  readonly kind: AttemptKind;
  readonly interaction: string | null;
  readonly returnTo: string | null;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly lifetimeSeconds: number;
}

export async function insertSignIn(tx: Transaction, signIn: NewSignIn): Promise<void> {
  await tx.query(
    `insert into provider_sign_ins (org_id, id, provider_id, provider_version, attempt_id, state_hash, browser_hash,
                                    secrets, kind, interaction, return_to, session_id, user_id, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now() + make_interval(secs => $14))`,
    [
      tx.organizationId,
      signIn.id,
      signIn.providerId,
      signIn.providerVersion,
      signIn.attemptId,
      signIn.stateHash,
      signIn.browserHash,
      signIn.secrets,
      signIn.kind,
      signIn.interaction,
      signIn.returnTo,
      signIn.sessionId,
      signIn.userId,
      signIn.lifetimeSeconds,
    ],
  );
}

export interface SignInRow {
  readonly id: string;
  readonly providerId: string;
  readonly providerVersion: number;
  readonly secrets: Buffer;
  readonly kind: AttemptKind;
  readonly interaction: string | null;
  readonly returnTo: string | null;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly createdAt: Date;
  readonly attemptId: string;
  readonly reference: string;
  readonly steps: readonly AttemptStep[];
  readonly isOfBrowser: boolean;
  readonly isExpired: boolean;
  readonly isUsed: boolean;
}

/** The one that was begun with that state, however it stands with it; null where there is none. */
export function findSignIn(
  tx: Transaction,
  stateHash: Buffer,
  browserHash: Buffer | null,
): Promise<SignInRow | null> {
  return tx.queryOne<SignInRow>(
    `select s.id, s.provider_id as "providerId", s.provider_version as "providerVersion", s.secrets, s.kind,
            s.interaction, s.return_to as "returnTo", s.session_id as "sessionId", s.user_id as "userId",
            s.created_at as "createdAt", s.attempt_id as "attemptId", a.reference, a.steps,
            s.browser_hash is not distinct from $3::bytea as "isOfBrowser", s.expires_at <= now() as "isExpired",
            s.consumed_at is not null as "isUsed"
       from provider_sign_ins s join provider_attempts a on a.org_id = s.org_id and a.id = s.attempt_id
      where s.org_id = $1 and s.state_hash = $2`,
    [tx.organizationId, stateHash, browserHash],
  );
}

/** Of many at once one gets it. */
export async function consumeSignIn(tx: Transaction, id: string, browserHash: Buffer): Promise<boolean> {
  const consumed = await tx.query(
    `update provider_sign_ins set consumed_at = now(), updated_at = now()
      where org_id = $1 and id = $2 and browser_hash = $3 and consumed_at is null and expires_at > now() returning 1`,
    [tx.organizationId, id, browserHash],
  );
  return consumed.length > 0;
}

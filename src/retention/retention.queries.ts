import type { Transaction } from '../platform/database/transaction.js';

/*
 * Each deletes at most a batch, in any organization, and returns how much it was. The functions of the database decide
 * what is over; nobody can make them delete anything else.
 */

export const prepareAuditPartitions = (tx: Transaction): Promise<number> =>
  ask(tx, 'select prepare_audit_partitions() as rows', []);

export const purgeAuditEvents = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_audit_events($1, $2) as rows', [keepDays, batch]);

export const purgeSessions = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_sessions($1, $2) as rows', [keepDays, batch]);

export const purgeVerificationTokens = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_verification_tokens($1, $2) as rows', [keepDays, batch]);

export const purgeMails = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_mails($1, $2) as rows', [keepDays, batch]);

export const purgeLogoutDeliveries = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_logout_deliveries($1, $2) as rows', [keepDays, batch]);

export const purgeOidcArtifacts = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_oidc_artifacts($1) as rows', [batch]);

export const purgeOidcGrants = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_oidc_grants($1) as rows', [batch]);

export const purgeTokenRevocations = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_token_revocations($1) as rows', [batch]);

export const purgeIdempotencyKeys = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_idempotency_keys($1) as rows', [batch]);

export const purgeSignInFlows = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_sign_in_flows($1) as rows', [batch]);

export const purgeProviderAttempts = (tx: Transaction, keepDays: number, batch: number): Promise<number> =>
  ask(tx, 'select purge_provider_attempts($1, $2) as rows', [keepDays, batch]);

export const purgeProviderSignIns = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_provider_sign_ins($1) as rows', [batch]);

export const purgeAttemptCounters = (tx: Transaction, batch: number): Promise<number> =>
  ask(tx, 'select purge_attempt_counters($1) as rows', [batch]);

async function ask(tx: Transaction, statement: string, values: readonly number[]): Promise<number> {
  const row = await tx.queryOne<{ rows: number }>(statement, values);
  return row!.rows;
}

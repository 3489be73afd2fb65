import type { Transaction } from '../platform/database/transaction.js';

export interface RevocationRow {
  place: string;
  subject: string;
  sessionId: string | null;
  applicationId: string | null;
  issuedBefore: Date;
  expiresAt: Date;
}

/** Behind a place of the list, in its order. */
export function listRevocations(tx: Transaction, after: string, limit: number): Promise<RevocationRow[]> {
  return tx.query(
    `select place, subject, session_id as "sessionId", application_id as "applicationId",
            issued_before as "issuedBefore", expires_at as "expiresAt"
       from list_token_revocations($1, $2)`,
    [after, limit],
  );
}

export interface UnpublishedRevocation {
  organizationId: string;
  subject: string;
  issuedBefore: Date;
  expiresAt: Date;
}

/** Takes revocations of any organization as published; whoever fails to publish them rolls back. */
export function takeUnpublished(tx: Transaction, limit: number): Promise<UnpublishedRevocation[]> {
  return tx.query(
    `select org_id as "organizationId", subject, issued_before as "issuedBefore", expires_at as "expiresAt"
       from publish_token_revocations($1)`,
    [limit],
  );
}

/** Has everything published again, or what was in the last seconds. */
export async function unpublish(tx: Transaction, withinSeconds: number | null): Promise<void> {
  await tx.query('select unpublish_token_revocations($1)', [withinSeconds]);
}

export async function findPlatformId(tx: Transaction): Promise<string> {
  const row = await tx.queryOne<{ id: string }>('select id from organizations where is_platform');
  return row!.id;
}

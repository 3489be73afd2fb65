import type { Transaction } from '../../platform/database/transaction.js';
import type { GrantPayload } from './grant-payload.rules.js';

/** The living grant of that application in that session. */
export async function lockGrant(
  tx: Transaction,
  grantId: string,
  owner: { userId: string; applicationId: string; sessionId: string },
): Promise<GrantPayload | null> {
  const row = await tx.queryOne<{ payload: GrantPayload }>(
    `select payload from oidc_grants
      where org_id = $1 and id = $2 and user_id = $3 and application_id = $4 and session_id = $5 and revoked_at is null
        for update`,
    [tx.organizationId, grantId, owner.userId, owner.applicationId, owner.sessionId],
  );
  return row?.payload ?? null;
}

export async function updateGrant(tx: Transaction, grantId: string, payload: GrantPayload): Promise<void> {
  await tx.query('update oidc_grants set payload = $3, updated_at = now() where org_id = $1 and id = $2', [
    tx.organizationId,
    grantId,
    JSON.stringify(payload),
  ]);
}

/** The living grant of an application in a session. */
export async function findGrantOf(
  tx: Transaction,
  sessionId: string,
  applicationId: string,
): Promise<string | null> {
  const row = await tx.queryOne<{ id: string }>(
    `select id from oidc_grants
      where org_id = $1 and session_id = $2 and application_id = $3 and revoked_at is null
      order by created_at desc limit 1`,
    [tx.organizationId, sessionId, applicationId],
  );
  return row?.id ?? null;
}

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

/**
 * The living grant of an application in a session, and when that session ends at the latest. The first one: what it got
 * by exchanges came later, and would make a chain without an end.
 */
export function findGrantOf(
  tx: Transaction,
  sessionId: string,
  applicationId: string,
): Promise<{ id: string; endsAt: Date } | null> {
  return tx.queryOne(
    `select g.id, s.expires_at as "endsAt"
       from oidc_grants g join sessions s on s.org_id = g.org_id and s.id = g.session_id
      where g.org_id = $1 and g.session_id = $2 and g.application_id = $3 and g.revoked_at is null
      order by g.parent_id is not null, g.created_at, g.id limit 1`,
    [tx.organizationId, sessionId, applicationId],
  );
}

import type { Transaction } from '../../platform/database/transaction.js';
import type { Allowed } from './allowance.rules.js';

export async function findConsent(
  tx: Transaction,
  userId: string,
  applicationId: string,
): Promise<Allowed | null> {
  const row = await tx.queryOne<{ allowed: Allowed }>(
    'select allowed from oidc_consents where org_id = $1 and user_id = $2 and application_id = $3',
    [tx.organizationId, userId, applicationId],
  );
  return row?.allowed ?? null;
}

export async function storeConsent(
  tx: Transaction,
  userId: string,
  applicationId: string,
  allowed: Allowed,
): Promise<void> {
  await tx.query(
    `insert into oidc_consents (org_id, user_id, application_id, allowed) values ($1, $2, $3, $4)
     on conflict (org_id, user_id, application_id) do update set allowed = excluded.allowed, updated_at = now()`,
    [tx.organizationId, userId, applicationId, JSON.stringify(allowed)],
  );
}

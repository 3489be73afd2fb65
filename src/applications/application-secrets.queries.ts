import type { Transaction } from '../platform/database/transaction.js';
import { ApplicationSecret } from './application-secret.entity.js';

const living = '(s.expires_at is null or s.expires_at > now())';

/** The living ones, oldest first. */
export function findSecrets(tx: Transaction, applicationId: string): Promise<ApplicationSecret[]> {
  return tx.manager
    .createQueryBuilder(ApplicationSecret, 's')
    .where(`s.org_id = :orgId and s.application_id = :applicationId and ${living}`, {
      orgId: tx.organizationId,
      applicationId,
    })
    .orderBy('s.created_at')
    .addOrderBy('s.id')
    .getMany();
}

/** Those that have ended give up their places. */
export async function deleteEndedSecrets(tx: Transaction, applicationId: string): Promise<void> {
  await tx.query(
    `delete from application_secrets s where s.org_id = $1 and s.application_id = $2 and not ${living}`,
    [tx.organizationId, applicationId],
  );
}

export async function insertSecret(
  tx: Transaction,
  secret: Pick<
    ApplicationSecret,
    'id' | 'applicationId' | 'place' | 'secretHash' | 'hint' | 'expiresAt' | 'createdBy'
  >,
): Promise<void> {
  await tx.manager.insert(ApplicationSecret, { ...secret, orgId: tx.organizationId });
}

/** @returns the last characters of it, or null where there was none */
export async function deleteSecret(
  tx: Transaction,
  applicationId: string,
  id: string,
): Promise<string | null> {
  const row = await tx.queryOne<{ hint: string }>(
    `delete from application_secrets s where s.org_id = $1 and s.application_id = $2 and s.id = $3 and ${living}
     returning s.hint`,
    [tx.organizationId, applicationId, id],
  );
  return row?.hint ?? null;
}

export async function deleteSecrets(tx: Transaction, applicationId: string): Promise<void> {
  await tx.manager.delete(ApplicationSecret, { orgId: tx.organizationId, applicationId });
}

import type { Transaction } from '../platform/database/transaction.js';
import type { PolicyDocuments, PolicyKind } from './policies.rules.js';

/** The organization's own document and the platform's, each empty where there is none. */
export async function findPolicyDocuments<Kind extends PolicyKind>(
  tx: Transaction,
  kind: Kind,
): Promise<PolicyDocuments<Kind>> {
  const row = await tx.queryOne<PolicyDocuments<Kind>>(
    `select own, platform, is_platform as "isPlatform" from read_policies($2) where $1::uuid = current_org_id()`,
    [tx.organizationId, kind],
  );
  return row!;
}

/** Makes changes of one policy wait for each other, also where there is no row to lock yet. */
export async function lockPolicy(tx: Transaction, kind: PolicyKind): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('policy ' || $1 || ' ' || $2, 0))`, [
    tx.organizationId,
    kind,
  ]);
}

export async function savePolicy(
  tx: Transaction,
  kind: PolicyKind,
  document: object,
  updatedBy: string,
): Promise<void> {
  await tx.query(
    `insert into policies (org_id, kind, document, created_by, updated_by) values ($1, $2, $3, $4, $4)
     on conflict (org_id, kind) do update
        set document = excluded.document, updated_by = excluded.updated_by, updated_at = now()`,
    [tx.organizationId, kind, JSON.stringify(document), updatedBy],
  );
}

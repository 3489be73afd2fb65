import type { Transaction } from '../platform/database/transaction.js';
import type { PolicyKind, PolicyValues } from './policies.rules.js';

interface Documents<Kind extends PolicyKind> {
  own: Partial<PolicyValues[Kind]>;
  platform: Partial<PolicyValues[Kind]>;
  is_platform: boolean;
}

/** The organization's own document and the platform's, each empty where there is none. */
export async function findPolicyDocuments<Kind extends PolicyKind>(
  tx: Transaction,
  kind: Kind,
): Promise<Documents<Kind>> {
  const row = await tx.queryOne<Documents<Kind>>('select own, platform, is_platform from read_policies($1)', [
    kind,
  ]);
  return row!;
}

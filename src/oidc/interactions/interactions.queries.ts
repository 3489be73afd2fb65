import type { Transaction } from '../../platform/database/transaction.js';

export interface InteractionPayload {
  readonly returnTo: string;
  readonly prompt: {
    readonly name: string;
    readonly reasons: readonly string[];
    readonly details: {
      readonly missingOIDCScope?: readonly string[];
      readonly missingOIDCClaims?: readonly string[];
      readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>;
    };
  };
  readonly params: Readonly<Record<string, unknown>>;
  readonly session?: {
    readonly accountId: string;
    readonly uid: string;
    readonly cookie?: string;
    readonly acr?: string;
    readonly amr?: readonly string[];
  };
  readonly lastSubmission?: Readonly<Record<string, unknown>>;
  readonly grantId?: string;
  readonly deviceCode?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** A living interaction of this browser, locked when it is about to change. */
export async function findInteraction(
  tx: Transaction,
  idHash: Buffer,
  browserHash: Buffer,
  isChange = false,
): Promise<InteractionPayload | null> {
  const row = await tx.queryOne<{ payload: InteractionPayload }>(
    `select payload from oidc_artifacts
      where org_id = $1 and kind = 'Interaction' and id_hash = $2 and browser_hash = $3 and expires_at > now()
      ${isChange ? 'for update' : ''}`,
    [tx.organizationId, idHash, browserHash],
  );
  return row?.payload ?? null;
}

export async function updateInteraction(
  tx: Transaction,
  idHash: Buffer,
  payload: InteractionPayload,
): Promise<void> {
  await tx.query(
    `update oidc_artifacts set payload = $3 where org_id = $1 and kind = 'Interaction' and id_hash = $2`,
    [tx.organizationId, idHash, JSON.stringify(payload)],
  );
}

import type { Database } from '../../platform/database/database.js';
import type { Payload } from './artifacts.queries.js';

const read = { name: 'read_grant', text: 'select * from tenantry.read_grant($1, $2)' };
const store = { name: 'store_grant', text: 'select tenantry.store_grant($1, $2, $3, $4, $5, $6, $7)' };
const revoke = { name: 'revoke_grant', text: 'select tenantry.revoke_grant($1, $2)' };

export async function readGrant(
  database: Database,
  organizationId: string,
  grantId: string,
): Promise<Payload | null> {
  const [row] = await database.call<{ payload: Payload }>(read, [organizationId, grantId]);
  return row?.payload ?? null;
}

export interface StoredGrant {
  readonly id: string;
  readonly userId: string;
  readonly applicationId: string;
  readonly sessionId: string;
  /** With which it ends. */
  readonly parentId?: string;
  readonly payload: Payload;
}

export async function storeGrant(
  database: Database,
  organizationId: string,
  grant: StoredGrant,
): Promise<void> {
  const { id, userId, applicationId, sessionId, parentId = null, payload } = grant;
  const text = JSON.stringify(payload);
  await database.call(store, [organizationId, id, userId, applicationId, sessionId, parentId, text]);
}

/** With everything that was issued under it. */
export async function revokeGrant(
  database: Database,
  organizationId: string,
  grantId: string,
): Promise<void> {
  await database.call(revoke, [organizationId, grantId]);
}

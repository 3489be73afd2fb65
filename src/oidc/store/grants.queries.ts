import type { Database } from '../../platform/database/database.js';
import type { Payload } from './artifacts.queries.js';

const read = { name: 'read_grant', text: 'select * from tenantry.read_grant($1, $2)' };
const store = { name: 'store_grant', text: 'select tenantry.store_grant($1, $2, $3, $4, $5, $6)' };
const revoke = { name: 'revoke_grant', text: 'select tenantry.revoke_grant($1, $2)' };

export async function readGrant(
  database: Database,
  organizationId: string,
  grantId: string,
): Promise<Payload | null> {
  const [row] = await database.call<{ payload: Payload }>(read, [organizationId, grantId]);
  return row?.payload ?? null;
}

export async function storeGrant(
  database: Database,
  organizationId: string,
  grant: { id: string; userId: string; applicationId: string; sessionId: string; payload: Payload },
): Promise<void> {
  const { id, userId, applicationId, sessionId, payload } = grant;
  await database.call(store, [organizationId, id, userId, applicationId, sessionId, JSON.stringify(payload)]);
}

/** With everything that was issued under it. */
export async function revokeGrant(
  database: Database,
  organizationId: string,
  grantId: string,
): Promise<void> {
  await database.call(revoke, [organizationId, grantId]);
}

import type { Database } from '../../platform/database/database.js';
import type { Payload } from './artifacts.queries.js';

const read = { name: 'read_grant', text: 'select * from tenantry.read_grant($1, $2)' };
const store = { name: 'store_grant', text: 'select tenantry.store_grant($1, $2, $3, $4, $5, $6)' };
const exchange = {
  name: 'find_or_store_exchanged_grant',
  text: 'select tenantry.find_or_store_exchanged_grant($1, $2, $3, $4, $5, $6, $7) as id',
};
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
  readonly payload: Payload;
}

export async function storeGrant(
  database: Database,
  organizationId: string,
  grant: StoredGrant,
): Promise<void> {
  const { id, userId, applicationId, sessionId, payload } = grant;
  const text = JSON.stringify(payload);
  await database.call(store, [organizationId, id, userId, applicationId, sessionId, text]);
}

/** One for each application that exchanges what was issued under another one, however often it does. @returns its id */
export async function storeExchangedGrant(
  database: Database,
  organizationId: string,
  /** With its parent it ends. */
  grant: StoredGrant & { readonly parentId: string },
): Promise<string> {
  const { id, userId, applicationId, sessionId, parentId, payload } = grant;
  const values = [organizationId, id, userId, applicationId, sessionId, parentId, JSON.stringify(payload)];
  const [row] = await database.call<{ id: string | null }>(exchange, values);
  if (!row?.id) throw new Error('a grant that is revoked as often as it is stored');
  return row.id;
}

/** With everything that was issued under it. */
export async function revokeGrant(
  database: Database,
  organizationId: string,
  grantId: string,
): Promise<void> {
  await database.call(revoke, [organizationId, grantId]);
}

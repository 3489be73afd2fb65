import type { Database } from '../platform/database/database.js';

const record = {
  name: 'record_secret_uses',
  text: 'select tenantry.record_secret_uses($1::uuid[], $2::bytea[])',
};

/** That these secrets were used just now. */
export async function recordSecretUses(
  database: Database,
  uses: readonly { readonly organizationId: string; readonly secretHash: Buffer }[],
): Promise<void> {
  await database.call(record, [
    uses.map(({ organizationId }) => organizationId),
    uses.map(({ secretHash }) => secretHash),
  ]);
}

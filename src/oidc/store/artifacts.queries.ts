import type { Database, NamedStatement } from '../../platform/database/database.js';

/*
 * One prepared statement each, and a whole unit of work: a protocol request makes several, and each way to the database
 * would otherwise be four messages instead of one.
 */

const prepared = (name: string, call: string): NamedStatement => ({
  name,
  text: `select * from tenantry.${call}`,
});

const statements = {
  read: prepared('read_artifact', 'read_artifact($1, $2, $3, $4)'),
  storeOnce: prepared('store_once', 'store_once($1, $2, $3, $4, to_timestamp($5)) as is_new'),
  remove: prepared('remove_artifact', 'remove_artifact($1, $2, $3)'),
};

export type Payload = Record<string, unknown>;

export interface ArtifactRow {
  id_hash: Buffer;
  payload: Payload;
  is_consumed: boolean;
  grant_payload: Payload | null;
  browser_hash: Buffer | null;
  amr: string[] | null;
  auth_time: Date | null;
  session_ends_at: Date | null;
}

/** Null for what does not hold (any more). */
export async function readArtifact(
  database: Database,
  organizationId: string,
  kind: string,
  { idHash = null, userCodeHash = null }: { idHash?: Buffer | null; userCodeHash?: Buffer | null },
): Promise<ArtifactRow | null> {
  const [row] = await database.call<ArtifactRow>(statements.read, [
    organizationId,
    kind,
    idHash,
    userCodeHash,
  ]);
  return row ?? null;
}

/** @returns whether it was not there */
export async function storeOnce(
  database: Database,
  organizationId: string,
  kind: string,
  idHash: Buffer,
  expiresAt: number,
): Promise<boolean> {
  const values = [organizationId, kind, idHash, '{}', expiresAt];
  const [row] = await database.call<{ is_new: boolean }>(statements.storeOnce, values);
  return row!.is_new;
}

export async function removeArtifact(
  database: Database,
  organizationId: string,
  kind: string,
  idHash: Buffer,
): Promise<void> {
  await database.call(statements.remove, [organizationId, kind, idHash]);
}

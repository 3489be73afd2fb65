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
  store: prepared(
    'store_artifact',
    'store_artifact($1, $2, $3, $4, to_timestamp($5), $6, $7, $8, $9, $10, $11)',
  ),
  storeOnce: prepared('store_once', 'store_once($1, $2, $3, $4, to_timestamp($5)) as is_new'),
  consume: prepared('consume_artifact', 'consume_artifact($1, $2, $3) as is_first'),
  rotate: prepared('rotate_refresh_token', 'rotate_refresh_token($1, $2, $3, $4, $5, to_timestamp($6))'),
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
}

export interface NewArtifact {
  readonly idHash: Buffer;
  readonly payload: Payload;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly grantId: string | null;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
  readonly userCodeHash: Buffer | null;
  readonly browserHash: Buffer | null;
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

export async function storeArtifact(
  database: Database,
  organizationId: string,
  kind: string,
  artifact: NewArtifact,
): Promise<void> {
  await database.call(statements.store, [
    organizationId,
    kind,
    artifact.idHash,
    JSON.stringify(artifact.payload),
    artifact.expiresAt,
    artifact.grantId,
    artifact.sessionId,
    artifact.userId,
    artifact.applicationId,
    artifact.userCodeHash,
    artifact.browserHash,
  ]);
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

/** @returns false for whoever comes second: then everything that the first one got is dead */
export async function consumeArtifact(
  database: Database,
  organizationId: string,
  kind: string,
  idHash: Buffer,
): Promise<boolean> {
  const [row] = await database.call<{ is_first: boolean }>(statements.consume, [
    organizationId,
    kind,
    idHash,
  ]);
  return row!.is_first;
}

export interface Rotation {
  readonly verdict: 'rotated' | 'repeated' | 'reused';
  /** With `repeated`: the first successor, sealed. */
  readonly sealed: Buffer | null;
}

export async function rotateRefreshToken(
  database: Database,
  organizationId: string,
  idHash: Buffer,
  successor: { idHash: Buffer; sealed: Buffer; payload: Payload; expiresAt: number },
): Promise<Rotation> {
  const [row] = await database.call<Rotation>(statements.rotate, [
    organizationId,
    idHash,
    successor.idHash,
    successor.sealed,
    JSON.stringify(successor.payload),
    successor.expiresAt,
  ]);
  return row!;
}

export async function removeArtifact(
  database: Database,
  organizationId: string,
  kind: string,
  idHash: Buffer,
): Promise<void> {
  await database.call(statements.remove, [organizationId, kind, idHash]);
}

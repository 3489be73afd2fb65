import type { Transaction } from '../platform/database/transaction.js';
import type { PublicJwk } from './key-generation.js';
import type { SigningAlgorithm, SigningKeyState } from './signing-keys.rules.js';

export interface SigningKeyRow {
  kid: string;
  alg: SigningAlgorithm;
  state: SigningKeyState;
  publicJwk: PublicJwk;
  /** Sealed; null once it is retired. */
  privateKey: Buffer | null;
  publishedAt: Date;
  activatesAt: Date | null;
  activatedAt: Date | null;
  retiredAt: Date | null;
  removeAt: Date | null;
}

const columns = `kid, alg, state, public_jwk as "publicJwk", private_key as "privateKey", published_at as "publishedAt",
  activates_at as "activatesAt", activated_at as "activatedAt", retired_at as "retiredAt", remove_at as "removeAt"`;

/** Every published key: of each kind the active one first, then the next, then the retired ones from new to old. */
export function findSigningKeys(tx: Transaction): Promise<SigningKeyRow[]> {
  return tx.query(
    `select ${columns} from signing_keys where org_id = $1
      order by array_position(array['ES256', 'RS256', 'EdDSA'], alg),
               array_position(array['active', 'next', 'retired'], state), retired_at desc, kid`,
    [tx.organizationId],
  );
}

/**
 * Lets nobody else change the organization's keys before the transaction ends. The row of the organization is what every
 * change of a key writes to, so taking it first keeps two from waiting for each other. Signing in does not wait.
 */
export async function lockIssuer(tx: Transaction): Promise<void> {
  await tx.query('select from organizations where id = $1 for no key update', [tx.organizationId]);
}

export interface NewSigningKeyRow {
  readonly publicJwk: PublicJwk;
  readonly sealedPrivateKey: Buffer;
  /** Null for a key that is active from now on. */
  readonly activatesAt: Date | null;
  readonly createdBy: string | null;
}

export async function insertSigningKey(tx: Transaction, key: NewSigningKeyRow): Promise<void> {
  await tx.query(
    `insert into signing_keys (org_id, kid, alg, state, public_jwk, private_key, activates_at, activated_at, created_by)
     values ($1, $2, $3, case when $6::timestamptz is null then 'active' else 'next' end, $4, $5,
             $6, case when $6::timestamptz is null then now() end, $7)`,
    [
      tx.organizationId,
      key.publicJwk.kid,
      key.publicJwk.alg,
      JSON.stringify(key.publicJwk),
      key.sealedPrivateKey,
      key.activatesAt,
      key.createdBy,
    ],
  );
}

/** From next to active. */
export async function activateSigningKey(tx: Transaction, kid: string): Promise<void> {
  await tx.query(
    `update signing_keys set state = 'active', activates_at = null, activated_at = now(), updated_at = now()
      where org_id = $1 and kid = $2 and state = 'next'`,
    [tx.organizationId, kid],
  );
}

/** From active to retired. The private half goes. */
export async function retireSigningKey(tx: Transaction, kid: string, removeAt: Date): Promise<void> {
  await tx.query(
    `update signing_keys set state = 'retired', private_key = null, retired_at = now(), remove_at = $3, updated_at = now()
      where org_id = $1 and kid = $2 and state = 'active'`,
    [tx.organizationId, kid, removeAt],
  );
}

export async function deleteSigningKey(tx: Transaction, kid: string): Promise<void> {
  await tx.query('delete from signing_keys where org_id = $1 and kid = $2', [tx.organizationId, kid]);
}

export async function sealSigningKey(tx: Transaction, kid: string, sealed: Buffer): Promise<void> {
  await tx.query(
    `update signing_keys set private_key = $3, updated_at = now()
      where org_id = $1 and kid = $2 and state <> 'retired'`,
    [tx.organizationId, kid, sealed],
  );
}

/** Ids of organizations in which the clock demands something, in their order. */
export async function findOrganizationsWithDueKeys(
  tx: Transaction,
  due: {
    defaultRotationDays: number;
    leadSeconds: number;
    sealPrefix: Buffer;
    after: string | null;
    limit: number;
  },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from organizations_with_due_signing_keys($1, $2, $3, $4, $5) as id',
    [due.defaultRotationDays, due.leadSeconds, due.sealPrefix, due.after, due.limit],
  );
  return rows.map(({ id }) => id);
}

import type { Database } from '../platform/database/database.js';
import type { PublicJwk, SigningAlgorithm } from '../signing-keys/signing-keys.service.js';

export interface IssuerKeysRow {
  slug: string;
  org_id: string;
  /** `bigint`, which the driver leaves as text. */
  issuer_version: string;
  keys: { alg: SigningAlgorithm; publicJwk: PublicJwk }[];
}

const statement = {
  name: 'read_issuer_keys',
  text: 'select * from tenantry.read_issuer_keys($1::text[])',
};

/** The public keys of these issuers; active organizations only. */
export function readIssuerKeys(database: Database, slugs: readonly string[]): Promise<IssuerKeysRow[]> {
  return database.call(statement, [slugs]);
}

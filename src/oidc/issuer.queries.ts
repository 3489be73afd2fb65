import type { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { Issuer } from './issuer.types.js';

interface IssuerRow {
  id: string;
  slug: string;
  name: string;
  is_platform: boolean;
  /** `bigint`, which the driver leaves as text. */
  issuer_version: string;
}

const statement = { name: 'find_issuer', text: 'select * from tenantry.find_issuer($1)' };

/** The active organization of this slug, or null. */
export async function findIssuer(database: Database, slug: string): Promise<Issuer | null> {
  const [row] = await database.call<IssuerRow>(statement, [slug]);
  return row === undefined ? null : issuerOf(row);
}

/** The organization that `tx` is in, active or not. */
export async function findOwnIssuer(tx: Transaction): Promise<Issuer | null> {
  const row = await tx.queryOne<IssuerRow>(
    'select id, slug, name, is_platform, issuer_version from organizations where id = $1',
    [tx.organizationId],
  );
  return row && issuerOf(row);
}

const issuerOf = ({ is_platform: isPlatform, issuer_version: version, ...row }: IssuerRow): Issuer => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  isPlatform,
  version,
});

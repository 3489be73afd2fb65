import type { Database } from '../platform/database/database.js';
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
  if (row === undefined) return null;
  const { id, name, is_platform: isPlatform, issuer_version: version } = row;
  return { id, slug: row.slug, name, isPlatform, version };
}

import type { Transaction } from '../platform/database/transaction.js';

export interface KnownOrganization {
  readonly slug: string;
  readonly name: string;
}

/** The organizations that know an address, by name. For platform work, and for a mail to that address only. */
export function organizationsOfEmail(
  tx: Transaction,
  email: string,
  limit: number,
): Promise<KnownOrganization[]> {
  return tx.query<KnownOrganization>('select slug, name from organizations_of_email($1, $2)', [email, limit]);
}

/** The organization in whose name such mails are sent; null before there is one. */
export async function findPlatformId(tx: Transaction): Promise<string | null> {
  const row = await tx.queryOne<{ id: string }>('select id from organizations where is_platform');
  return row?.id ?? null;
}

/** Does the work and, in a rehearsal, takes it back: nobody can tell from the time which of the two it was. */
export async function rehearse(
  tx: Transaction,
  isRehearsal: boolean,
  work: () => Promise<unknown>,
): Promise<void> {
  await tx.query('savepoint rehearsal');
  await work();
  await tx.query(isRehearsal ? 'rollback to savepoint rehearsal' : 'release savepoint rehearsal');
}

import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { EmailDomain } from './email-domain.entity.js';

export interface NamedProvider {
  readonly id: string;
  readonly name: string;
}

/** Makes those wait for each other who add one, so that their number holds. */
export async function lockEmailDomains(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('email-domains ' || $1, 0))`, [
    tx.organizationId,
  ]);
}

export function countEmailDomains(tx: Transaction): Promise<number> {
  return tx.manager.countBy(EmailDomain, { orgId: tx.organizationId });
}

/** By name, behind the one that the page before ended with. */
export function listEmailDomains(
  tx: Transaction,
  after: string | null,
  limit: number,
): Promise<EmailDomain[]> {
  return tx.manager
    .createQueryBuilder(EmailDomain, 'd')
    .where('d.org_id = :orgId and (:after::text is null or d.domain > :after)', {
      orgId: tx.organizationId,
      after,
    })
    .orderBy('d.domain')
    .limit(limit)
    .getMany();
}

/** By id or domain. */
export function findEmailDomain(tx: Transaction, reference: string): Promise<EmailDomain | null> {
  return tx.manager.findOneBy(EmailDomain, { orgId: tx.organizationId, ...byReference(reference) });
}

export function lockEmailDomain(tx: Transaction, reference: string): Promise<EmailDomain | null> {
  return tx.manager.findOne(EmailDomain, {
    where: { orgId: tx.organizationId, ...byReference(reference) },
    lock: { mode: 'pessimistic_write' },
  });
}

const byReference = (text: string) =>
  isUuid(text) ? { id: text.toLowerCase() } : { domain: text.toLowerCase() };

export async function insertEmailDomain(
  tx: Transaction,
  domain: Pick<EmailDomain, 'id' | 'domain' | 'challenge' | 'providerId' | 'createdBy'>,
): Promise<void> {
  await tx.manager.insert(EmailDomain, { ...domain, orgId: tx.organizationId });
}

export async function updateEmailDomain(
  tx: Transaction,
  id: string,
  changes: Pick<EmailDomain, 'providerId' | 'updatedBy'>,
): Promise<void> {
  await tx.manager.update(EmailDomain, { orgId: tx.organizationId, id }, changes);
}

export async function deleteEmailDomain(tx: Transaction, id: string): Promise<void> {
  await tx.manager.delete(EmailDomain, { orgId: tx.organizationId, id });
}

/** A provider by id or name; it is not deleted before the transaction ends. */
export function holdNamedProvider(tx: Transaction, reference: string): Promise<NamedProvider | null> {
  return tx.queryOne<NamedProvider>(
    `select id, name from oauth_providers where org_id = $1 and ${isUuid(reference) ? 'id' : 'name'} = $2 for key share`,
    [tx.organizationId, isUuid(reference) ? reference.toLowerCase() : reference],
  );
}

export function namedProviders(tx: Transaction, ids: readonly string[]): Promise<NamedProvider[]> {
  return tx.query<NamedProvider>(
    'select id, name from oauth_providers where org_id = $1 and id = any($2::uuid[])',
    [tx.organizationId, ids],
  );
}

/** The provider that is there for a domain, while the domain is verified and the provider is switched on. */
export function findProviderOfDomain(tx: Transaction, domain: string): Promise<NamedProvider | null> {
  return tx.queryOne<NamedProvider>(
    `select p.id, p.name from email_domains d join oauth_providers p on p.org_id = d.org_id and p.id = d.provider_id
      where d.org_id = $1 and d.domain = $2 and d.verified_at is not null and p.is_enabled`,
    [tx.organizationId, domain],
  );
}

/** A domain as far as looking at it goes. In SQL, since what works in the background knows no entities. */
export interface CheckedDomain {
  readonly domain: string;
  readonly challenge: string;
  readonly verifiedAt: Date | null;
  readonly missingSince: Date | null;
}

const checkedColumns = `domain, challenge, verified_at as "verifiedAt", missing_since as "missingSince"`;

export function findCheckedDomain(tx: Transaction, id: string): Promise<CheckedDomain | null> {
  return tx.queryOne<CheckedDomain>(
    `select ${checkedColumns} from email_domains where org_id = $1 and id = $2`,
    [tx.organizationId, id],
  );
}

export function lockCheckedDomain(tx: Transaction, id: string): Promise<CheckedDomain | null> {
  return tx.queryOne<CheckedDomain>(
    `select ${checkedColumns} from email_domains where org_id = $1 and id = $2 for no key update`,
    [tx.organizationId, id],
  );
}

export async function noteCheck(
  tx: Transaction,
  id: string,
  { verifiedAt, missingSince }: Pick<CheckedDomain, 'verifiedAt' | 'missingSince'>,
): Promise<void> {
  await tx.query(
    `update email_domains set checked_at = now(), verified_at = $3, missing_since = $4 where org_id = $1 and id = $2`,
    [tx.organizationId, id, verifiedAt, missingSince],
  );
}

/** Those that are to be looked at; the same as `organizations_with_due_email_domains`. */
export function findDueDomains(tx: Transaction, limit: number): Promise<{ id: string; domain: string }[]> {
  return tx.query(
    `select d.id, d.domain from email_domains d
      where d.org_id = $1
        and coalesce(d.checked_at, '-infinity') < now() - case when d.verified_at is null then interval '1 hour' else interval '1 day' end
        and (d.verified_at is not null or d.created_at > now() - interval '7 days')
      order by d.checked_at nulls first limit $2`,
    [tx.organizationId, limit],
  );
}

export async function findOrganizationsWithDueDomains(
  tx: Transaction,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from organizations_with_due_email_domains($1, $2) as id',
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

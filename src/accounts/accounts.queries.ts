import type { Transaction } from '../platform/database/transaction.js';

export interface AccountKey {
  readonly providerId: string;
  readonly issuer: string;
  readonly subject: string;
}

export interface ArrivalProvider {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly allowedDomains: string[];
  readonly trustedDomains: string[];
  readonly justInTime: boolean;
}

/** Makes those wait for each other who are the same person upstream: of many at once, the first becomes a user. */
export async function lockIdentity(
  tx: Transaction,
  { providerId, issuer, subject }: AccountKey,
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    JSON.stringify(['account', tx.organizationId, providerId, issuer, subject]),
  ]);
}

/** The provider as it is now; nobody deletes it before the transaction ends. */
export function holdProvider(tx: Transaction, id: string): Promise<ArrivalProvider | null> {
  return tx.queryOne<ArrivalProvider>(
    `select id, name, is_enabled as "isEnabled", allowed_domains as "allowedDomains", trusted_domains as "trustedDomains",
            just_in_time as "justInTime"
       from oauth_providers where org_id = $1 and id = $2 for key share`,
    [tx.organizationId, id],
  );
}

export function findAccount(
  tx: Transaction,
  { providerId, issuer, subject }: AccountKey,
): Promise<{ id: string; userId: string } | null> {
  return tx.queryOne(
    `select id, user_id as "userId" from oauth_accounts
      where org_id = $1 and provider_id = $2 and issuer = $3 and subject = $4`,
    [tx.organizationId, providerId, issuer, subject],
  );
}

/** Comes before any change of an account of theirs: of two at once, one is first. */
export async function lockUser(tx: Transaction, userId: string): Promise<boolean> {
  const locked = await tx.query('select 1 from users where org_id = $1 and id = $2 for no key update', [
    tx.organizationId,
    userId,
  ]);
  return locked.length > 0;
}

/** @returns whose address that is, locked */
export async function lockUserOfAddress(tx: Transaction, email: string): Promise<string | null> {
  const row = await tx.queryOne<{ id: string }>(
    'select id from users where org_id = $1 and email = $2 for no key update',
    [tx.organizationId, email],
  );
  return row?.id ?? null;
}

export interface UpstreamState {
  readonly profile: Readonly<Record<string, unknown>>;
  readonly acr: string | null;
  readonly amr: readonly string[];
}

export async function insertAccount(
  tx: Transaction,
  account: AccountKey & {
    readonly id: string;
    readonly userId: string;
    readonly linkedThrough: LinkedThrough;
  },
): Promise<void> {
  await tx.query(
    `insert into oauth_accounts (org_id, id, provider_id, issuer, subject, user_id, linked_through)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tx.organizationId,
      account.id,
      account.providerId,
      account.issuer,
      account.subject,
      account.userId,
      account.linkedThrough,
    ],
  );
}

export type LinkedThrough = 'new-user' | 'session' | 'address' | 'reclaim';

export async function noteArrival(
  tx: Transaction,
  accountId: string,
  { profile, acr, amr }: UpstreamState,
): Promise<void> {
  await tx.query(
    `update oauth_accounts set profile = $3, acr = $4, amr = $5, last_used_at = now(), updated_at = now()
      where org_id = $1 and id = $2`,
    [tx.organizationId, accountId, JSON.stringify(profile), acr, amr],
  );
}

/** What whoever signed in before there was a first password waits for no longer. */
export async function activateUser(tx: Transaction, userId: string): Promise<void> {
  await tx.query(
    `update users set status = 'active' where org_id = $1 and id = $2 and status = 'initializing'`,
    [tx.organizationId, userId],
  );
}

export async function markEmailVerified(tx: Transaction, userId: string): Promise<void> {
  await tx.query(
    `update users set email_verified_at = now() where org_id = $1 and id = $2 and email_verified_at is null`,
    [tx.organizationId, userId],
  );
}

export interface Reclaimed {
  readonly hadPassword: boolean;
  readonly sessionsEnded: number;
  readonly linksEnded: number;
  readonly apiKeysDeleted: number;
  readonly accountsUnlinked: number;
}

/** Null for a user whose address is verified: of these nothing is taken. */
export async function reclaimUser(tx: Transaction, userId: string): Promise<Reclaimed | null> {
  const row = await tx.queryOne<{ reclaimed: Reclaimed | null }>('select reclaim_user($1, $2) as reclaimed', [
    tx.organizationId,
    userId,
  ]);
  return row!.reclaimed;
}

/** The name of somebody who has none; what is there already stays. */
export async function nameUser(tx: Transaction, userId: string, fullName: string): Promise<void> {
  await tx.query(`update users set full_name = $3 where org_id = $1 and id = $2 and full_name is null`, [
    tx.organizationId,
    userId,
    fullName,
  ]);
}

export async function fetchPictureLater(tx: Transaction, userId: string, address: string): Promise<void> {
  await tx.query('select fetch_upstream_picture($1, $2, $3)', [tx.organizationId, userId, address]);
}

export async function insertSessionAccount(
  tx: Transaction,
  sessionId: string,
  accountId: string,
  { acr, amr }: Pick<UpstreamState, 'acr' | 'amr'>,
): Promise<void> {
  await tx.query(
    `insert into session_accounts (org_id, session_id, account_id, acr, amr) values ($1, $2, $3, $4, $5)
     on conflict (org_id, session_id, account_id) do update set acr = excluded.acr, amr = excluded.amr`,
    [tx.organizationId, sessionId, accountId, acr, amr],
  );
}

/** Whether an organization may be signed in to; it is not suspended or erased before the transaction ends. */
export function holdOrganization(
  tx: Transaction,
): Promise<{ id: string; slug: string; name: string; isPlatform: boolean } | null> {
  return tx.queryOne(
    `select id, slug, name, is_platform as "isPlatform" from organizations
      where id = $1 and status = 'active' for key share`,
    [tx.organizationId],
  );
}

import type { Transaction } from '../platform/database/transaction.js';

export interface SealedTokens {
  readonly id: string;
  readonly userId: string;
  readonly providerId: string;
  readonly accessToken: Buffer | null;
  readonly refreshToken: Buffer | null;
  readonly scopes: string[];
  readonly expiresAt: Date | null;
}

const columns = `id, user_id as "userId", provider_id as "providerId", access_token as "accessToken",
  refresh_token as "refreshToken", token_scopes as scopes, access_token_expires_at as "expiresAt"`;

export function findTokens(tx: Transaction, accountId: string, userId: string): Promise<SealedTokens | null> {
  return tx.queryOne<SealedTokens>(
    `select ${columns} from oauth_accounts where org_id = $1 and id = $2 and user_id = $3`,
    [tx.organizationId, accountId, userId],
  );
}

export interface NewTokens {
  readonly accessToken: Buffer;
  /** Null keeps the one that is there: providers hand it out once. */
  readonly refreshToken: Buffer | null;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export async function writeTokens(tx: Transaction, accountId: string, tokens: NewTokens): Promise<void> {
  await tx.query(
    `update oauth_accounts
        set access_token = $3, refresh_token = coalesce($4, refresh_token), token_scopes = $5,
            access_token_expires_at = $6, renewal_until = null, updated_at = now()
      where org_id = $1 and id = $2`,
    [tx.organizationId, accountId, tokens.accessToken, tokens.refreshToken, tokens.scopes, tokens.expiresAt],
  );
}

/** The same, unless the token that was renewed has been replaced meanwhile, by a sign-in say. */
export async function writeRenewedTokens(
  tx: Transaction,
  accountId: string,
  renewed: Buffer,
  tokens: NewTokens,
): Promise<void> {
  const kept = await tx.query(
    `select 1 from oauth_accounts where org_id = $1 and id = $2 and refresh_token = $3 for no key update`,
    [tx.organizationId, accountId, renewed],
  );
  if (kept.length > 0) await writeTokens(tx, accountId, tokens);
}

/** @returns whether nobody else renews it at the moment */
export async function claimRenewal(tx: Transaction, accountId: string, seconds: number): Promise<boolean> {
  const claimed = await tx.query(
    `update oauth_accounts set renewal_until = now() + make_interval(secs => $3)
      where org_id = $1 and id = $2 and (renewal_until is null or renewal_until <= now()) returning 1`,
    [tx.organizationId, accountId, seconds],
  );
  return claimed.length > 0;
}

export async function giveRenewalBack(tx: Transaction, accountId: string): Promise<void> {
  await tx.query('update oauth_accounts set renewal_until = null where org_id = $1 and id = $2', [
    tx.organizationId,
    accountId,
  ]);
}

export async function findOrganizationsWithOldSeals(
  tx: Transaction,
  prefix: Buffer,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from organizations_with_old_account_seals($1, $2, $3) as id',
    [prefix, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Some of those that are not sealed under the current key, locked. */
export function lockOldSeals(tx: Transaction, prefix: Buffer, limit: number): Promise<SealedTokens[]> {
  return tx.query<SealedTokens>(
    `select ${columns} from oauth_accounts
      where org_id = $1
        and (substring(access_token from 1 for octet_length($2::bytea)) <> $2
             or substring(refresh_token from 1 for octet_length($2::bytea)) <> $2)
      limit $3 for no key update skip locked`,
    [tx.organizationId, prefix, limit],
  );
}

export async function writeSeals(
  tx: Transaction,
  accountId: string,
  { accessToken, refreshToken }: Pick<SealedTokens, 'accessToken' | 'refreshToken'>,
): Promise<void> {
  await tx.query(
    'update oauth_accounts set access_token = $3, refresh_token = $4 where org_id = $1 and id = $2',
    [tx.organizationId, accountId, accessToken, refreshToken],
  );
}

import type { Transaction } from '../platform/database/transaction.js';

export interface LinkedAccountRow {
  id: string;
  provider_id: string;
  provider_name: string;
  provider_display_name: string;
  provider_icon: string;
  provider_type: string;
  is_enabled: boolean;
  issuer: string;
  subject: string;
  profile: { email?: string | null; name?: string | null; username?: string | null };
  scopes: string[];
  has_token: boolean;
  linked_through: string;
  created_at: Date;
  last_used_at: Date;
  /** `created_at` with all its digits. */
  position: string;
}

const columns = `a.id, a.provider_id, p.name as provider_name, p.display_name as provider_display_name, p.icon as provider_icon,
  p.type as provider_type, p.is_enabled, a.issuer, a.subject, a.profile, a.token_scopes as scopes,
  a.access_token is not null as has_token, a.linked_through, a.created_at, a.last_used_at, a.created_at::text as position`;
const source = `oauth_accounts a join oauth_providers p on p.org_id = a.org_id and p.id = a.provider_id`;

/** One page, oldest first. */
export function listAccounts(
  tx: Transaction,
  userId: string,
  after: { createdAt: string; id: string } | null,
  limit: number,
): Promise<LinkedAccountRow[]> {
  return tx.query<LinkedAccountRow>(
    `select ${columns} from ${source}
      where a.org_id = $1 and a.user_id = $2 and ($3::timestamptz is null or (a.created_at, a.id) > ($3, $4::uuid))
      order by a.created_at, a.id limit $5`,
    [tx.organizationId, userId, after?.createdAt ?? null, after?.id ?? null, limit],
  );
}

export function findLinkedAccount(
  tx: Transaction,
  userId: string,
  accountId: string,
): Promise<LinkedAccountRow | null> {
  return tx.queryOne<LinkedAccountRow>(
    `select ${columns} from ${source} where a.org_id = $1 and a.user_id = $2 and a.id = $3`,
    [tx.organizationId, userId, accountId],
  );
}

/** Accounts that a user could sign in with beside that one. */
export async function countOtherAccounts(
  tx: Transaction,
  userId: string,
  accountId: string,
): Promise<number> {
  const row = await tx.queryOne<{ count: number }>(
    `select count(*)::integer as count from ${source}
      where a.org_id = $1 and a.user_id = $2 and a.id <> $3 and p.is_enabled`,
    [tx.organizationId, userId, accountId],
  );
  return row!.count;
}

/** @returns how many living sessions were ended that had come by the account */
export async function endSessionsOfAccount(
  tx: Transaction,
  accountId: string,
  exceptId: string | null,
): Promise<number> {
  const ended = await tx.query(
    `update sessions s set revoked_at = now() from session_accounts x
      where x.org_id = $1 and x.account_id = $2 and s.org_id = $1 and s.id = x.session_id
        and s.revoked_at is null and ($3::uuid is null or s.id <> $3) returning 1`,
    [tx.organizationId, accountId, exceptId],
  );
  return ended.length;
}

/** What it gave goes with it; see the triggers. */
export async function deleteAccount(tx: Transaction, accountId: string): Promise<void> {
  await tx.query('delete from oauth_accounts where org_id = $1 and id = $2', [tx.organizationId, accountId]);
}

/** Whether an account has given roles: taking them changes who is what, which is done one at a time. */
export async function givesRoles(tx: Transaction, accountId: string): Promise<boolean> {
  const given = await tx.query(
    'select 1 from oauth_account_roles where org_id = $1 and account_id = $2 limit 1',
    [tx.organizationId, accountId],
  );
  return given.length > 0;
}

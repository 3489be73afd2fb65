import type { Transaction } from '../platform/database/transaction.js';

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

/**
 * Keeps the organization from being suspended or erased meanwhile. Before any user is locked: whoever erases it takes the
 * locks in this order.
 *
 * @returns whether it is active
 */
export async function holdOrganization(tx: Transaction): Promise<boolean> {
  const held = await tx.query(
    `select 1 from organizations where id = $1 and status = 'active' for key share`,
    [tx.organizationId],
  );
  return held.length > 0;
}

/** Whom a valid token is about; the token stays valid. */
export async function findTokenHolder(tx: Transaction, type: string, token: string): Promise<string | null> {
  const row = await tx.queryOne<{ user_id: string | null }>(
    `select t.user_id from verification_tokens t
      where t.org_id = $1 and t.type = $2 and t.token_hash = token_hash_of($3) and check_token($1, $2, $3)`,
    [tx.organizationId, type, token],
  );
  return row?.user_id ?? null;
}

/** Verifies the address that the token went to. @returns whose it is; null when the token is not valid */
export async function verifyEmail(tx: Transaction, token: string): Promise<string | null> {
  const row = await tx.queryOne<{ user_id: string | null }>('select verify_email($1, $2) as user_id', [
    tx.organizationId,
    token,
  ]);
  return row!.user_id;
}

/** Marks an address as verified whose mail somebody has read, if it still is the user's. */
export async function markEmailVerified(tx: Transaction, userId: string, email: string): Promise<boolean> {
  const marked = await tx.query(
    `update users set email_verified_at = coalesce(email_verified_at, now())
      where org_id = $1 and id = $2 and email = $3 returning 1`,
    [tx.organizationId, userId, email],
  );
  return marked.length > 0;
}

/**
 * Takes from an account whose address nobody has verified what whoever made it may have kept: password, sessions, known
 * devices, keys, linked accounts and a pending address. It may have been somebody who waited for the owner of the address to come.
 */
export async function forgetUnverifiedCredentials(tx: Transaction, userId: string): Promise<void> {
  const values = [tx.organizationId, userId];
  // The trigger ends sessions and devices with the password. There is nobody to tell that it changed.
  await tx.query(`select set_config('app.quiet', 'on', true)`);
  const forgotten = await tx.query(
    `update users set password_hash = null, pending_email = null
      where org_id = $1 and id = $2 and email_verified_at is null returning 1`,
    values,
  );
  await tx.query(`select set_config('app.quiet', '', true)`);
  if (forgotten.length === 0) return;
  await tx.query('select end_sessions($1, $2)', values);
  await tx.query('delete from api_keys where org_id = $1 and user_id = $2', values);
  await tx.query('delete from oauth_accounts where org_id = $1 and user_id = $2', values);
}

/** Sets the password and ends what came before. @returns whose it is; null when the token is not valid */
export async function resetPassword(
  tx: Transaction,
  token: string,
  passwordHash: string,
): Promise<string | null> {
  const row = await tx.queryOne<{ user_id: string | null }>('select reset_password($1, $2, $3) as user_id', [
    tx.organizationId,
    token,
    passwordHash,
  ]);
  return row!.user_id;
}

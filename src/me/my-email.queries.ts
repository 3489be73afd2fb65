import type { Transaction } from '../platform/database/transaction.js';

/**
 * Makes the address pending, which mails it and the old one. An account without an address waits for the first one too:
 * that a stranger has it must not show before it is confirmed.
 */
export async function requestEmailChange(
  tx: Transaction,
  user: { id: string; email: string | null },
  email: string,
): Promise<void> {
  await tx.query('select act_as($1)', [user.id]);
  if (user.email !== null) {
    await tx.query('select request_email_change($1, $2, $3)', [tx.organizationId, user.id, email]);
    return;
  }
  await tx.query(
    `update users set pending_email = $3, pending_email_at = clock_timestamp(), updated_by = $2
      where org_id = $1 and id = $2`,
    [tx.organizationId, user.id, email],
  );
}

/** @returns whose address it is now; null when the token is not valid, or the address became somebody else's */
export async function confirmEmailChange(tx: Transaction, token: string): Promise<string | null> {
  const row = await tx.queryOne<{ user_id: string | null }>(
    'select confirm_email_change($1, $2) as user_id',
    [tx.organizationId, token],
  );
  return row!.user_id;
}

/** As if it had just been asked for. @returns whether it still waits */
export function mailPendingEmail(tx: Transaction, userId: string, pendingEmail: string): Promise<boolean> {
  return changePending(tx, 'pending_email_at = clock_timestamp()', userId, pendingEmail);
}

/** @returns whether it still waited */
export function withdrawPendingEmail(
  tx: Transaction,
  userId: string,
  pendingEmail: string,
): Promise<boolean> {
  return changePending(tx, 'pending_email = null', userId, pendingEmail);
}

async function changePending(
  tx: Transaction,
  change: 'pending_email_at = clock_timestamp()' | 'pending_email = null',
  userId: string,
  pendingEmail: string,
): Promise<boolean> {
  await tx.query('select act_as($1)', [userId]);
  const changed = await tx.query(
    `update users set ${change}, updated_by = $2
      where org_id = $1 and id = $2 and pending_email = $3 returning 1`,
    [tx.organizationId, userId, pendingEmail],
  );
  return changed.length > 0;
}

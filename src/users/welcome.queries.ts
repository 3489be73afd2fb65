import type { Transaction } from '../platform/database/transaction.js';

/**
 * Creates users who get another mail than the welcome, which a trigger would queue. It would verify an address and leave
 * the person without a password.
 */
export async function withoutWelcome<T>(tx: Transaction, create: () => Promise<T>): Promise<T> {
  const { before } = (await tx.queryOne<{ before: string | null }>(
    `select current_setting('app.quiet', true) as before, set_config('app.quiet', 'on', true)`,
  ))!;
  const result = await create();
  await tx.query(`select set_config('app.quiet', $1, true)`, [before ?? '']);
  return result;
}

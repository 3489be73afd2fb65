import type { Transaction } from '../platform/database/transaction.js';
import { OutboxMail } from './outbox-mail.entity.js';

export interface OutboxFilter {
  readonly state: string | null;
  readonly to: string | null;
  readonly template: string | null;
}

/** Positions of one page, newest first, with all their digits. */
export function listMailPositions(
  tx: Transaction,
  { state, to, template }: OutboxFilter,
  before: { createdAt: string; id: string } | null,
  limit: number,
): Promise<{ id: string; created_at: string }[]> {
  return tx.query(
    `select id, created_at::text from mails
      where org_id = $1 and ($2::text is null or state = $2) and ($3::text is null or to_email = $3)
        and ($4::text is null or template = $4)
        and ($5::timestamptz is null or (created_at, id) < ($5, $6))
      order by created_at desc, id desc limit $7`,
    [tx.organizationId, state, to, template, before?.createdAt ?? null, before?.id ?? null, limit],
  );
}

/** In the order of the ids; one that was deleted meanwhile is left out. */
export async function findMails(tx: Transaction, ids: readonly string[]): Promise<OutboxMail[]> {
  const found = await tx.manager
    .createQueryBuilder(OutboxMail, 'm')
    .where('m.org_id = :orgId and m.id = any(:ids)', { orgId: tx.organizationId, ids })
    .getMany();
  return ids.flatMap((id) => found.find((mail) => mail.id === id) ?? []);
}

export function findMail(tx: Transaction, id: string): Promise<OutboxMail | null> {
  return tx.manager.findOneBy(OutboxMail, { orgId: tx.organizationId, id });
}

/**
 * Counts one mail that is sent again to an address. Not in the transaction that sends it, since counters do not wait for the
 * disk.
 *
 * @param key stands for the address
 * @returns whether it may be sent: 5 in 10 minutes and 20 a day may
 */
export async function countSentAgain(tx: Transaction, key: Buffer): Promise<boolean> {
  const counted = await tx.query(
    `select from count_attempts($1, array['mail.again', 'mail.again.day'], array[$2, $2]::bytea[], array[5, 20],
                                array[600, 86400], array[false, false], 0)`,
    [tx.organizationId, key],
  );
  return counted.length === 2;
}

/**
 * Makes a mail that exists into a new delivery, in one conditional UPDATE that leaves alone what is being sent. Links of
 * the delivery before end. Whether it did.
 */
export async function queueAgain(tx: Transaction, id: string): Promise<boolean> {
  const queued = await tx.query(
    `update mails
        set state = 'queued', attempts = 0, delivery_id = new_id(), message_id = null, last_answer = null,
            queued_at = now(), due_at = now(), sent_at = null, updated_at = now()
      where org_id = $1 and id = $2 and (state <> 'sending' or due_at <= now()) returning id`,
    [tx.organizationId, id],
  );
  if (queued.length === 0) return false;
  await tx.query(
    `update verification_tokens set ended_at = now()
      where org_id = $1 and mail_id = $2 and used_at is null and ended_at is null`,
    [tx.organizationId, id],
  );
  await tx.query('select wake_mail($1, $2)', [tx.organizationId, id]);
  return true;
}

/** Queues a mail that shows what a template looks like. */
export async function queueTest(
  tx: Transaction,
  test: { template: string; locale: string; to: string; name: string | null; userId: string },
): Promise<string> {
  const row = await tx.queryOne<{ id: string }>(
    `insert into mails (org_id, template, locale, to_email, to_name, user_id, is_test)
     values ($1, $2, $3, $4, $5, $6, true) returning id`,
    [tx.organizationId, test.template, test.locale, test.to, test.name, test.userId],
  );
  await tx.query('select wake_mail($1, $2)', [tx.organizationId, row!.id]);
  return row!.id;
}

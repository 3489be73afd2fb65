import type { Transaction } from '../platform/database/transaction.js';
import { claimSeconds, type ClaimedMail } from './mail-delivery.rules.js';

export interface MailInHand extends ClaimedMail {
  readonly id: string;
  readonly attempts: number;
  readonly template: string;
  readonly locale: string | null;
  readonly toName: string | null;
  readonly subjectId: string | null;
  readonly tokenPayload: Record<string, unknown>;
  readonly data: Record<string, unknown>;
  readonly isTest: boolean;
  readonly messageId: string;
  readonly organization: { readonly name: string; readonly slug: string };
  readonly organizationLocale: string | null;
}

/**
 * Takes a mail that is due, for a while, in one conditional UPDATE: of two workers only one gets it, and it is free
 * again when the one that had it has not come back. Null when there is nothing to do.
 */
export function claimMail(tx: Transaction, mailId: string, domain: string): Promise<MailInHand | null> {
  return tx.queryOne(
    `with claimed as (
       update mails m
          set state = 'sending', attempts = m.attempts + 1, due_at = now() + make_interval(secs => $3),
              message_id = coalesce(m.message_id, '<' || m.delivery_id || '@' || $4 || '>'), updated_at = now()
        where m.org_id = $1 and m.id = $2 and m.state in ('queued', 'failed', 'sending') and m.due_at <= now()
       returning m.*)
     select m.id, m.attempts, m.template, m.to_name as "toName", m.to_email as "toEmail", m.subject_id as "subjectId",
            m.user_id as "userId", m.token_type as "tokenType", m.token_payload as "tokenPayload", m.data,
            m.is_test as "isTest", m.message_id as "messageId", m.queued_at as "queuedAt",
            coalesce(m.locale, p.locale) as locale, u.email as "userEmail", u.pending_email as "userPendingEmail",
            json_build_object('name', o.name, 'slug', o.slug) as organization,
            o.status as "organizationStatus", o.settings->>'locale' as "organizationLocale"
       from claimed m
       join organizations o on o.id = m.org_id
       left join users u on u.org_id = m.org_id and u.id = m.user_id
       left join user_profiles p on p.org_id = m.org_id and p.user_id = m.user_id`,
    [tx.organizationId, mailId, claimSeconds, domain],
  );
}

/**
 * A token for this mail, in clear, and for how many seconds it lives. It is nowhere but in this answer. Null where nobody
 * could use it: the user was locked, or the invitation revoked.
 */
export async function mintToken(
  tx: Transaction,
  mail: MailInHand,
): Promise<{ token: string; lifetimeSeconds: number } | null> {
  const row = await tx.queryOne<{ token: string }>('select issue_token($1, $2, $3, $4, $5, $6) as token', [
    tx.organizationId,
    mail.tokenType,
    mail.userId,
    mail.subjectId,
    JSON.stringify(mail.tokenPayload),
    mail.id,
  ]);
  const { token } = row!;
  // In a statement of its own, which sees the token that the one before has made.
  const made = await tx.queryOne<{ seconds: number }>(
    `select round(extract(epoch from t.expires_at - t.created_at))::double precision as seconds
       from verification_tokens t
      where t.org_id = $1 and t.type = $2 and t.token_hash = token_hash_of($3) and check_token($1, $2, $3)`,
    [tx.organizationId, mail.tokenType, token],
  );
  return made === null ? null : { token, lifetimeSeconds: made.seconds };
}

/** `attempts` tells whether the claim is still the caller's. */
interface Claim {
  readonly id: string;
  readonly attempts: number;
}

export async function recordSent(tx: Transaction, { id, attempts }: Claim, answer: string): Promise<void> {
  await tx.query(
    `update mails set state = 'sent', sent_at = now(), last_answer = $4, updated_at = now()
      where org_id = $1 and id = $2 and attempts = $3 and state = 'sending'`,
    [tx.organizationId, id, attempts, answer],
  );
}

/** @param delaySeconds until the next attempt; null gives up */
export async function recordFailure(
  tx: Transaction,
  { id, attempts }: Claim,
  answer: string,
  delaySeconds: number | null,
): Promise<void> {
  const recorded = await tx.query(
    `update mails
        set state = case when $5::double precision is null then 'dead' else 'failed' end, last_answer = $4,
            due_at = now() + make_interval(secs => coalesce($5, 0)), updated_at = now()
      where org_id = $1 and id = $2 and attempts = $3 and state = 'sending' returning id`,
    [tx.organizationId, id, attempts, answer, delaySeconds],
  );
  if (recorded.length > 0 && delaySeconds !== null) {
    await tx.query('select wake_mail($1, $2)', [tx.organizationId, id]);
  }
}

/** Mails that nobody took when they were due: queued before there was a worker, or left by one that died. */
export async function wakeDueMails(tx: Transaction): Promise<void> {
  await tx.query('select wake_due_mails(1000)');
}

export async function countWaitingMails(tx: Transaction): Promise<{ queued: number; dead: number }> {
  const row = await tx.queryOne<{ queued: string; dead: string }>('select * from count_waiting_mails()');
  return { queued: Number(row!.queued), dead: Number(row!.dead) };
}

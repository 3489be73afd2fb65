import type { Transaction } from '../platform/database/transaction.js';
import type { MailTemplateName } from './mail-template-names.js';

export interface OutgoingMail {
  readonly template: MailTemplateName;
  /** Kept as an object all the way to the SMTP envelope: joined text could be read as another address. */
  readonly to: { readonly email: string; readonly name?: string | null };
  /** The user whom the mail is about; it leaves with the user. */
  readonly userId?: string;
  /** What the token is about, where that is no user: an invitation. */
  readonly subjectId?: string;
  /** The kind of token that the link carries; minted when the mail is sent. */
  readonly tokenType?: string;
  readonly tokenPayload?: Record<string, unknown>;
  /** What the template shows, as `data.…`. Nothing secret: it is kept in the outbox. */
  readonly data?: Record<string, unknown>;
  /** Where the language is not the user's: `de`, `en-GB`. */
  readonly locale?: string | null;
}

export async function queueMail(tx: Transaction, mail: OutgoingMail): Promise<string> {
  const row = await tx.queryOne<{ id: string }>(
    'select queue_mail($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as id',
    [
      tx.organizationId,
      mail.template,
      mail.to.email,
      mail.to.name ?? null,
      mail.locale ?? null,
      mail.userId ?? null,
      mail.subjectId ?? null,
      mail.tokenType ?? null,
      JSON.stringify(mail.tokenPayload ?? {}),
      JSON.stringify(mail.data ?? {}),
    ],
  );
  return row!.id;
}

import type { Transaction } from '../platform/database/transaction.js';
import type { OutgoingMail } from './mail.service.js';

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

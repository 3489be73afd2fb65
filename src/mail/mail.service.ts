import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { type OutgoingMail, queueMail } from './mail.queries.js';

export { presentableName } from './mail-delivery.rules.js';
export type { OutgoingMail } from './mail.queries.js';

/** The outbox: a mail is written with the change that causes it, and a worker sends it after the commit. */
@Injectable()
export class Mail {
  /** The id of the queued mail. */
  queue(tx: Transaction, mail: OutgoingMail): Promise<string> {
    return queueMail(tx, mail);
  }
}

import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Keyring } from '../platform/crypto/keyring.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { mailInDeliveryProblem, tooManyAgainProblem } from './mail.problems.js';
import { type MailPage, type MailsQuery, mailView, type MailView, wantedRecipient } from './outbox.dto.js';
import { countSentAgain, findMail, findMails, listMailPositions, queueAgain } from './outbox.queries.js';

/** What administrators see of the mails of their organization, and sending one again. */
@Injectable()
export class Outbox {
  readonly #key: Buffer;

  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly audit: Audit,
    keyring: Keyring,
  ) {
    this.#key = keyring.derive('mails sent again');
  }

  list(
    actor: Actor,
    { limit = defaultPageSize, cursor, state, to, template }: MailsQuery,
  ): Promise<MailPage> {
    const filter = { state: state ?? null, to: wantedRecipient(to), template: template ?? null };
    const list = ['mails', actor.organization.id, filter];
    const position = this.cursors.decode(list, cursor);
    const before = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listMailPositions(tx, filter, before, limit + 1);
      const page = this.cursors.page(found, limit, list, (row) => [row.created_at, row.id]);
      const mails = await findMails(
        tx,
        page.rows.map(({ id }) => id),
      );
      return { items: mails.map(mailView), nextCursor: page.nextCursor };
    });
  }

  get(actor: Actor, id: string): Promise<MailView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const mail = isUuid(id) ? await findMail(tx, id) : null;
      return mailView(mail ?? raise(notFoundProblem()));
    });
  }

  /** Nobody floods a mailbox, whoever they are. @throws Problem `not_found`, `mail_in_delivery`, `too_many_requests` */
  async sendAgain(actor: Actor, id: string): Promise<MailView> {
    const { id: organizationId } = actor.organization;
    const mail = await this.database.forOrganization(organizationId, async (tx) => {
      const found = (isUuid(id) ? await findMail(tx, id) : null) ?? raise(notFoundProblem());
      const key = createHmac('sha256', this.#key).update(found.toEmail).digest();
      return (await countSentAgain(tx, key)) ? found : raise(tooManyAgainProblem());
    });
    return this.database.forOrganization(organizationId, async (tx) => {
      if (!(await queueAgain(tx, mail.id))) throw mailInDeliveryProblem();
      const change = { template: mail.template, to: mail.toEmail, state: mail.state };
      await this.audit.record(tx, actor, 'mail.sent_again', { type: 'mail', id: mail.id }, change);
      return mailView((await findMail(tx, mail.id))!);
    });
  }
}

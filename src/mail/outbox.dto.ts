import { canonicalEmail } from '../users/identifiers.rules.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import { Choice, Id, Integer, Moment, Text } from '../platform/http/properties.js';
import { mailTemplateNames } from './mail-template-names.js';
import { type MailState, mailStates, type OutboxMail } from './outbox-mail.entity.js';

export class MailsQuery extends PageQuery {
  @Choice(mailStates, { optional: true, example: 'dead' })
  state?: MailState;

  @Text({
    max: 254,
    optional: true,
    describe: 'Address of the recipient, whole',
    example: 'max@acme.example',
  })
  to?: string;

  @Choice(mailTemplateNames, { optional: true, example: 'reset-password' })
  template?: string;
}

export class MailView {
  @Id()
  id!: string;

  @Text({ max: 254, describe: 'Address of the recipient', example: 'max@acme.example' })
  to!: string;

  @Text({ max: 200, nullable: true, example: 'Max Member' })
  toName!: string | null;

  @Id({ nullable: true, describe: 'The user whom it is about' })
  userId!: string | null;

  @Text({ max: 64, example: 'reset-password' })
  template!: string;

  @Text({
    max: 35,
    nullable: true,
    describe: 'The language that was wished for; null leaves it to the organization',
    example: 'de',
  })
  locale!: string | null;

  @Choice(mailStates, {
    describe:
      '`failed` waits for its next attempt, after longer and longer pauses; `dead` was refused for good, or waited for three days',
    example: 'sent',
  })
  state!: MailState;

  @Integer({ min: 0, max: 1_000_000, fromBody: true, example: 1 })
  attempts!: number;

  @Text({
    max: 1000,
    nullable: true,
    describe: 'What the mail server said last, or why nobody asked it',
    example: '250 2.0.0 Ok: queued as 4F2A',
  })
  lastAnswer!: string | null;

  @Moment({ nullable: true, describe: 'Null for what is sent or dead' })
  nextAttemptAt!: string | null;

  @Moment()
  createdAt!: string;

  @Moment({ nullable: true, example: '2027-01-31T12:00:01.000Z' })
  sentAt!: string | null;
}

export class MailPage extends PageOf(MailView) {}

export function mailView(mail: OutboxMail): MailView {
  const isWaiting = mail.state === 'queued' || mail.state === 'failed';
  return {
    id: mail.id,
    to: mail.toEmail,
    toName: mail.toName,
    userId: mail.userId,
    template: mail.template,
    locale: mail.locale,
    state: mail.state,
    attempts: mail.attempts,
    lastAnswer: mail.lastAnswer,
    nextAttemptAt: isWaiting ? mail.dueAt.toISOString() : null,
    createdAt: mail.createdAt.toISOString(),
    sentAt: mail.sentAt?.toISOString() ?? null,
  };
}

/** Addresses are kept in one form, so only that is looked for; what is none is nobody's. */
export const wantedRecipient = (to: string | undefined): string | null =>
  to === undefined ? null : (canonicalEmail(to) ?? to);

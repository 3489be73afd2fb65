import { Column, Entity, PrimaryColumn } from 'typeorm';

export const mailStates = ['queued', 'sending', 'sent', 'failed', 'dead'] as const;
export type MailState = (typeof mailStates)[number];

/** A mail in the outbox, as administrators see it. Its token and its link are nowhere. */
@Entity({ schema: 'tenantry', name: 'mails' })
export class OutboxMail {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { name: 'to_email' })
  toEmail!: string;

  @Column('text', { name: 'to_name', nullable: true })
  toName!: string | null;

  @Column('text')
  template!: string;

  @Column('text', { nullable: true })
  locale!: string | null;

  @Column('text')
  state!: MailState;

  @Column('integer')
  attempts!: number;

  @Column('text', { name: 'last_answer', nullable: true })
  lastAnswer!: string | null;

  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt!: Date | null;
}

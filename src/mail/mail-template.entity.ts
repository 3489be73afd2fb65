import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an organization says in place of the shipped text. */
@Entity({ schema: 'tenantry', name: 'mail_templates' })
export class MailTemplate {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  locale!: string;

  @Column('text')
  subject!: string;

  @Column('text')
  text!: string;

  @Column('text', { nullable: true })
  html!: string | null;

  @Column('text', { name: 'sender_name', nullable: true })
  senderName!: string | null;

  @Column('text', { name: 'reply_to', nullable: true })
  replyTo!: string | null;

  @Column({ type: 'integer', insert: false, update: false })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', insert: false, update: false })
  updatedAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('uuid', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an application proves itself with; two at most live beside each other, each in its place. */
@Entity({ schema: 'tenantry', name: 'application_secrets' })
export class ApplicationSecret {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'application_id' })
  applicationId!: string;

  @Column('smallint')
  place!: 1 | 2;

  @Column('bytea', { name: 'secret_hash', select: false })
  secretHash!: Buffer;

  /** The last characters of the secret. */
  @Column('text')
  hint!: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true, insert: false })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A mail domain that an organization says is its own. */
@Entity({ schema: 'tenantry', name: 'email_domains' })
export class EmailDomain {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column({ type: 'text', update: false })
  domain!: string;

  @Column({ type: 'text', update: false })
  challenge!: string;

  @Column('uuid', { name: 'provider_id', nullable: true })
  providerId!: string | null;

  @Column('timestamptz', { name: 'verified_at', nullable: true })
  verifiedAt!: Date | null;

  @Column('timestamptz', { name: 'checked_at', nullable: true })
  checkedAt!: Date | null;

  /** Since when a verified one has been without its entry. */
  @Column('timestamptz', { name: 'missing_since', nullable: true })
  missingSince!: Date | null;

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

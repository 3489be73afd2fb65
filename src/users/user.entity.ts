import { Column, Entity, PrimaryColumn } from 'typeorm';

export const userStatuses = ['initializing', 'active', 'locked', 'deactivated'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** A person in one organization. Identifiers are stored in their canonical forms. */
@Entity({ schema: 'tenantry', name: 'users' })
export class User {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { nullable: true })
  email!: string | null;

  /** An address that waits to be confirmed; set by a trigger when `email` is changed. */
  @Column({ type: 'text', name: 'pending_email', nullable: true, insert: false })
  pendingEmail!: string | null;

  @Column('text', { nullable: true })
  username!: string | null;

  @Column('text', { name: 'phone_number', nullable: true })
  phoneNumber!: string | null;

  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column('timestamptz', { name: 'password_changed_at', nullable: true })
  passwordChangedAt!: Date | null;

  @Column('text')
  status!: UserStatus;

  @Column('timestamptz', { name: 'email_verified_at', nullable: true })
  emailVerifiedAt!: Date | null;

  @Column('text', { name: 'full_name', nullable: true })
  fullName!: string | null;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  @Column('timestamptz', { name: 'last_login_at', nullable: true })
  lastLoginAt!: Date | null;

  /** Kept by a trigger, like `updatedAt`: whoever changes the row, both are true. */
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

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A credential for programs. It never holds more than its creator does at the time of use, and dies with the creator. */
@Entity({ schema: 'tenantry', name: 'api_keys' })
export class ApiKey {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** The key that made this one, and takes it along when it is deleted. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  name!: string;

  /** The first characters of the key, to tell keys apart. */
  @Column('text')
  prefix!: string;

  @Column('bytea', { name: 'key_hash', select: false })
  keyHash!: Buffer;

  @Column('text', { array: true })
  permissions!: string[];

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true, insert: false })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

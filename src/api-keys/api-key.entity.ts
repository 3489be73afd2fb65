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

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An API that takes access tokens; its identifier is their audience (RFC 8707). */
@Entity({ schema: 'tenantry', name: 'api_resources' })
export class ApiResource {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column({ type: 'text', update: false })
  identifier!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'access_token_format' })
  accessTokenFormat!: 'opaque' | 'jwt';

  /** Null for that of the policy. */
  @Column('integer', { name: 'access_token_seconds', nullable: true })
  accessTokenSeconds!: number | null;

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

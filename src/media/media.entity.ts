import { Column, Entity, PrimaryColumn } from 'typeorm';

export type MediaKind = 'picture' | 'logo' | 'application_logo';

/** An image whose bytes lie in the storage. Never changed: another image is another row. */
@Entity({ schema: 'tenantry', name: 'media' })
export class Media {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  kind!: MediaKind;

  /** Whose picture it is; null for a logo. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** Whose logo it is; null for the organization's. */
  @Column('uuid', { name: 'application_id', nullable: true })
  applicationId!: string | null;

  @Column({ type: 'text', insert: false, update: false })
  type!: 'image/webp';

  @Column('integer')
  size!: number;

  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  @Column('text', { name: 'storage_key' })
  storageKey!: string;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A scope of the organization's own, and the claims that it stands for. */
@Entity({ schema: 'tenantry', name: 'custom_scopes' })
export class CustomScope {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column({ type: 'text', update: false })
  name!: string;

  /** What people read on the consent page, by language. */
  @Column('jsonb')
  descriptions!: Record<string, string>;

  @Column('text', { array: true })
  claims!: string[];

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

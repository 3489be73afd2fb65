import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A claim of the organization's own, and where its value comes from. */
@Entity({ schema: 'tenantry', name: 'custom_claims' })
export class CustomClaim {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column({ type: 'text', update: false })
  name!: string;

  @Column('text')
  source!: string;

  @Column('text', { nullable: true })
  description!: string | null;

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

import { Column, Entity, PrimaryColumn } from 'typeorm';

export type OrganizationStatus = 'active' | 'suspended';

/** A tenant: it owns its users, roles, rules and everything else with its `org_id`. */
@Entity({ schema: 'tenantry', name: 'organizations' })
export class Organization {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('jsonb')
  settings!: Record<string, unknown>;

  @Column('text')
  status!: OrganizationStatus;

  @Column('boolean', { name: 'is_platform' })
  isPlatform!: boolean;

  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('uuid', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;
}

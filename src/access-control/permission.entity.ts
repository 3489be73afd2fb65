import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A permission that an organization defined for its own applications. */
@Entity({ schema: 'tenantry', name: 'permissions' })
export class Permission {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  resource!: string;

  @Column('text')
  action!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A named set of permissions. System roles are the same in every organization. */
@Entity({ schema: 'tenantry', name: 'roles' })
export class Role {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('boolean', { name: 'is_system_role' })
  isSystemRole!: boolean;

  @Column({ type: 'integer', insert: false, update: false })
  version!: number;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

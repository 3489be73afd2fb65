import { Column, Entity, PrimaryColumn } from 'typeorm';

/** People who have their roles in common. */
@Entity({ schema: 'tenantry', name: 'teams' })
export class Team {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column({ type: 'integer', insert: false, update: false })
  version!: number;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

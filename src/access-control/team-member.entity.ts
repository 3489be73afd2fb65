import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user's membership of a team. */
@Entity({ schema: 'tenantry', name: 'team_members' })
export class TeamMember {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid', { name: 'team_id' })
  teamId!: string;

  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

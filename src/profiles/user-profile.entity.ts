import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a person says of themselves beyond the user's own row. Every user has one, made by a trigger. */
@Entity({ schema: 'tenantry', name: 'user_profiles' })
export class UserProfile {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'given_name', nullable: true })
  givenName!: string | null;

  @Column('text', { name: 'family_name', nullable: true })
  familyName!: string | null;

  @Column('text', { name: 'display_name', nullable: true })
  displayName!: string | null;

  /** BCP 47 */
  @Column('text', { nullable: true })
  locale!: string | null;

  /** Of the IANA time zone database. */
  @Column('text', { name: 'time_zone', nullable: true })
  timeZone!: string | null;

  /** What the user keeps; what administrators keep is the user's `metadata`. */
  @Column('jsonb', { name: 'user_metadata' })
  userMetadata!: Record<string, unknown>;

  @Column({ type: 'integer', insert: false, update: false })
  version!: number;

  @Column({ type: 'timestamptz', name: 'updated_at', insert: false, update: false })
  updatedAt!: Date;

  @Column('uuid', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;
}

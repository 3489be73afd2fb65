import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Lets whoever has it register applications by themselves, so many and so long. */
@Entity({ schema: 'tenantry', name: 'registration_tokens' })
export class RegistrationToken {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('bytea', { name: 'token_hash', select: false })
  tokenHash!: Buffer;

  /** The last characters of the token. */
  @Column('text')
  hint!: string;

  /** What the applications may ask for at most. */
  @Column('text', { array: true, name: 'allowed_scopes' })
  allowedScopes!: string[];

  @Column('integer', { name: 'max_uses' })
  maxUses!: number;

  @Column({ type: 'integer', insert: false })
  uses!: number;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true, insert: false })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', insert: false, update: false })
  createdAt!: Date;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;
}

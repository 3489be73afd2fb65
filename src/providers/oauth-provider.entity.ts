import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClaimMapping, ProviderType } from './provider.types.js';

/** An upstream identity provider of an organization. */
@Entity({ schema: 'tenantry', name: 'oauth_providers' })
export class OauthProvider {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  /** In addresses; it never changes. */
  @Column({ type: 'text', update: false })
  name!: string;

  @Column({ type: 'text', update: false })
  type!: ProviderType;

  @Column({ type: 'text', nullable: true, update: false })
  issuer!: string | null;

  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Column('text')
  icon!: string;

  @Column('boolean', { name: 'is_enabled' })
  isEnabled!: boolean;

  @Column('text', { name: 'client_id', nullable: true })
  clientId!: string | null;

  /** Sealed; see `ProviderSecrets`. */
  @Column('bytea', { name: 'client_secret', nullable: true, select: false })
  clientSecret!: Buffer | null;

  /** What only providers of its type have; see `provider-settings.rules.ts`. */
  @Column('jsonb')
  settings!: Record<string, unknown>;

  @Column('text', { array: true })
  scopes!: string[];

  @Column('jsonb', { name: 'claim_mapping' })
  claimMapping!: ClaimMapping;

  /** If there are some, only people with an address of these. */
  @Column('text', { array: true, name: 'allowed_domains' })
  allowedDomains!: string[];

  /** Of whose addresses its `email_verified` is believed. */
  @Column('text', { array: true, name: 'trusted_domains' })
  trustedDomains!: string[];

  @Column('boolean', { name: 'just_in_time' })
  justInTime!: boolean;

  @Column('boolean', { name: 'accepts_upstream_mfa' })
  acceptsUpstreamMfa!: boolean;

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

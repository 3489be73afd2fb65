import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  AccessTokenFormat,
  ApplicationStatus,
  ApplicationType,
  AuthMethod,
  Consent,
  GrantType,
  PublicJwks,
  SigningAlg,
  SubjectType,
} from './application.types.js';

/** An OAuth client. Its id is the `client_id`. */
@Entity({ schema: 'tenantry', name: 'applications' })
export class Application {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  type!: ApplicationType;

  @Column('text')
  status!: ApplicationStatus;

  @Column('text', { array: true, name: 'redirect_uris' })
  redirectUris!: string[];

  @Column('text', { array: true, name: 'post_logout_redirect_uris' })
  postLogoutRedirectUris!: string[];

  /** For CORS, exact. */
  @Column('text', { array: true, name: 'allowed_origins' })
  allowedOrigins!: string[];

  @Column('text', { array: true, name: 'grant_types' })
  grantTypes!: GrantType[];

  @Column('text', { name: 'token_endpoint_auth_method' })
  tokenEndpointAuthMethod!: AuthMethod;

  @Column('boolean', { name: 'require_pkce' })
  requirePkce!: boolean;

  @Column('boolean', { name: 'require_par' })
  requirePar!: boolean;

  @Column('boolean', { name: 'dpop_bound_access_tokens' })
  dpopBoundAccessTokens!: boolean;

  /** `none`: the organization's own application, which asks nobody. */
  @Column('text')
  consent!: Consent;

  @Column('text', { name: 'client_uri', nullable: true })
  clientUri!: string | null;

  @Column('text', { name: 'policy_uri', nullable: true })
  policyUri!: string | null;

  @Column('text', { name: 'tos_uri', nullable: true })
  tosUri!: string | null;

  @Column('text', { name: 'initiate_login_uri', nullable: true })
  initiateLoginUri!: string | null;

  @Column('text', { name: 'backchannel_logout_uri', nullable: true })
  backchannelLogoutUri!: string | null;

  @Column('boolean', { name: 'backchannel_logout_session_required' })
  backchannelLogoutSessionRequired!: boolean;

  @Column('text', { name: 'id_token_signing_alg' })
  idTokenSigningAlg!: SigningAlg;

  @Column('text', { name: 'subject_type' })
  subjectType!: SubjectType;

  /** The host whose applications see a person under one pairwise subject; null for that of the redirect URIs. */
  @Column('text', { name: 'sector_identifier', nullable: true })
  sectorIdentifier!: string | null;

  @Column('jsonb', { nullable: true })
  jwks!: PublicJwks | null;

  @Column('text', { name: 'jwks_uri', nullable: true })
  jwksUri!: string | null;

  @Column('text', { name: 'access_token_format' })
  accessTokenFormat!: AccessTokenFormat;

  /** Null, here and below, for that of the policy. */
  @Column('integer', { name: 'access_token_seconds', nullable: true })
  accessTokenSeconds!: number | null;

  @Column('integer', { name: 'id_token_seconds', nullable: true })
  idTokenSeconds!: number | null;

  @Column('integer', { name: 'refresh_idle_seconds', nullable: true })
  refreshIdleSeconds!: number | null;

  @Column('integer', { name: 'refresh_absolute_seconds', nullable: true })
  refreshAbsoluteSeconds!: number | null;

  @Column('integer', { name: 'refresh_grace_seconds' })
  refreshGraceSeconds!: number;

  @Column('integer', { name: 'default_max_age', nullable: true })
  defaultMaxAge!: number | null;

  @Column('text', { array: true, name: 'default_acr_values' })
  defaultAcrValues!: string[];

  /** Null for all but the product's permissions, which are given by name only. */
  @Column('text', { array: true, name: 'allowed_scopes', nullable: true })
  allowedScopes!: string[] | null;

  @Column('boolean', { name: 'registered_dynamically' })
  registeredDynamically!: boolean;

  @Column('bytea', { name: 'registration_access_hash', nullable: true, select: false })
  registrationAccessHash!: Buffer | null;

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

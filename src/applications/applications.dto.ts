import { PageOf, PageQuery } from '../platform/http/lists.js';
import { Choice, Flag, Id, Integer, Moment, Text } from '../platform/http/properties.js';
import {
  type AccessTokenFormat,
  type ApplicationSettings,
  type ApplicationStatus,
  type ApplicationType,
  applicationTypes,
  type AuthMethod,
  type Consent,
  type GrantType,
  type PublicJwks,
  type SigningAlg,
  type SubjectType,
} from './application.types.js';
import {
  AccessTokenSeconds,
  AllowedOrigins,
  AllowedScopes,
  AuthMethodChoice,
  BackchannelLogoutUri,
  BackchannelSession,
  clearable,
  clientId,
  ClientUri,
  ConsentChoice,
  DefaultAcrValues,
  DefaultMaxAge,
  DpopBound,
  GrantTypes,
  IdTokenAlg,
  IdTokenSeconds,
  InitiateLoginUri,
  Jwks,
  JwksUri,
  Name,
  nullable,
  optional,
  PolicyUri,
  PostLogoutRedirectUris,
  RedirectUris,
  RefreshAbsoluteSeconds,
  RefreshGraceSeconds,
  RefreshIdleSeconds,
  RequirePar,
  RequirePkce,
  Sector,
  Subject,
  TokenFormat,
  TosUri,
  Type,
} from './application-properties.js';
import type { ApplicationRow } from './applications.queries.js';

/** Like the settings, with what a request may leave out; keys come as any JSON. */
type SettingsBody = { [Field in keyof Omit<ApplicationSettings, 'name'>]?: unknown };

class SettingsOfRequest implements SettingsBody {
  @PostLogoutRedirectUris(optional)
  postLogoutRedirectUris?: string[];

  @AllowedOrigins(optional)
  allowedOrigins?: string[];

  @GrantTypes(optional)
  grantTypes?: GrantType[];

  @AuthMethodChoice(optional)
  tokenEndpointAuthMethod?: AuthMethod;

  @RequirePkce(optional)
  requirePkce?: boolean;

  @RequirePar(optional)
  requirePar?: boolean;

  @DpopBound(optional)
  dpopBoundAccessTokens?: boolean;

  @ConsentChoice(optional)
  consent?: Consent;

  @ClientUri(clearable)
  clientUri?: string | null;

  @PolicyUri(clearable)
  policyUri?: string | null;

  @TosUri(clearable)
  tosUri?: string | null;

  @InitiateLoginUri(clearable)
  initiateLoginUri?: string | null;

  @BackchannelLogoutUri(clearable)
  backchannelLogoutUri?: string | null;

  @BackchannelSession(optional)
  backchannelLogoutSessionRequired?: boolean;

  @IdTokenAlg(optional)
  idTokenSigningAlg?: SigningAlg;

  @Subject(optional)
  subjectType?: SubjectType;

  @Sector(clearable)
  sectorIdentifier?: string | null;

  @Jwks(clearable)
  jwks?: object | null;

  @JwksUri(clearable)
  jwksUri?: string | null;

  @TokenFormat(optional)
  accessTokenFormat?: AccessTokenFormat;

  @AccessTokenSeconds(clearable)
  accessTokenSeconds?: number | null;

  @IdTokenSeconds(clearable)
  idTokenSeconds?: number | null;

  @RefreshIdleSeconds(clearable)
  refreshIdleSeconds?: number | null;

  @RefreshAbsoluteSeconds(clearable)
  refreshAbsoluteSeconds?: number | null;

  @RefreshGraceSeconds(optional)
  refreshGraceSeconds?: number;

  @DefaultMaxAge(clearable)
  defaultMaxAge?: number | null;

  @DefaultAcrValues(optional)
  defaultAcrValues?: string[];

  @AllowedScopes(clearable)
  allowedScopes?: string[] | null;
}

export class CreateApplicationBody extends SettingsOfRequest {
  @Name()
  name!: string;

  @Type()
  type!: ApplicationType;

  @RedirectUris(optional)
  redirectUris?: string[];
}

export class UpdateApplicationBody extends SettingsOfRequest {
  @Name(optional)
  name?: string;

  @RedirectUris(optional)
  redirectUris?: string[];
}

export class ApplicationsQuery extends PageQuery {
  @Text({ max: 100, optional: true, describe: 'Part of the name', example: 'art' })
  q?: string;

  @Choice(applicationTypes, { optional: true })
  type?: ApplicationType;
}

export class ApplicationView implements ApplicationSettings {
  @Id({ example: clientId })
  id!: string;

  @Id({ example: clientId, describe: 'What it says who it is; the same as `id`' })
  clientId!: string;

  @Name()
  name!: string;

  @Type()
  type!: ApplicationType;

  @Choice(['active', 'disabled'], {
    describe: 'A disabled application gets nothing, and what it got is worth nothing',
  })
  status!: ApplicationStatus;

  @RedirectUris({})
  redirectUris!: string[];

  @PostLogoutRedirectUris({})
  postLogoutRedirectUris!: string[];

  @AllowedOrigins({})
  allowedOrigins!: string[];

  @GrantTypes()
  grantTypes!: GrantType[];

  @AuthMethodChoice()
  tokenEndpointAuthMethod!: AuthMethod;

  @RequirePkce()
  requirePkce!: boolean;

  @RequirePar()
  requirePar!: boolean;

  @DpopBound()
  dpopBoundAccessTokens!: boolean;

  @ConsentChoice()
  consent!: Consent;

  @ClientUri(nullable)
  clientUri!: string | null;

  @PolicyUri(nullable)
  policyUri!: string | null;

  @TosUri(nullable)
  tosUri!: string | null;

  @Text({
    max: 2_048,
    format: 'uri',
    nullable: true,
    describe: 'Address of its logo; set by a route of its own',
  })
  logo!: string | null;

  @InitiateLoginUri(nullable)
  initiateLoginUri!: string | null;

  @BackchannelLogoutUri(nullable)
  backchannelLogoutUri!: string | null;

  @BackchannelSession()
  backchannelLogoutSessionRequired!: boolean;

  @IdTokenAlg()
  idTokenSigningAlg!: SigningAlg;

  @Subject()
  subjectType!: SubjectType;

  @Sector(nullable)
  sectorIdentifier!: string | null;

  @Jwks(nullable)
  jwks!: PublicJwks | null;

  @JwksUri(nullable)
  jwksUri!: string | null;

  @TokenFormat()
  accessTokenFormat!: AccessTokenFormat;

  @AccessTokenSeconds(nullable)
  accessTokenSeconds!: number | null;

  @IdTokenSeconds(nullable)
  idTokenSeconds!: number | null;

  @RefreshIdleSeconds(nullable)
  refreshIdleSeconds!: number | null;

  @RefreshAbsoluteSeconds(nullable)
  refreshAbsoluteSeconds!: number | null;

  @RefreshGraceSeconds()
  refreshGraceSeconds!: number;

  @DefaultMaxAge(nullable)
  defaultMaxAge!: number | null;

  @DefaultAcrValues()
  defaultAcrValues!: string[];

  @AllowedScopes(nullable)
  allowedScopes!: string[] | null;

  @Flag({ example: false, describe: 'Registered itself, with a registration token' })
  registeredDynamically!: boolean;

  @Integer({ min: 1, max: 2_147_483_647, example: 3 })
  version!: number;

  @Moment()
  createdAt!: string;

  @Moment()
  updatedAt!: string;

  static of({ logoMediaId: _logoMediaId, ...row }: ApplicationRow, logo: string | null): ApplicationView {
    return {
      ...row,
      clientId: row.id,
      logo,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

export class CreatedApplicationView extends ApplicationView {
  @Text({
    max: 200,
    nullable: true,
    example: 'ten_cs_AZnB8mpQfMGdQTqG4NOlxAbC0dEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlM',
    describe:
      'Its first secret: shown this once, and stored as a hash. Null where it proves itself without one',
  })
  clientSecret!: string | null;
}

export class ApplicationPage extends PageOf(ApplicationView) {}

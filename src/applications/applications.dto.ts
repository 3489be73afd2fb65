import {
  Choice,
  Flag,
  Id,
  Integer,
  JsonObject,
  Moment,
  Text,
  TextList,
} from '../platform/http/properties.js';
import { PageOf, PageQuery } from '../platform/http/lists.js';
import { PlainLine } from '../platform/http/plain-line.js';
import { longestTokens } from '../policies/policies.service.js';
import {
  type AccessTokenFormat,
  accessTokenFormats,
  type ApplicationSettings,
  type ApplicationStatus,
  type ApplicationType,
  applicationTypes,
  type AuthMethod,
  authMethods,
  type Consent,
  consents,
  type GrantType,
  grantTypes,
  type PublicJwks,
  type SigningAlg,
  signingAlgs,
  type SubjectType,
  subjectTypes,
} from './application.types.js';
import type { ApplicationRow } from './applications.queries.js';
import { longestName, mostScopes, mostUris } from './applications.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

const optional: Use = { optional: true };
const clearable: Use = { optional: true, nullable: true };
const nullable: Use = { nullable: true };

const clientId = '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4';

const Name = (use: Use = {}) =>
  PlainLine({
    ...use,
    max: longestName,
    example: 'Articles',
    describe: 'What people read when they are asked for their consent; plain text on one line',
  });
const Type = () =>
  Choice(applicationTypes, {
    describe:
      '`web` runs on a server, `machine` has no users: both keep a secret. `spa` runs in a browser and `native` on a ' +
      'device: neither can keep one',
  });
const Addresses = (example: string[], describe: string) => (use: Use) =>
  TextList({
    ...use,
    maxItems: mostUris,
    pattern: /^[\x21-\x7e]{1,2000}$/,
    patternText: 'must be absolute addresses in ASCII',
    example,
    describe,
  });
const RedirectUris = Addresses(
  ['https://articles.acme.example/callback'],
  'Where people are sent back to, compared character by character: `https`; for `native` also `http` on a loopback ' +
    'address, whose port may vary, and a scheme made of a domain. No fragment, no user, no wildcard. Outside ' +
    'production `http` on a loopback address is taken for all types',
);
const PostLogoutRedirectUris = Addresses(
  ['https://articles.acme.example/'],
  'Where people may be sent after signing out; by the rules of `redirectUris`',
);
const AllowedOrigins = Addresses(
  ['https://articles.acme.example'],
  'Pages of which origins may call the endpoints with a script (CORS). Of a new `spa` those of its redirect URIs, ' +
    'unless told',
);
const GrantTypes = (use: Use = {}) =>
  TextList({
    ...use,
    minItems: 1,
    maxItems: grantTypes.length,
    pattern: new RegExp(`^(?:${grantTypes.join('|')})$`),
    patternText: `must be of ${grantTypes.join(', ')}`,
    example: ['authorization_code', 'refresh_token'],
    describe:
      '`web`: `authorization_code`, `refresh_token`, device code, token exchange. `spa`: the first two. `native`: those ' +
      'and device code. `machine`: `client_credentials`, token exchange',
  });
const AuthMethodChoice = (use: Use = {}) =>
  Choice(authMethods, {
    ...use,
    describe:
      'How it proves itself at the token endpoint: `none` for `spa` and `native`, one of the others for `web` and ' +
      '`machine`',
  });
const RequirePkce = (use: Use = {}) =>
  Flag({
    ...use,
    example: true,
    describe: 'PKCE with S256; can be false for `web` only, for clients that know none',
  });
const RequirePar = (use: Use = {}) =>
  Flag({ ...use, example: false, describe: 'Authorization requests must be pushed (RFC 9126)' });
const DpopBound = (use: Use = {}) =>
  Flag({
    ...use,
    example: false,
    describe: 'Access tokens are bound to a key of the application (RFC 9449)',
  });
const ConsentChoice = (use: Use = {}) =>
  Choice(consents, {
    ...use,
    describe: '`none` for an application of the organization itself: nobody is asked',
  });
const Page = (example: string, describe: string) => (use: Use) =>
  Text({ ...use, max: 2_000, format: 'uri', example, describe });
const ClientUri = Page('https://articles.acme.example/', 'Page about the application; `https`');
const PolicyUri = Page('https://acme.example/privacy', 'Its privacy policy; `https`');
const TosUri = Page('https://acme.example/terms', 'Its terms of service; `https`');
const InitiateLoginUri = Page(
  'https://articles.acme.example/sign-in',
  'Where a sign-in that begins here is sent to (OpenID Connect Core, section 4)',
);
const BackchannelLogoutUri = Page(
  'https://articles.acme.example/signed-out',
  'Is told when a session ends that the application was used in (OpenID Connect Back-Channel Logout)',
);
const BackchannelSession = (use: Use = {}) =>
  Flag({ ...use, example: true, describe: 'What it is told must name the session (`sid`)' });
const IdTokenAlg = (use: Use = {}) =>
  Choice(signingAlgs, {
    ...use,
    describe: 'How id tokens are signed; `RS256` for clients that know nothing else',
  });
const Subject = (use: Use = {}) =>
  Choice(subjectTypes, {
    ...use,
    describe: '`pairwise`: applications of different hosts see different subjects of one person',
  });
const Sector = (use: Use = {}) =>
  Text({
    ...use,
    max: 253,
    example: 'acme.example',
    describe:
      'Host under which pairwise subjects are made; needed where the redirect URIs have several, or none',
  });
const jwksExample = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      kid: 'articles-2027',
      use: 'sig',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
};
const Jwks = (use: Use = {}) =>
  JsonObject({
    ...use,
    maxBytes: 16_384,
    example: jwksExample,
    describe:
      'Public keys of the application (RFC 7517), at most 10: EC, Ed25519, or RSA of 2048 to 4096 bits',
  });
const JwksUri = Page(
  'https://articles.acme.example/jwks.json',
  'Where its public keys are; instead of `jwks`',
);
const TokenFormat = (use: Use = {}) =>
  Choice(accessTokenFormats, {
    ...use,
    describe: 'Of access tokens that are for no API of their own; `opaque` ones end with their session',
  });
const Seconds = (max: number, describe: string) => (use: Use) =>
  Integer({
    ...use,
    min: 60,
    max,
    fromBody: true,
    example: 3_600,
    describe: `${describe}; null for that of the policy`,
  });
const AccessTokenSeconds = Seconds(
  longestTokens.opaqueAccessToken,
  `Lifetime of an access token, at most ${longestTokens.jwt} for \`jwt\``,
);
const IdTokenSeconds = Seconds(longestTokens.jwt, 'Lifetime of an id token');
const RefreshIdleSeconds = Seconds(
  longestTokens.refresh,
  'A refresh token ends when it was not used for so long',
);
const RefreshAbsoluteSeconds = Seconds(
  longestTokens.refresh,
  'Refresh tokens that follow each other end so long after the first one',
);
const RefreshGraceSeconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 0,
    max: 10,
    fromBody: true,
    example: 0,
    describe: 'A refresh token that is used again so soon gets the same successor; later it ends them all',
  });
const DefaultMaxAge = (use: Use = {}) =>
  Integer({
    ...use,
    min: 0,
    max: longestTokens.refresh,
    fromBody: true,
    example: 86_400,
    describe: 'Seconds since people proved who they are, after which they are asked again; null for any',
  });
const DefaultAcrValues = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 10,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
    patternText: 'must be names of authentication contexts, without spaces',
    example: [],
    describe: 'Which authentication contexts it wants unless it says so',
  });
const AllowedScopes = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: mostScopes,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
    patternText: 'must be names of scopes',
    example: ['openid', 'profile', 'email', 'offline_access'],
    describe:
      'What it may ask for; null for everything but permissions of the product. Those work by name only, and whoever ' +
      'names one must hold it',
  });

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

import type { ApplicationType, AuthMethod, GrantType } from './application-kinds.rules.js';

export {
  type ApplicationType,
  applicationTypes,
  type AuthMethod,
  authMethods,
  deviceCodeGrant,
  type GrantType,
  grantTypes,
  tokenExchangeGrant,
} from './application-kinds.rules.js';

export type ApplicationStatus = 'active' | 'disabled';

export const consents = ['required', 'none'] as const;
export type Consent = (typeof consents)[number];

export const signingAlgs = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlg = (typeof signingAlgs)[number];

export const subjectTypes = ['public', 'pairwise'] as const;
export type SubjectType = (typeof subjectTypes)[number];

export const accessTokenFormats = ['opaque', 'jwt'] as const;
export type AccessTokenFormat = (typeof accessTokenFormats)[number];

/** A public key of an application (RFC 7517), with nothing in it that is not known here. */
export interface PublicJwk {
  readonly kty: 'EC' | 'RSA' | 'OKP';
  readonly kid?: string;
  readonly use?: 'sig';
  readonly alg?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

export interface PublicJwks {
  readonly keys: readonly PublicJwk[];
}

/** Everything that an application can be told to do; the rest follows from its type. */
export interface ApplicationSettings {
  name: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  allowedOrigins: string[];
  grantTypes: GrantType[];
  tokenEndpointAuthMethod: AuthMethod;
  requirePkce: boolean;
  requirePar: boolean;
  dpopBoundAccessTokens: boolean;
  consent: Consent;
  clientUri: string | null;
  policyUri: string | null;
  tosUri: string | null;
  initiateLoginUri: string | null;
  backchannelLogoutUri: string | null;
  backchannelLogoutSessionRequired: boolean;
  idTokenSigningAlg: SigningAlg;
  subjectType: SubjectType;
  sectorIdentifier: string | null;
  jwks: PublicJwks | null;
  jwksUri: string | null;
  accessTokenFormat: AccessTokenFormat;
  accessTokenSeconds: number | null;
  idTokenSeconds: number | null;
  refreshIdleSeconds: number | null;
  refreshAbsoluteSeconds: number | null;
  refreshGraceSeconds: number;
  defaultMaxAge: number | null;
  defaultAcrValues: string[];
  allowedScopes: string[] | null;
}

type Lifetime = 'idTokenSeconds' | 'refreshIdleSeconds' | 'refreshAbsoluteSeconds';

/** An application as the protocol engine needs it: active, with the lifetimes that hold. */
export interface RegisteredApplication extends Omit<ApplicationSettings, 'accessTokenSeconds' | Lifetime> {
  /** Also the `client_id`. */
  readonly id: string;
  readonly type: ApplicationType;
  /** Of tokens in the application's own format; those for an API follow the API's. */
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshIdleSeconds: number;
  readonly refreshAbsoluteSeconds: number;
  /** The host of pairwise subjects, settled; null for public ones. */
  readonly sector: string | null;
  /** Address of the logo, or null. */
  readonly logo: string | null;
  readonly registeredDynamically: boolean;
  readonly createdAt: Date;
  readonly version: number;
}

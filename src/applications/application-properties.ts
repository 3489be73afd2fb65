import { PlainLine } from '../platform/http/plain-line.js';
import { Choice, Flag, Integer, JsonObject, Text, TextList } from '../platform/http/properties.js';
import { longestTokens } from '../policies/policies.service.js';
import {
  accessTokenFormats,
  applicationTypes,
  authMethods,
  consents,
  grantTypes,
  signingAlgs,
  subjectTypes,
} from './application.types.js';
import { longestName, mostScopes, mostUris } from './application-checks.rules.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

export const optional: Use = { optional: true };
export const clearable: Use = { optional: true, nullable: true };
export const nullable: Use = { nullable: true };

export const clientId = '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4';

export const Name = (use: Use = {}) =>
  PlainLine({
    ...use,
    max: longestName,
    example: 'Articles',
    describe: 'What people read when they are asked for their consent; plain text on one line',
  });
export const Type = () =>
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
export const RedirectUris = Addresses(
  ['https://articles.acme.example/callback'],
  'Where people are sent back to, compared character by character: `https`; for `native` also `http` on a loopback ' +
    'address, whose port may vary, and a scheme made of a domain. No fragment, no user, no wildcard. Outside ' +
    'production `http` on a loopback address is taken for all types',
);
export const PostLogoutRedirectUris = Addresses(
  ['https://articles.acme.example/'],
  'Where people may be sent after signing out; by the rules of `redirectUris`',
);
export const AllowedOrigins = Addresses(
  ['https://articles.acme.example'],
  'Pages of which origins may call the endpoints with a script (CORS). Of a new `spa` those of its redirect URIs, ' +
    'unless told',
);
export const GrantTypes = (use: Use = {}) =>
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
export const AuthMethodChoice = (use: Use = {}) =>
  Choice(authMethods, {
    ...use,
    describe:
      'How it proves itself at the token endpoint: `none` for `spa` and `native`, one of the others for `web` and ' +
      '`machine`',
  });
export const RequirePkce = (use: Use = {}) =>
  Flag({
    ...use,
    example: true,
    describe: 'PKCE with S256; can be false for `web` only, for clients that know none',
  });
export const RequirePar = (use: Use = {}) =>
  Flag({ ...use, example: false, describe: 'Authorization requests must be pushed (RFC 9126)' });
export const DpopBound = (use: Use = {}) =>
  Flag({
    ...use,
    example: false,
    describe: 'Access tokens are bound to a key of the application (RFC 9449)',
  });
export const ConsentChoice = (use: Use = {}) =>
  Choice(consents, {
    ...use,
    describe: '`none` for an application of the organization itself: nobody is asked',
  });
const Page = (example: string, describe: string) => (use: Use) =>
  Text({ ...use, max: 2_000, format: 'uri', example, describe });
export const ClientUri = Page('https://articles.acme.example/', 'Page about the application; `https`');
export const PolicyUri = Page('https://acme.example/privacy', 'Its privacy policy; `https`');
export const TosUri = Page('https://acme.example/terms', 'Its terms of service; `https`');
export const InitiateLoginUri = Page(
  'https://articles.acme.example/sign-in',
  'Where a sign-in that begins here is sent to (OpenID Connect Core, section 4)',
);
export const BackchannelLogoutUri = Page(
  'https://articles.acme.example/signed-out',
  'Is told when a session ends that the application was used in (OpenID Connect Back-Channel Logout)',
);
export const BackchannelSession = (use: Use = {}) =>
  Flag({ ...use, example: true, describe: 'What it is told must name the session (`sid`)' });
export const IdTokenAlg = (use: Use = {}) =>
  Choice(signingAlgs, {
    ...use,
    describe: 'How id tokens are signed; `RS256` for clients that know nothing else',
  });
export const Subject = (use: Use = {}) =>
  Choice(subjectTypes, {
    ...use,
    describe: '`pairwise`: applications of different hosts see different subjects of one person',
  });
export const Sector = (use: Use = {}) =>
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
export const Jwks = (use: Use = {}) =>
  JsonObject({
    ...use,
    maxBytes: 16_384,
    example: jwksExample,
    describe:
      'Public keys of the application (RFC 7517), at most 10: EC, Ed25519, or RSA of 2048 to 4096 bits',
  });
export const JwksUri = Page(
  'https://articles.acme.example/jwks.json',
  'Where its public keys are; instead of `jwks`',
);
export const TokenFormat = (use: Use = {}) =>
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
export const AccessTokenSeconds = Seconds(
  longestTokens.opaqueAccessToken,
  `Lifetime of an access token, at most ${longestTokens.jwt} for \`jwt\``,
);
export const IdTokenSeconds = Seconds(longestTokens.jwt, 'Lifetime of an id token');
export const RefreshIdleSeconds = Seconds(
  longestTokens.refresh,
  'A refresh token ends when it was not used for so long',
);
export const RefreshAbsoluteSeconds = Seconds(
  longestTokens.refresh,
  'Refresh tokens that follow each other end so long after the first one',
);
export const RefreshGraceSeconds = (use: Use = {}) =>
  Integer({
    ...use,
    min: 0,
    max: 10,
    fromBody: true,
    example: 0,
    describe: 'A refresh token that is used again so soon gets the same successor; later it ends them all',
  });
export const DefaultMaxAge = (use: Use = {}) =>
  Integer({
    ...use,
    min: 0,
    max: longestTokens.refresh,
    fromBody: true,
    example: 86_400,
    describe: 'Seconds since people proved who they are, after which they are asked again; null for any',
  });
export const DefaultAcrValues = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 10,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
    patternText: 'must be names of authentication contexts, without spaces',
    example: [],
    describe: 'Which authentication contexts it wants unless it says so',
  });
export const AllowedScopes = (use: Use = {}) =>
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

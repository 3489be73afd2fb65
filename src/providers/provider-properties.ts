import { plainLinePattern } from '../platform/text/plain-text.rules.js';
import { PlainLine } from '../platform/http/plain-line.js';
import { Choice, Flag, JsonObject, Text, TextList } from '../platform/http/properties.js';
import { type ProviderType, providerTypes } from './provider.types.js';

/** Each value is described once, for the requests that set it and for the answers that show it. */
interface Use {
  optional?: boolean;
  nullable?: boolean;
}

export const optional: Use = { optional: true };
export const nullable: Use = { nullable: true };

/** Those that this API makes; another organization is connected in a way of its own. */
export const creatableTypes: readonly ProviderType[] = ['google', 'github', 'microsoft', 'oidc', 'oauth2'];

export const providerIcons = [
  'key',
  'google',
  'github',
  'microsoft',
  'apple',
  'gitlab',
  'organization',
  'school',
  'shield',
] as const;

export const Name = (use: Use = {}) =>
  Text({
    ...use,
    max: 40,
    pattern: /^(?!callback$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    patternText: 'must be lower-case letters, digits and hyphens between them, and not "callback"',
    example: 'google',
    describe: 'In addresses; it stays what it is',
  });
const types = 'How it is spoken to, and which `settings` it has: docs/providers.md names each field';
export const NewType = () => Choice(creatableTypes, { describe: types });
export const Type = (use: Use = {}) => Choice(providerTypes, { ...use, describe: types });
export const DisplayName = (use: Use = {}) =>
  PlainLine({ ...use, max: 100, example: 'Google', describe: 'On the button of the page of signing in' });
export const Icon = (use: Use = {}) => Choice(providerIcons, { ...use, describe: 'On the button' });
export const IsEnabled = (use: Use = {}) =>
  Flag({ ...use, example: true, describe: 'Whether it is offered; a disabled one can be tested only' });
export const ClientId = (use: Use = {}) =>
  Text({
    ...use,
    max: 500,
    pattern: /^[\x21-\x7e]+$/,
    patternText: 'must be visible ASCII characters',
    example: '1234567890-abc.apps.googleusercontent.com',
    describe: 'Of the organization, as the provider gave it out',
  });
export const ClientSecret = (use: Use = {}) =>
  Text({
    ...use,
    max: 2_000,
    pattern: /^[\x20-\x7e]+$/,
    patternText: 'must be ASCII characters',
    example: 'GOCSPX-0123456789abcdefghij',
    describe: 'Sealed, and never shown again. Null for a client without one, which PKCE alone protects',
  });
export const Issuer = (use: Use = {}) =>
  Text({
    ...use,
    max: 2_000,
    example: 'https://login.example.com',
    describe:
      'Of `oidc`: the issuer, as its discovery document says, character by character. Of `oauth2`: a name for those ' +
      'whom it knows; left out, the origin of `authorizationUrl`. It stays what it is: accounts hang on it',
  });
export const Settings = (use: Use = {}) =>
  JsonObject({
    ...use,
    maxBytes: 16_384,
    example: { hostedDomain: 'acme.example' },
    describe: 'What only providers of its type have; see docs/providers.md',
  });
export const Scopes = (use: Use = {}) =>
  TextList({
    ...use,
    maxItems: 50,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
    patternText: 'must be names of scopes',
    example: ['openid', 'email', 'profile'],
    describe: 'What the provider is asked for',
  });
export const ClaimMappingObject = (use: Use = {}) =>
  JsonObject({
    ...use,
    maxBytes: 4_096,
    example: { email: 'mail' },
    describe:
      'Where claims stand that the provider calls otherwise: `email`, `emailVerified`, `username`, `name`, `givenName`, ' +
      '`familyName`, `picture`, `locale`, and for `oauth2` also `subject`. Names with dots between them lead into objects',
  });
const Domains = (describe: string) => (use: Use) =>
  TextList({
    ...use,
    maxItems: 100,
    pattern: /^[^\s@/]{1,253}$/,
    patternText: 'must be domains',
    example: ['acme.example'],
    describe,
  });
export const AllowedDomains = Domains(
  'If there are some, only people with a verified e-mail address of these come in',
);
export const TrustedDomains = Domains(
  'For addresses of these its `email_verified` is believed: whoever has one there is whoever has it here. ' +
    'Needs `owners:write`, since owners have addresses too',
);
export const JustInTime = (use: Use = {}) =>
  Flag({ ...use, example: true, describe: 'Whether people who are not known yet become users' });
export const AcceptsUpstreamMfa = (use: Use = {}) =>
  Flag({
    ...use,
    example: false,
    describe: 'Whether a second factor that it says it has asked for (`amr`, `acr`) counts as one here',
  });

export const MappedClaimName = () =>
  Text({
    max: 200,
    pattern: /^[\x21-\x7e]+$/,
    patternText: 'must be the name of a claim',
    example: 'groups',
    describe: 'A claim of the provider, or names with dots between them',
  });
export const MappedValue = () =>
  Text({
    max: 200,
    pattern: plainLinePattern,
    patternText: 'must be plain text on one line',
    example: 'editors',
    describe: 'Its value, or one of its values',
  });

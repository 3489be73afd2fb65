import type { ApplicationType, RegisteredApplication } from '../../applications/application.types.js';
import type { SelfDescription } from '../../applications/dynamic-registrations.service.js';

type Metadata = Readonly<Record<string, unknown>>;

/** What RFC 7591 calls it, what it is called here, and of what shape it must be. */
const known: readonly (readonly [
  string,
  keyof SelfDescription,
  'text' | 'texts' | 'flag' | 'number' | 'object',
])[] = [
  ['client_name', 'name', 'text'],
  ['redirect_uris', 'redirectUris', 'texts'],
  ['post_logout_redirect_uris', 'postLogoutRedirectUris', 'texts'],
  ['grant_types', 'grantTypes', 'texts'],
  ['token_endpoint_auth_method', 'tokenEndpointAuthMethod', 'text'],
  ['client_uri', 'clientUri', 'text'],
  ['policy_uri', 'policyUri', 'text'],
  ['tos_uri', 'tosUri', 'text'],
  ['initiate_login_uri', 'initiateLoginUri', 'text'],
  ['backchannel_logout_uri', 'backchannelLogoutUri', 'text'],
  ['backchannel_logout_session_required', 'backchannelLogoutSessionRequired', 'flag'],
  ['id_token_signed_response_alg', 'idTokenSigningAlg', 'text'],
  ['subject_type', 'subjectType', 'text'],
  ['jwks', 'jwks', 'object'],
  ['jwks_uri', 'jwksUri', 'text'],
  ['default_max_age', 'defaultMaxAge', 'number'],
  ['default_acr_values', 'defaultAcrValues', 'texts'],
  ['require_pushed_authorization_requests', 'requirePar', 'flag'],
  ['dpop_bound_access_tokens', 'dpopBoundAccessTokens', 'flag'],
];

const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  flag: (value) => typeof value === 'boolean',
  number: (value) => Number.isSafeInteger(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export interface MetadataError {
  readonly error: 'invalid_client_metadata' | 'invalid_redirect_uri';
  readonly description: string;
}

/** An application's own words in ours; what nobody knows is left out (RFC 7591, section 2). */
export function readMetadata(metadata: Metadata): SelfDescription | MetadataError {
  const description: Record<string, unknown> = {};
  for (const [name, own, shape] of known) {
    const value = metadata[name];
    // RFC 7592, section 2.2: null means to leave it out.
    if (value === undefined || value === null) continue;
    if (!shapes[shape]!(value)) return errorAt(name, 'has the wrong form');
    description[own] = value;
  }
  const { response_types: responseTypes, scope } = metadata;
  if (responseTypes !== undefined && JSON.stringify(responseTypes) !== '["code"]')
    return errorAt('response_types', 'must be ["code"]');
  if (scope !== undefined && typeof scope !== 'string') return errorAt('scope', 'has the wrong form');
  return {
    name: 'Application',
    ...description,
    ...(typeof scope === 'string' && { scopes: scope.split(' ').filter((name) => name !== '') }),
  } as SelfDescription;
}

/** Whether it runs on a server, in a browser or on a device: RFC 7591 says it in two words. */
export function typeOf(metadata: Metadata): Exclude<ApplicationType, 'machine'> {
  if (metadata['application_type'] === 'native') return 'native';
  return metadata['token_endpoint_auth_method'] === 'none' ? 'spa' : 'web';
}

/** @param pointer such as `/redirectUris/0` */
export function errorOf(pointer: string, detail: string): MetadataError {
  const [, own = ''] = pointer.split('/');
  const name = known.find(([, ours]) => ours === own)?.[0];
  return name === undefined ? errorAt('the metadata', detail) : errorAt(name, detail);
}

function errorAt(name: string, detail: string): MetadataError {
  const error = name === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return { error, description: `${name} ${detail}` };
}

/** What is answered: everything as it was understood. */
export function describeMetadata(application: RegisteredApplication): Metadata {
  const described = known.map(
    ([name, own]) => [name, application[own as keyof RegisteredApplication]] as const,
  );
  return {
    client_id: application.id,
    client_id_issued_at: Math.floor(application.createdAt.getTime() / 1_000),
    application_type: application.type === 'native' ? 'native' : 'web',
    response_types: application.grantTypes.includes('authorization_code') ? ['code'] : [],
    scope: application.allowedScopes?.join(' '),
    ...Object.fromEntries(described.filter(([, value]) => value !== null)),
  };
}

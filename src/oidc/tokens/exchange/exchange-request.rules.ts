import type { Actor } from '../token-actors.js';
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

export const exchangeParameters = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
];

/** RFC 8693, section 2.1, as far as it is understood here. */
export interface ExchangeRequest {
  readonly subjectToken: string;
  readonly actorToken: string | null;
  /** The API that the new token is for; null for that of the old one. */
  readonly resource: string | null;
  readonly scopes: readonly string[] | null;
}

/** The request, or what is wrong with it. */
export function readExchange(parameters: Readonly<Record<string, unknown>>): ExchangeRequest | string {
  const text = (name: string): string | null => {
    const value = parameters[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const subjectToken = text('subject_token');
  if (subjectToken === null) return 'subject_token is missing';
  if (text('subject_token_type') !== accessTokenType) return `subject_token_type must be ${accessTokenType}`;
  const actorToken = text('actor_token');
  if (text('actor_token_type') !== (actorToken === null ? null : accessTokenType))
    return `actor_token comes with actor_token_type ${accessTokenType}`;
  const wanted = text('requested_token_type');
  if (wanted !== null && wanted !== accessTokenType && wanted !== jwtType)
    return `requested_token_type must be ${accessTokenType}`;
  if (Array.isArray(parameters['resource'])) return 'one resource at a time';
  const [resource, audience] = [text('resource'), text('audience')];
  if (resource !== null && audience !== null && resource !== audience) return 'resource and audience differ';
  return {
    subjectToken,
    actorToken,
    resource: resource ?? audience,
    scopes: text('scope')?.split(' ') ?? null,
  };
}

export interface ExchangedToken {
  readonly applicationId: string;
  readonly isOfOwnApplication: boolean;
  readonly audience: string | null;
}

/**
 * Whether an application may act for whom a token is about: with what it got itself, with what came from one of the
 * organization's own applications, and with what was meant for an API that it may call. Anything else was given to
 * strangers for something else.
 *
 * @param callable whether the application may ask for any scope of that API
 */
export function mayExchange(
  applicationId: string,
  token: ExchangedToken,
  callable: (audience: string) => boolean,
): boolean {
  if (token.applicationId === applicationId || token.isOfOwnApplication) return true;
  return token.audience !== null && callable(token.audience);
}

/**
 * The scopes of the new token: never more than the application was given by name.
 *
 * @param limit at the same API what the old one had; for what an application got itself what the person has allowed it
 */
export function exchangedScopes(
  allowed: readonly string[],
  wanted: readonly string[] | null,
  limit: readonly string[] | null,
): string[] {
  return allowed.filter(
    (scope) =>
      scope !== '' &&
      (wanted === null || wanted.includes(scope)) &&
      (limit === null || limit.includes(scope)),
  );
}

/** Through so many a token comes at most: each of them is named in it, and has a grant of its own. */
export const mostActors = 10;

export const actorsOf = (actor: Actor | undefined): number =>
  actor === undefined ? 0 : 1 + actorsOf(actor.act);

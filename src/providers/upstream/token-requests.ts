import type { UpstreamTokens } from '../provider.types.js';
import { UpstreamFailure, type UpstreamFailureCode } from '../upstream-failures.types.js';
import type { Journal } from './journal.js';
import { readable } from './redaction.rules.js';
import type { Return, TokenAuthMethod, TokenEndpoint, UpstreamProvider } from './upstream-client.js';

type Answer = Readonly<Record<string, unknown>>;

/** Exchanges the code for tokens (RFC 6749, section 4.1.3), with the PKCE verifier. @throws UpstreamFailure */
export function exchangeCode(
  provider: UpstreamProvider,
  endpoint: TokenEndpoint,
  { parameters, callbackUrl, verifier }: Return,
  journal: Journal,
  { usesPkce }: { usesPkce: boolean },
): Promise<Answer> {
  const grant = {
    grant_type: 'authorization_code',
    code: requireCode(parameters),
    redirect_uri: callbackUrl,
    ...(usesPkce && { code_verifier: verifier }),
  };
  return requestTokens(provider, endpoint, grant, journal);
}

/** @throws UpstreamFailure */
export async function requestTokens(
  provider: UpstreamProvider,
  { address, method }: TokenEndpoint,
  grant: Readonly<Record<string, string>>,
  journal: Journal,
): Promise<Answer> {
  const { status, body } = await journal.readJson('token', address, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(method === 'client_secret_basic' && { authorization: basicOf(provider) }),
    },
    body: new URLSearchParams({ ...grant, ...clientFields(provider, method) }).toString(),
  });
  // Some answer 200 also when they refuse.
  if (status >= 300 || body['error'] !== undefined) throw tokenFailure(body);
  if (typeof body['access_token'] !== 'string')
    throw new UpstreamFailure('upstream_unreadable', 'It gave no access token');
  return body;
}

function clientFields(
  { clientId, clientSecret }: UpstreamProvider,
  method: TokenAuthMethod,
): Record<string, string> {
  if (method === 'client_secret_basic') return {};
  return {
    client_id: clientId,
    ...(method === 'client_secret_post' && { client_secret: clientSecret ?? '' }),
  };
}

/** RFC 6749, section 2.3.1. */
function basicOf({ clientId, clientSecret }: UpstreamProvider): string {
  const encode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
  const pair = `${encode(clientId)}:${encode(clientSecret ?? '')}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** How people come back whom the provider turned away. @throws UpstreamFailure */
export function requireNoError(parameters: URLSearchParams, journal: Journal): void {
  const error = parameters.get('error');
  if (error === null) return;
  const words = readable(
    [error, parameters.get('error_description') ?? ''].filter((text) => text !== '').join(': '),
  );
  journal.note('callback', false, words);
  throw new UpstreamFailure(authorizationCodes[error] ?? 'upstream_error', words);
}

/**
 * That the answer comes from the provider that was asked, where it says so (RFC 9207); together with `state`, which is bound to
 * one provider, nobody can pass off the code of another.
 *
 * @throws UpstreamFailure
 */
export function requireIssuer(
  parameters: URLSearchParams,
  issuers: readonly string[],
  isAlwaysThere: boolean,
  journal: Journal,
): void {
  const given = parameters.get('iss');
  const code =
    given === null
      ? isAlwaysThere
        ? 'issuer_missing'
        : null
      : issuers.includes(given)
        ? null
        : 'issuer_wrong';
  if (code === null) return;
  const failure = new UpstreamFailure(code, given === null ? null : `It says iss=${readable(given)}`);
  journal.note('callback', false, failure.message);
  throw failure;
}

function requireCode(parameters: URLSearchParams): string {
  const code = parameters.get('code');
  if (code === null || code === '') throw new UpstreamFailure('upstream_unreadable', 'It sent no code');
  return code;
}

const authorizationCodes: Readonly<Record<string, UpstreamFailureCode>> = {
  access_denied: 'upstream_denied',
  redirect_uri_mismatch: 'callback_refused',
};

const tokenCodes: Readonly<Record<string, UpstreamFailureCode>> = {
  invalid_client: 'client_refused',
  unauthorized_client: 'client_refused',
  incorrect_client_credentials: 'client_refused',
  invalid_grant: 'code_refused',
  bad_verification_code: 'code_refused',
  redirect_uri_mismatch: 'callback_refused',
};

export function tokenFailure({ error, error_description: description }: Answer): UpstreamFailure {
  const code = typeof error === 'string' ? error : '';
  const words = [error, description].filter((text) => typeof text === 'string').join(': ');
  const known = Object.hasOwn(tokenCodes, code) ? tokenCodes[code]! : 'token_refused';
  return new UpstreamFailure(known, words === '' ? null : readable(words));
}

export function tokensOf(answer: Answer, asked: readonly string[]): UpstreamTokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds, scope } = answer;
  const lifetime = typeof seconds === 'string' ? Number(seconds) : seconds;
  return {
    accessToken: typeof accessToken === 'string' ? accessToken : null,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : null,
    expiresAt:
      typeof lifetime === 'number' && lifetime > 0 && lifetime < 1e9
        ? new Date(Date.now() + lifetime * 1000)
        : null,
    scopes: typeof scope === 'string' && scope !== '' ? scope.split(/[\s,]+/).slice(0, 100) : asked,
  };
}

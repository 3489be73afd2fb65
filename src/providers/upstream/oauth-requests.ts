import { hash, randomBytes } from 'node:crypto';
import type { Departure, Ticket, UpstreamProvider } from './upstream-client.js';

/** An authorization request with state and PKCE (RFC 7636), as every provider but one with its own library takes it. */
export function authorizationRequest(
  { clientId, scopes }: UpstreamProvider,
  authorizationUrl: string,
  { callbackUrl, state }: Departure,
  more: Readonly<Record<string, string | undefined>>,
): Ticket {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(authorizationUrl);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callbackUrl,
    scope: scopes.join(' '),
    state,
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') url.searchParams.set(name, value);
  return { address: url.href, verifier };
}

import { hash } from 'node:crypto';
import { hashToken, parseToken } from '../../platform/crypto/secret-token.js';
import { isUuid } from '../../platform/crypto/uuid.js';
import { tokenKinds } from '../store/token-kinds.js';
import { presentedCredentials } from './presented-credentials.rules.js';
import type { Asked } from './protocol-requests.queries.js';

const slugPattern = /^[a-z0-9-]{1,100}$/;

type Fields = (name: string) => string | null;

/** What somebody's browser asks for. Null where the address names no organization. */
export function askedByBrowser(slug: string, clientId: unknown, sessionToken: string | null): Asked | null {
  if (!slugPattern.test(slug)) return null;
  const session = sessionToken === null ? null : parseToken('session', sessionToken);
  return {
    slug,
    applicationId: typeof clientId === 'string' && isUuid(clientId) ? clientId : null,
    secretHash: null,
    kind: null,
    idHash: null,
    sessionHash: session?.tokenHash ?? null,
  };
}

/** What an application asks for, by a form. */
export function askedByApplication(
  slug: string,
  route: string,
  fields: Fields,
  authorization: string | undefined,
): Asked | null {
  if (!slugPattern.test(slug)) return null;
  const { clientId, secret } = presentedCredentials(fields, authorization);
  return {
    slug,
    applicationId: clientId !== null && isUuid(clientId) ? clientId : null,
    secretHash: secret !== null && parseToken('client-secret', secret) !== null ? hashToken(secret) : null,
    ...artifactOf(route, fields),
    sessionHash: null,
  };
}

const nothing = { kind: null, idHash: null };

function artifactOf(route: string, fields: Fields): Pick<Asked, 'kind' | 'idHash'> {
  if (route !== '/token') return tokenOf(fields('token'));
  switch (fields('grant_type')) {
    case 'client_credentials':
      return { kind: 'ClientCredentials', idHash: null };
    case 'refresh_token':
      return tokenOf(fields('refresh_token'));
    case 'authorization_code':
      return secretOf('AuthorizationCode', fields('code'));
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return secretOf('DeviceCode', fields('device_code'));
    default:
      return nothing;
  }
}

function tokenOf(text: string | null): Pick<Asked, 'kind' | 'idHash'> {
  if (text === null) return nothing;
  for (const [kind, tokenKind] of Object.entries(tokenKinds)) {
    const reference = parseToken(tokenKind, text);
    if (reference !== null) return { kind, idHash: reference.tokenHash };
  }
  return nothing;
}

const secretOf = (kind: string, text: string | null): Pick<Asked, 'kind' | 'idHash'> =>
  text === null ? nothing : { kind, idHash: hash('sha256', text, 'buffer') };

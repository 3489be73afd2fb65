interface InspectingClient {
  readonly clientId: string;
  readonly clientAuthMethod: string;
  readonly [own: string]: unknown;
}

interface InspectedToken {
  readonly kind: string;
  readonly clientId?: string;
}

/**
 * Who is told about a token. Its own application; and services of the organization, which get access tokens from whoever
 * calls them. Not what proves itself with nothing, or has registered itself: that could be anybody.
 */
export function introspectionAllowed(client: InspectingClient, token: InspectedToken): boolean {
  if (token.clientId === client.clientId) return true;
  if (client['tenantry_registered_itself'] === true) return false;
  return client.clientAuthMethod !== 'none' && token.kind !== 'RefreshToken';
}

/** Nobody ends what others got; and whether there was something to end is nobody else's business (RFC 7009, section 2.2). */
export const revocationAllowed = (client: InspectingClient, token: InspectedToken): boolean =>
  token.clientId === client.clientId;

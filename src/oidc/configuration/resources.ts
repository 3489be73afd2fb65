import type { Client, Context } from 'oidc-provider';
import type { IssuerParts } from './issuer-parts.js';

/** RFC 8707: a token is for one API, or for nothing but the userinfo endpoint. */
export function resources({ issuer, services }: IssuerParts) {
  return {
    resourceIndicators: {
      enabled: true,
      // What somebody asks for they name; a token for several APIs could be carried from one to the other.
      defaultResource: async (_ctx: Context, _client: Client, oneOf?: string[]) => oneOf?.[0],
      useGrantedResource: async () => false,
      getResourceServerInfo: (_ctx: Context, identifier: string, client: Client) =>
        services.resources.infoOf(issuer, identifier, client),
    },
  };
}

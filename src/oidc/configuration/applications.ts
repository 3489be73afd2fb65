import type { Client, Context } from 'oidc-provider';
import { ownProperties } from '../store/application-metadata.rules.js';
import type { IssuerParts } from './issuer-parts.js';

const algorithms = ['ES256', 'RS256', 'EdDSA'];
const clientAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];
const jwksBytes = 64 * 1024;

/** How applications prove themselves, and what differs from one to the other. */
export function applicationsConfiguration({ services }: IssuerParts) {
  return {
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      idTokenSigningAlgValues: algorithms,
      clientAuthSigningAlgValues: clientAlgorithms,
      dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
    },
    clientDefaults: {
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: 'ES256',
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    extraClientMetadata: { properties: ownProperties },
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: (_ctx: Context, client: Client) => client['tenantry_require_pkce'] !== false },
    clientBasedCORS: (_ctx: Context, origin: string, client: Client) =>
      ((client['tenantry_allowed_origins'] as string[] | undefined) ?? []).includes(origin),
    // Keys of applications lie at addresses that tenants have given.
    fetch: services.fetch,
    fetchResponseBodyLimits: { jwks_uri: jwksBytes, sector_identifier_uri: jwksBytes },
  };
}

import type { Context, Token } from 'oidc-provider';
import type { Client } from 'oidc-provider';
import { introspectionAllowed, revocationAllowed } from './token-inspection.rules.js';
import type { IssuerParts } from './issuer-parts.js';
import { deviceFlow } from './device-flow.js';
import { logout } from './logout.js';
import { resources } from './resources.js';

/** What this issuer can do beyond the code flow. Not here: implicit and password grants, request objects, encryption. */
export function featuresConfiguration(parts: IssuerParts) {
  return {
    responseTypes: ['code'],
    // Served by us, at the address that the engine would have for it.
    discovery: { registration_endpoint: `${parts.address}/reg` },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx: Context, client: Client, token: Token) => introspectionAllowed(client, token),
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx: Context, client: Client, token: Token) => revocationAllowed(client, token),
      },
      claimsParameter: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      ...deviceFlow(),
      ...logout(),
      ...resources(parts),
    },
  };
}

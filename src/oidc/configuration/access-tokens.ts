import type { Context, Token } from 'oidc-provider';
import { actorOf } from '../tokens/token-actors.js';
import type { TokenHolders } from '../tokens/token-holders.js';
import type { IssuerParts } from './issuer-parts.js';

type Structured = Parameters<TokenHolders['complete']>[3];

/** What access tokens say of their holder. */
export function accessTokensConfiguration({ issuer, services }: IssuerParts) {
  return {
    formats: {
      bitsOfOpaqueRandomness: 256,
      customizers: {
        jwt: (ctx: Context, token: Token, jwt: Structured) =>
          services.holders.complete(ctx, issuer, token, jwt),
      },
    },
    // Kept with what is opaque; of what is not it is a claim by itself.
    extraTokenClaims: async (_ctx: Context, token: Token) => {
      const act = actorOf(token);
      return act && { act };
    },
  };
}

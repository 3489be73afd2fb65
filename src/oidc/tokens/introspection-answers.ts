import type { Context, Token } from 'oidc-provider';
import type { Issuer } from '../issuer.types.js';
import type { TokenHolders } from './token-holders.js';

/** An opaque token tells by introspection what a structured one says by itself, as it is now. */
export function introspectionAnswers(issuer: Issuer, holders: TokenHolders) {
  return async (ctx: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    const answer = ctx.body as { active?: boolean } | undefined;
    if (ctx.path !== '/token/introspection' || answer?.active !== true) return;
    const { AccessToken, ClientCredentials } = ctx.oidc.entities;
    const token = (AccessToken ?? ClientCredentials) as Token | undefined;
    if (token === undefined) return;
    const { sid, org, roles, permissions, act } = await holders.holderOf(ctx, issuer, token);
    Object.assign(answer, {
      ...(sid !== undefined && { sid }),
      org,
      roles,
      permissions,
      ...(act && { act }),
    });
  };
}

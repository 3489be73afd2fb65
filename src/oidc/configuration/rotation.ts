import type { Context, Token } from 'oidc-provider';
import { engine } from '../engine.js';
import type { IssuerParts } from './issuer-parts.js';

/**
 * The engine consumes a refresh token first, and then looks at the API that the access token is to be for. Whoever asked for
 * one that they cannot have would be left with a used token, and lose the whole family by trying again. So it is looked at
 * here, which is right before.
 */
export function rotationConfiguration({ catalogue }: IssuerParts) {
  const known = new Set(catalogue.resources.map(({ identifier }) => identifier));
  return {
    rotateRefreshToken({ oidc }: Context): boolean {
      const token = oidc.entities['RefreshToken'] as Token;
      const resource = resourceOf(oidc.params!, token);
      if (resource !== undefined && !(token.resourceIndicators.has(resource) && known.has(resource)))
        throw new (engine().errors.InvalidTarget)();
      return true;
    },
  };
}

/** As the engine will find it: what is asked for, or, where no token for the userinfo endpoint is, what there was. */
function resourceOf(params: Readonly<Record<string, unknown>>, token: Token): string | undefined {
  const { resource, scope } = params as { resource?: string | string[]; scope?: string };
  const scopes = scope === undefined ? token.scopes : new Set(scope.split(' '));
  return [resource ?? (scopes.has('openid') ? [] : (token.resource ?? []))].flat()[0];
}

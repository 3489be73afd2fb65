import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PermissionSet } from '../platform/access/permission-set.js';
import {
  fitAccessToken,
  type HolderClaims,
  holderClaims,
  type TokenHolder,
  type TokenPayload,
} from './access-token.rules.js';

export {
  type HolderClaims,
  mostScopeCharacters,
  mostTokenCharacters,
  productAudience,
  type TokenHolder,
  type TokenPayload,
} from './access-token.rules.js';

/** What access tokens say, for whoever issues them. */
@Injectable()
export class AccessTokenClaims {
  /** Claims beyond those of the protocol. */
  of(holder: TokenHolder): HolderClaims {
    return holderClaims(holder);
  }

  /** What is held and granted: the permissions of a token for the product's own API. */
  granted(held: readonly string[], scopes: readonly string[], isPlatform: boolean): string[] {
    return new PermissionSet([held, scopes], isPlatform).names();
  }

  /** The whole payload, made to fit into a header of 4 KB; last before it is signed. */
  fit(payload: TokenPayload, alg: string): TokenPayload {
    return fitAccessToken(payload, alg, permissionSetReference);
  }
}

/**
 * The name of a list of permissions, for tokens that have no room for it. It tells nothing of the list, and who has
 * asked for one list may keep it under its name.
 */
export function permissionSetReference(permissions: readonly string[]): string {
  const digest = hash('sha256', [...permissions].sort().join('\n'), 'base64url');
  return `urn:tenantry:permission-set:${digest}`;
}

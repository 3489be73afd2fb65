import { Injectable } from '@nestjs/common';
import type { Actor, RequestOrigin } from '../platform/access/actor.js';
import { Principals } from '../platform/access/principals.js';
import { type FoundPrincipal, PrincipalLookup, type SecretKind } from './principal-lookup.js';

/** The guard's door to sessions and API keys. */
@Injectable()
export class CredentialPrincipals extends Principals {
  constructor(private readonly lookup: PrincipalLookup) {
    super();
  }

  override async find(credential: string, origin: RequestOrigin): Promise<Actor | null> {
    const found = await this.lookup.find(kindOf(credential), credential);
    return found === null ? null : actorOf(found, origin);
  }
}

/** The prefix names the kind; whatever has neither is no token at all. */
export function kindOf(credential: string): SecretKind {
  return credential.startsWith('ten_key_') ? 'api-key' : 'session';
}

export function actorOf(found: FoundPrincipal, origin: RequestOrigin): Actor {
  return {
    kind: found.kind,
    organization: { id: found.orgId, slug: found.orgSlug, isPlatform: found.isPlatform },
    userId: found.userId,
    credentialId: found.id,
    permissions: found.permissions,
    roleNames: found.roleNames,
    authenticatedAt: found.authTimeMs === null ? null : new Date(found.authTimeMs),
    origin,
  };
}

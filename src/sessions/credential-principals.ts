import { Injectable } from '@nestjs/common';
import type { Actor, RequestOrigin } from '../platform/access/actor.js';
import { Principals } from '../platform/access/principals.js';
import { CredentialLookup } from './credential-lookup.service.js';
import type { FoundPrincipal } from './principal-lookup.js';

/** The guard's door to whoever holds a credential. */
@Injectable()
export class CredentialPrincipals extends Principals {
  constructor(private readonly credentials: CredentialLookup) {
    super();
  }

  override async find(credential: string, origin: RequestOrigin): Promise<Actor | null> {
    const found = await this.credentials.findCaller(credential);
    return found === null ? null : actorOf(found, origin);
  }
}

export function actorOf(found: FoundPrincipal, origin: RequestOrigin): Actor {
  return {
    kind: found.kind,
    organization: { id: found.orgId, slug: found.orgSlug, isPlatform: found.isPlatform },
    userId: found.userId,
    credentialId: found.id,
    applicationId: found.applicationId,
    permissions: found.permissions,
    roleNames: found.roleNames,
    authenticatedAt: found.authTimeMs === null ? null : new Date(found.authTimeMs),
    origin,
  };
}

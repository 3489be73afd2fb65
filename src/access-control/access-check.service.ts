import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { PrincipalLookup } from '../sessions/principal-lookup.js';
import type { AccessCheckBody, AccessCheckView } from './access-check.dto.js';
import { rolesOfActiveUser } from './access-check.queries.js';
import { type ReachingRole, reasonsFor } from './access-check.rules.js';

const nothing: readonly ReachingRole[] = [];

/** Answers services that ask whether somebody may do something, and why. */
@Injectable()
export class AccessCheck {
  constructor(
    private readonly database: Database,
    private readonly lookup: PrincipalLookup,
  ) {}

  /** Whoever is unknown, not active, signed out or of another organization is allowed nothing, and no answer tells which. */
  async check(actor: Actor, body: AccessCheckBody): Promise<AccessCheckView> {
    const { permission, permissions } = body;
    requireOneOf(body, 'token', 'userId');
    requireOneOf(body, 'permission', 'permissions');
    const { isPlatform } = actor.organization;
    const roles = await this.rolesOf(actor, body);
    if (permission !== undefined) {
      const because = reasonsFor(permission, roles, isPlatform);
      return { allowed: because.length > 0, because };
    }
    const results = permissions!.map((asked) => {
      const because = reasonsFor(asked, roles, isPlatform);
      return { permission: asked, allowed: because.length > 0, because };
    });
    return { allowed: results.every(({ allowed }) => allowed), results };
  }

  private async rolesOf(
    { organization }: Actor,
    { token, userId }: AccessCheckBody,
  ): Promise<readonly ReachingRole[]> {
    if (userId !== undefined)
      return this.database.forOrganization(organization.id, (tx) => rolesOfActiveUser(tx, userId));
    // With a session any id asks for the grants of its own user.
    const found = await this.lookup.find('session', token!, organization.id);
    return found?.orgId === organization.id ? (found.grants ?? nothing) : nothing;
  }
}

function requireOneOf<Key extends string>(body: { [key in Key]?: unknown }, one: Key, other: Key): void {
  if ((body[one] === undefined) === (body[other] === undefined))
    raiseInvalid([{ pointer: `/${one}`, detail: `give either ${one} or ${other}` }]);
}

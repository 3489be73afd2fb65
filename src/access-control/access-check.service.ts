import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import type { PermissionSet } from '../platform/access/permission-set.js';
import { Database } from '../platform/database/database.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { CredentialLookup } from '../sessions/credential-lookup.service.js';
import type { AccessCheckBody, AccessCheckView } from './access-check.dto.js';
import { rolesOfActiveUser } from './access-check.queries.js';
import { type ReachingRole, type Reason, reasonsFor } from './access-check.rules.js';

/** Whom a question is about. */
interface Subject {
  readonly roles: readonly ReachingRole[];
  /** What the token leaves of it; null where there is no token. */
  readonly limits: PermissionSet | null;
  readonly holder: 'user' | 'application';
}

const nobody: Subject = { roles: [], limits: null, holder: 'user' };

/** Answers services that ask whether somebody may do something, and why. */
@Injectable()
export class AccessCheck {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialLookup,
  ) {}

  /** Whoever is unknown, not active, signed out or of another organization is allowed nothing, and no answer tells which. */
  async check(actor: Actor, body: AccessCheckBody): Promise<AccessCheckView> {
    const { permission, permissions } = body;
    requireOneOf(body, 'token', 'userId');
    requireOneOf(body, 'permission', 'permissions');
    const subject = await this.subjectOf(actor, body);
    if (permission !== undefined) {
      const because = reasonsOf(subject, permission, actor);
      return { allowed: because.length > 0, because };
    }
    const results = permissions!.map((asked) => {
      const because = reasonsOf(subject, asked, actor);
      return { permission: asked, allowed: because.length > 0, because };
    });
    return { allowed: results.every(({ allowed }) => allowed), results };
  }

  private async subjectOf({ organization }: Actor, { token, userId }: AccessCheckBody): Promise<Subject> {
    if (userId !== undefined) {
      const roles = await this.database.forOrganization(organization.id, (tx) =>
        rolesOfActiveUser(tx, userId),
      );
      return { roles, limits: null, holder: 'user' };
    }
    // Any id asks for the grants of the token's own user.
    const found = await this.credentials.findSubject(token!, organization.id);
    if (found?.orgId !== organization.id) return nobody;
    const holder = found.kind === 'application' ? 'application' : 'user';
    return { roles: found.grants ?? [], limits: found.permissions, holder };
  }
}

/** The ways that give a permission to somebody, if what their token was granted does not leave it out. */
function reasonsOf(
  { roles, limits, holder }: Subject,
  permission: string,
  { organization }: Actor,
): Reason[] {
  if (limits !== null && !limits.holds(permission)) return [];
  return reasonsFor(permission, roles, organization.isPlatform, holder);
}

function requireOneOf<Key extends string>(body: { [key in Key]?: unknown }, one: Key, other: Key): void {
  if ((body[one] === undefined) === (body[other] === undefined))
    raiseInvalid([{ pointer: `/${one}`, detail: `give either ${one} or ${other}` }]);
}

import type { ActorKind } from '../platform/access/actor.js';
import type { PermissionSet } from '../platform/access/permission-set.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import {
  notHeldAsLongProblem,
  notHeldProblem,
  ownerNotForApplications,
  ownerNotForTeams,
  systemRole,
} from './access-control.problems.js';
import { Problem } from '../platform/problems/problem.js';
import { adminRole, ownerRole } from './product-permissions.js';

/** A role given to a user or a team, until the end or for good. */
export interface Grant {
  readonly role: string;
  readonly expiresAt: Date | null;
}

interface Holder {
  readonly kind: ActorKind;
  readonly permissions: PermissionSet;
  readonly roleNames: readonly string[];
}

/**
 * Nobody gives, takes or changes what they do not hold themselves.
 *
 * @throws Problem `permission_denied`
 */
export function requireHeld(holder: Holder, permissions: readonly string[]): void {
  const missing = permissions.find((permission) => !holder.permissions.holds(permission));
  if (missing !== undefined) throw notHeldProblem(missing);
}

/** A permission or wildcard that reaches somebody, until the end or for good. */
export interface Holding {
  readonly permission: string;
  readonly until: Date | null;
}

/**
 * Nobody gives for longer than they hold: who is an admin for a day would be one for ever.
 *
 * @param held what reaches the giver
 * @throws Problem `permission_denied`
 */
export function requireHeldAsLong(held: readonly Holding[], given: readonly Holding[]): void {
  const missing = given.find(
    ({ permission, until }) =>
      !held.some(
        (own) =>
          covers(own.permission, permission) &&
          (own.until === null || (until !== null && until <= own.until)),
      ),
  );
  if (missing !== undefined) throw notHeldAsLongProblem(missing.permission);
}

function covers(held: string, permission: string): boolean {
  return (
    held === '*' || held === permission || (held.endsWith(':*') && permission.startsWith(held.slice(0, -1)))
  );
}

/**
 * What the organization defines at this moment goes to `admin` at this moment, so admins hold it although their request
 * began without. A key does not: it holds no more than its own list.
 */
export function requireHeldOnceDefined(
  holder: Holder,
  permissions: readonly string[],
  newlyDefined: readonly string[],
): void {
  const isAdmin = holder.kind === 'session' && holder.roleNames.includes(adminRole);
  requireHeld(
    holder,
    isAdmin ? permissions.filter((permission) => !newlyDefined.includes(permission)) : permissions,
  );
}

/** @throws Problem `invalid_request` for a role that is named twice, or whose end has passed */
export function requireSensibleGrants(grants: readonly Grant[], now: Date): void {
  const errors = grants.flatMap(({ role, expiresAt }, index) => {
    if (grants.findIndex((other) => other.role === role) < index)
      return [{ pointer: `/roles/${index}`, detail: `names ${role} again` }];
    if (expiresAt !== null && !(expiresAt > now))
      return [{ pointer: `/roles/${index}/expiresAt`, detail: 'must be in the future' }];
    return [];
  });
  if (errors.length > 0) raiseInvalid(errors);
}

/** Owners are people, each named: a team would make them in passing. @throws Problem `owner_not_for_teams` */
export function requireTeamRoles(roleNames: readonly string[]): void {
  if (roleNames.includes(ownerRole)) throw new Problem(ownerNotForTeams);
}

/** Owners are people: a secret would be enough to be one. @throws Problem `owner_not_for_applications` */
export function requireApplicationRoles(roleNames: readonly string[]): void {
  if (roleNames.includes(ownerRole)) throw new Problem(ownerNotForApplications);
}

/** @throws Problem `system_role` */
export function requireCustomRole(role: { name: string; isSystemRole: boolean }): void {
  if (role.isSystemRole) throw new Problem(systemRole, { detail: `${role.name} is part of the product` });
}

/** Whether two sets of grants give the same for the same time. */
export function sameGrants(some: readonly Grant[], others: readonly Grant[]): boolean {
  const texts = (grants: readonly Grant[]) =>
    grants.map(({ role, expiresAt }) => `${role} ${expiresAt?.toISOString() ?? ''}`).sort();
  return texts(some).join('\n') === texts(others).join('\n');
}

import { Injectable } from '@nestjs/common';
import type { Actor, ActorOrganization } from '../platform/access/actor.js';
import { PermissionSet } from '../platform/access/permission-set.js';
import { newId } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { lastOwner, unknownPermissionProblem, unknownRoleProblem } from './access-control.problems.js';
import {
  addGrants,
  bumpUserVersion,
  findRoles,
  grantsOf,
  holdingsOf,
  isActiveUser,
  lockRolesForGrant,
  lockUser,
  type NamedRole,
  permissionsOfRoles,
  replaceGrants,
} from './grants.queries.js';
import { type Grant, requireHeld, requireHeldAsLong, requireSensibleGrants } from './grants.rules.js';
import { hasLastingOwner, lockOrganization } from './ownership.queries.js';
import { undefinedPermissions } from './permissions.queries.js';
import { originOfPermission, ownPermissions } from './permissions.rules.js';
import { ownerRole, type ProductPermission, productPermissions, systemRoles } from './product-permissions.js';
import { Role } from './role.entity.js';
import { RolePermission } from './role-permission.entity.js';

export type { Grant } from './grants.rules.js';

/** Somebody who gives what they hold, as far as giving goes. */
export type Giver = Pick<Actor, 'kind' | 'organization' | 'userId' | 'permissions' | 'roleNames'>;

/** Who gives roles: a principal within what it holds, or the product itself by a rule of the organization. */
export type Granter = Giver | 'system';

/** Steps of access control in the transactions of others. */
@Injectable()
export class AccessControl {
  /** Per transaction that holds the ownership lock: whether there was an owner when it got it. */
  readonly #hadOwner = new WeakMap<Transaction, boolean>();

  /** Gives a new organization its system roles. */
  async seedSystemRoles(tx: Transaction): Promise<void> {
    const roles = systemRoles.map((role) => ({ ...role, id: newId() }));
    const orgId = tx.organizationId;
    await tx.manager.insert(
      Role,
      roles.map(({ id, name, description }) => ({ orgId, id, name, description, isSystemRole: true })),
    );
    await tx.manager.insert(
      RolePermission,
      roles.flatMap(({ id, permissions }) =>
        permissions.map((permission) => ({ orgId, roleId: id, permission, permissionId: null })),
      ),
    );
  }

  /**
   * Makes these the roles of a user. The granter must hold everything that the roles hold; whether the granter may touch
   * this user is asked by `requireOutranks`, whether an owner remains by `requireOwnerRemains`.
   *
   * @param grants roles by name or id
   * @throws Problem `unknown_role`, `permission_denied`, or `invalid_request` for an end that has passed
   */
  async grantRoles(
    tx: Transaction,
    granter: Granter,
    userId: string,
    grants: readonly Grant[],
  ): Promise<{ before: Grant[]; after: Grant[] }> {
    // Before the user, like everybody who needs both: the other way round two of them wait for each other.
    if (granter !== 'system') await this.lockOwnership(tx);
    const { roles, named } = await this.resolveGrants(tx, granter, grants);
    if (granter === 'system' && named.some(({ role }) => role === ownerRole)) await this.lockOwnership(tx);
    await lockUser(tx, userId);
    const before = (await grantsOf(tx, 'user', [userId])).get(userId)!;
    await replaceGrants(
      tx,
      'user',
      userId,
      named.map(({ expiresAt }, index) => ({ roleId: roles[index]!.id, expiresAt })),
      granter === 'system' ? null : granter.userId,
    );
    return { before, after: named };
  }

  /**
   * Gives a user these roles beside those that are there; what is there for longer stays. Otherwise like `grantRoles`.
   *
   * @throws Problem `unknown_role`, `permission_denied`, or `invalid_request` for an end that has passed
   */
  async addRoles(
    tx: Transaction,
    granter: Granter,
    userId: string,
    grants: readonly Grant[],
  ): Promise<Grant[]> {
    await this.lockOwnership(tx);
    const { roles, named } = await this.resolveGrants(tx, granter, grants);
    await lockUser(tx, userId);
    const grantedBy = granter === 'system' ? null : granter.userId;
    const given = named.map(({ expiresAt }, index) => ({ roleId: roles[index]!.id, expiresAt }));
    if (await addGrants(tx, userId, given, grantedBy)) await bumpUserVersion(tx, userId, grantedBy);
    return named;
  }

  /**
   * What a user may give at this moment, whoever asks; for what they promised earlier.
   *
   * @param limitedTo the permissions of the API key that they used, if they did
   * @returns null unless the user is there and active
   */
  async findGiver(
    tx: Transaction,
    organization: ActorOrganization,
    userId: string,
    limitedTo: readonly string[] | null,
  ): Promise<Giver | null> {
    if (!(await isActiveUser(tx, userId))) return null;
    const held = (await holdingsOf(tx, userId)).map(({ permission }) => permission);
    const layers = limitedTo === null ? [held] : [held, limitedTo];
    return {
      kind: limitedTo === null ? 'session' : 'api-key',
      organization,
      userId,
      permissions: new PermissionSet(layers, organization.isPlatform),
      roleNames: [],
    };
  }

  /**
   * The roles that grants name, locked for an actor who must hold everything in them.
   *
   * @throws Problem `unknown_role`, `permission_denied`, or `invalid_request` for an end that has passed
   */
  async resolveGrants(
    tx: Transaction,
    granter: Granter,
    grants: readonly Grant[],
  ): Promise<{ roles: NamedRole[]; named: Grant[] }> {
    const identifiers = grants.map(({ role }) => role);
    const found =
      granter === 'system' ? await findRoles(tx, identifiers) : await lockRolesForGrant(tx, identifiers);
    const roles = identifiers.map((identifier) => {
      const role = found.find(({ id, name }) => name === identifier || id === identifier.toLowerCase());
      if (role === undefined) throw unknownRoleProblem(identifier);
      return role;
    });
    const named = grants.map(({ expiresAt }, index) => ({ role: roles[index]!.name, expiresAt }));
    requireSensibleGrants(named, new Date());
    if (granter !== 'system') {
      requireOwnOrganization(tx, granter);
      await this.requireGivable(tx, granter, roles, named);
    }
    return { roles, named };
  }

  private async requireGivable(
    tx: Transaction,
    granter: Giver,
    roles: readonly NamedRole[],
    grants: readonly Grant[],
  ): Promise<void> {
    const roleIds = roles.map(({ id }) => id);
    const given = (await permissionsOfRoles(tx, roleIds)).map(({ role_id, permission }) => ({
      permission,
      until: grants[roleIds.indexOf(role_id)]!.expiresAt,
    }));
    requireHeld(
      granter,
      given.map(({ permission }) => permission),
    );
    requireHeldAsLong(await holdingsOf(tx, granter.userId), given);
  }

  /**
   * Whether an actor may hand these permissions on, one by one.
   *
   * @throws Problem `unknown_permission`, `permission_denied`
   */
  requireHoldable(actor: Actor, permissions: readonly string[]): void {
    for (const permission of permissions) originOfPermission(permission, actor.organization.isPlatform);
    requireHeld(actor, permissions);
  }

  /** The permissions that the product asks for itself, in an organization of that sort. */
  productPermissions(isPlatform: boolean): readonly ProductPermission[] {
    return productPermissions.filter(({ platformOnly }) => isPlatform || !platformOnly);
  }

  /**
   * Whether the product, or the organization, has these permissions; wildcards are none.
   *
   * @throws Problem `unknown_permission`
   */
  async requireKnown(tx: Transaction, actor: Actor, permissions: readonly string[]): Promise<void> {
    const own = ownPermissions(permissions, actor.organization.isPlatform);
    const [unknown] = own.length === 0 ? [] : await undefinedPermissions(tx, own);
    if (unknown !== undefined) throw unknownPermissionProblem(unknown);
  }

  /** The roles that were given to each user directly and have not ended. */
  rolesOf(tx: Transaction, userIds: readonly string[]): Promise<Map<string, Grant[]>> {
    return grantsOf(tx, 'user', userIds);
  }

  /**
   * Nobody touches who holds more than they do; oneself one may, signed in. A key that was made for less than its creator
   * may do is not the creator.
   *
   * @throws Problem `permission_denied`
   */
  async requireOutranks(tx: Transaction, actor: Actor, userId: string): Promise<void> {
    requireOwnOrganization(tx, actor);
    if (actor.kind === 'session' && actor.userId === userId) return;
    const held = await holdingsOf(tx, userId);
    requireHeld(
      actor,
      held.map(({ permission }) => permission),
    );
  }

  /** Makes changes of owners wait for each other, and remembers whether there is one. Comes before any lock of a user. */
  async lockOwnership(tx: Transaction): Promise<void> {
    if (this.#hadOwner.has(tx)) return;
    await lockOrganization(tx);
    this.#hadOwner.set(tx, await hasLastingOwner(tx));
  }

  /**
   * Asked after a change: an organization that had an active owner for good still has one.
   *
   * @throws Problem `last_owner`
   */
  async requireOwnerRemains(tx: Transaction): Promise<void> {
    const hadOwner = this.#hadOwner.get(tx);
    if (hadOwner === undefined) throw new Error('ownership was not locked before the change');
    if (hadOwner && !(await hasLastingOwner(tx))) throw new Problem(lastOwner);
  }
}

/** What somebody holds in one organization says nothing about another one. */
function requireOwnOrganization(tx: Transaction, actor: Giver): void {
  if (actor.organization.id !== tx.organizationId)
    throw new Error('the actor belongs to another organization');
}

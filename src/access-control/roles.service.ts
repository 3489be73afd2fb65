import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { roleNameTaken } from './access-control.problems.js';
import { requireCustomRole, requireHeld, requireHeldAsLong, requireHeldOnceDefined } from './grants.rules.js';
import { holdingsOf } from './grants.queries.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { requireRoomForPermissions } from './limits.rules.js';
import { addToAdmin, definePermissions, unknownToAdmin } from './permissions.queries.js';
import { couldBeIdentifier, isWildcard, ownPermissions } from './permissions.rules.js';
import { adminRole } from './product-permissions.js';
import { type RolePage, RoleView } from './role.view.js';
import type { CreateRoleBody, RolesQuery, UpdateRoleBody } from './roles.dto.js';
import {
  countRolePermissions,
  deleteRole,
  findRole,
  insertRole,
  listRoles,
  lockRole,
  replaceRolePermissions,
  type RoleRow,
  updateRole,
} from './roles.queries.js';

/** The roles of an organization. */
@Injectable()
export class Roles {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor, q }: RolesQuery): Promise<RolePage> {
    const list = ['roles', actor.organization.id, q ?? null];
    const [afterName = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listRoles(tx, q, afterName, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ name }) => [name]);
      return { items: rows.map((row) => RoleView.of(row)), nextCursor };
    });
  }

  read(actor: Actor, role: string): Promise<RoleView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      RoleView.of(await this.get(tx, role)),
    );
  }

  create(actor: Actor, body: CreateRoleBody): Promise<RoleView> {
    return this.changes.run(actor, 'role.created', null, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        await lockRole(tx, adminRole);
        const [created] = await this.insert(tx, actor, [body]);
        return created!;
      }),
    );
  }

  /** Makes sure that there are roles of these names: one that is there stays as it is. @returns those that were created */
  async ensure(tx: Transaction, actor: Actor, bodies: readonly CreateRoleBody[]): Promise<RoleView[]> {
    await lockRole(tx, adminRole);
    const found = await Promise.all(bodies.map(({ name }) => findRole(tx, name)));
    return this.insert(
      tx,
      actor,
      bodies.filter((_, index) => found[index] === null),
    );
  }

  /** In one go: what one of them defines, the next may hold. */
  private async insert(
    tx: Transaction,
    actor: Actor,
    bodies: readonly CreateRoleBody[],
  ): Promise<RoleView[]> {
    const content = [...new Set(bodies.flatMap(({ permissions }) => permissions))];
    const defined = await this.allowContent(tx, actor, content);
    await this.requireHeldForGood(tx, actor, content, defined);
    const created: RoleView[] = [];
    for (const { name, description = null, permissions } of bodies) {
      const id = await this.requireFreeName(insertRole(tx, { name, description, createdBy: actor.userId }));
      await replaceRolePermissions(tx, id, permissions);
      requireRoomForPermissions(await countRolePermissions(tx));
      const role = RoleView.of(await this.get(tx, id));
      const news = defined.filter((permission) => permissions.includes(permission));
      await this.audit.record(
        tx,
        actor,
        'role.created',
        { type: 'role', id },
        { name, permissions: role.permissions, ...(news.length > 0 && { defined: news }) },
      );
      created.push(role);
    }
    return created;
  }

  update(
    actor: Actor,
    identifier: string,
    body: UpdateRoleBody,
    expectedVersion: ExpectedVersion,
  ): Promise<RoleView> {
    return this.changes.run(actor, 'role.updated', { type: 'role', id: identifier }, async (tx) => {
      const role = await this.lock(tx, identifier);
      requireVersion(role.version, expectedVersion);
      requireCustomRole({ name: role.name, isSystemRole: role.is_system_role });
      requireHeld(actor, role.permissions);
      const { name = role.name, description = role.description, permissions } = body;
      const defined = permissions === undefined ? [] : await this.allowContent(tx, actor, permissions);
      const gained = (permissions ?? role.permissions).filter(
        (permission) => name !== role.name || !role.permissions.includes(permission),
      );
      await this.requireHeldForGood(tx, actor, gained, defined);
      await this.requireFreeName(updateRole(tx, role.id, { name, description, updatedBy: actor.userId }));
      if (permissions !== undefined) {
        await replaceRolePermissions(tx, role.id, permissions);
        requireRoomForPermissions(await countRolePermissions(tx));
      }
      const updated = RoleView.of(await this.get(tx, role.id));
      await this.audit.record(
        tx,
        actor,
        'role.updated',
        { type: 'role', id: role.id },
        {
          before: { name: role.name, description: role.description, permissions: role.permissions },
          after: { name, description, permissions: updated.permissions },
          ...(defined.length > 0 && { defined }),
        },
      );
      return updated;
    });
  }

  delete(actor: Actor, identifier: string, expectedVersion: ExpectedVersion): Promise<void> {
    return this.changes.run(actor, 'role.deleted', { type: 'role', id: identifier }, async (tx) => {
      const role = await this.lock(tx, identifier);
      requireVersion(role.version, expectedVersion);
      requireCustomRole({ name: role.name, isSystemRole: role.is_system_role });
      requireHeld(actor, role.permissions);
      await deleteRole(tx, role.id);
      await this.audit.record(
        tx,
        actor,
        'role.deleted',
        { type: 'role', id: role.id },
        { name: role.name, permissions: role.permissions },
      );
    });
  }

  /**
   * Lets a role hold `permissions`: the actor must, and what the organization did not know yet is defined, which gives it
   * to `admin` too.
   *
   * @returns what was defined
   */
  private async allowContent(
    tx: Transaction,
    actor: Actor,
    permissions: readonly string[],
  ): Promise<string[]> {
    const own = ownPermissions(permissions, actor.organization.isPlatform);
    const fresh = own.length === 0 ? [] : await unknownToAdmin(tx, own);
    requireHeldOnceDefined(actor, permissions, fresh);
    if (fresh.length === 0) return fresh;
    await definePermissions(
      tx,
      fresh.filter((permission) => !isWildcard(permission)),
      actor.userId,
    );
    await addToAdmin(tx, fresh);
    return fresh;
  }

  /**
   * What a role gains is gained for good by who has it, and what a name gains by who gets the role of that name, such as
   * everybody who signs up. So a passing holder may not give it to either.
   */
  private async requireHeldForGood(
    tx: Transaction,
    actor: Actor,
    permissions: readonly string[],
    defined: readonly string[],
  ): Promise<void> {
    const gained = permissions.filter((permission) => !defined.includes(permission));
    if (gained.length === 0) return;
    requireHeldAsLong(
      await holdingsOf(tx, actor.userId),
      gained.map((permission) => ({ permission, until: null })),
    );
  }

  private async get(tx: Transaction, identifier: string): Promise<RoleRow> {
    const role = couldBeIdentifier(identifier) ? await findRole(tx, identifier) : null;
    return role ?? raise(notFoundProblem());
  }

  private async lock(tx: Transaction, identifier: string): Promise<RoleRow> {
    if (couldBeIdentifier(identifier)) await lockRole(tx, identifier);
    return this.get(tx, identifier);
  }

  private async requireFreeName<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (cause) {
      if (violatedUniqueConstraint(cause) === 'roles_name_taken') throw new Problem(roleNameTaken, { cause });
      throw cause;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { permissionTaken, productPermission } from './access-control.problems.js';
import { requireHeld } from './grants.rules.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { requireRoomForPermissions } from './limits.rules.js';
import {
  type CreatePermissionBody,
  type PermissionPage,
  type PermissionsQuery,
  PermissionView,
} from './permissions.dto.js';
import {
  addToAdmin,
  deletePermission,
  findPermission,
  insertPermission,
  listPermissions,
} from './permissions.queries.js';
import {
  couldBeIdentifier,
  isProductPermission,
  originOfPermission,
  productPermissionsOf,
} from './permissions.rules.js';
import { adminRole } from './product-permissions.js';
import { countRolePermissions, lockRole } from './roles.queries.js';

/** The permissions that an organization knows: those of the product, and its own. */
@Injectable()
export class Permissions {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor, q }: PermissionsQuery): Promise<PermissionPage> {
    const { id, isPlatform } = actor.organization;
    const list = ['permissions', id, q ?? null];
    const [afterName = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(id, async (tx) => {
      const found = await listPermissions(tx, productPermissionsOf(isPlatform), q, afterName, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ name }) => [name]);
      return { items: rows.map((row) => PermissionView.of(row)), nextCursor };
    });
  }

  create(
    actor: Actor,
    { resource, action, description = null }: CreatePermissionBody,
  ): Promise<PermissionView> {
    const { id: organizationId, isPlatform } = actor.organization;
    const name = `${resource}:${action}`;
    return this.database.forOrganization(organizationId, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        if (originOfPermission(name, isPlatform) === 'product') throw new Problem(permissionTaken);
        await lockRole(tx, adminRole);
        await this.requireNew(
          insertPermission(tx, { resource, action, description, createdBy: actor.userId }),
        );
        await addToAdmin(tx, [name]);
        requireRoomForPermissions(await countRolePermissions(tx));
        const created = PermissionView.of((await findPermission(tx, name))!);
        await this.audit.record(
          tx,
          actor,
          'permission.created',
          { type: 'permission', id: created.id! },
          { name },
        );
        return created;
      }),
    );
  }

  delete(actor: Actor, identifier: string): Promise<void> {
    const target = { type: 'permission', id: identifier };
    return this.changes.run(actor, 'permission.deleted', target, async (tx) => {
      if (isProductPermission(identifier, actor.organization.isPlatform))
        throw new Problem(productPermission);
      const permission = couldBeIdentifier(identifier) ? await findPermission(tx, identifier) : null;
      const { id, name } = permission ?? raise(notFoundProblem());
      requireHeld(actor, [name]);
      await deletePermission(tx, id!);
      await this.audit.record(tx, actor, 'permission.deleted', { type: 'permission', id: id! }, { name });
    });
  }

  private async requireNew(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (cause) {
      if (violatedUniqueConstraint(cause) === 'permissions_taken')
        throw new Problem(permissionTaken, { cause });
      throw cause;
    }
  }
}

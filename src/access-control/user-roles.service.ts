import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { AccessControl } from './access-control.service.js';
import { GrantsView } from './grants.dto.js';
import { bumpUserVersion, findUserVersion, lockUser } from './grants.queries.js';
import { type Grant, sameGrants } from './grants.rules.js';
import { GuardedChanges } from './guarded-changes.service.js';

/** Which roles a user has directly. */
@Injectable()
export class UserRoles {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly users: UserAccounts,
    private readonly audit: Audit,
  ) {}

  read(actor: Actor, identifier: string): Promise<GrantsView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const userId = await this.userId(tx, identifier);
      const version = (await findUserVersion(tx, userId)) ?? raise(notFoundProblem());
      return GrantsView.of(await this.rolesOf(tx, userId), version);
    });
  }

  set(
    actor: Actor,
    identifier: string,
    grants: readonly Grant[],
    expectedVersion: ExpectedVersion,
  ): Promise<GrantsView> {
    return this.changes.run(actor, 'user.roles_changed', { type: 'user', id: identifier }, async (tx) => {
      const userId = await this.userId(tx, identifier);
      await this.accessControl.lockOwnership(tx);
      const version = (await lockUser(tx, userId)) ?? raise(notFoundProblem());
      requireVersion(version, expectedVersion);
      await this.accessControl.requireOutranks(tx, actor, userId);
      const { before, after } = await this.accessControl.grantRoles(tx, actor, userId, grants);
      await this.accessControl.requireOwnerRemains(tx);
      if (sameGrants(before, after)) return GrantsView.of(before, version);
      const newVersion = await bumpUserVersion(tx, userId, actor.userId);
      await this.audit.record(
        tx,
        actor,
        'user.roles_changed',
        { type: 'user', id: userId },
        { before, after },
      );
      return GrantsView.of(await this.rolesOf(tx, userId), newVersion);
    });
  }

  private async rolesOf(tx: Transaction, userId: string): Promise<Grant[]> {
    return (await this.accessControl.rolesOf(tx, [userId])).get(userId)!;
  }

  private async userId(tx: Transaction, identifier: string): Promise<string> {
    const user = await this.users.findByReference(tx, identifier);
    return user?.id ?? raise(notFoundProblem());
  }
}

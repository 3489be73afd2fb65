import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Sessions } from '../sessions/sessions.service.js';
import type { User } from './user.entity.js';
import { statusWhenDeactivated } from './user-status.rules.js';
import { deleteUser, lockUser, updateUser } from './users.queries.js';

/** How people leave. Whoever would leave the organization without an owner stays. */
@Injectable()
export class OwnAccount {
  constructor(
    private readonly guarded: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  /**
   * @param provenHash what the person has proven the password against; null where they have proven themselves otherwise
   * @returns whether it still is their hash; else nothing has happened
   * @throws Problem `last_owner`
   */
  delete(actor: Actor, provenHash: string | null): Promise<boolean> {
    return this.leave(actor, provenHash, 'user.deleted', async (tx, { id, email, username }) => {
      await deleteUser(tx, id);
      return { email, username };
    });
  }

  /** Only an administrator brings the person back. Parameters and result are those of `delete`. @throws Problem `last_owner` */
  deactivate(actor: Actor, provenHash: string | null): Promise<boolean> {
    return this.leave(actor, provenHash, 'user.deactivated', async (tx, { id, status: from }) => {
      const sessionsEnded = await this.sessions.endAllOf(tx, id);
      const status = statusWhenDeactivated();
      await updateUser(tx, id, { status, updatedBy: id });
      return { from, to: status, sessionsEnded };
    });
  }

  private leave(
    actor: Actor,
    provenHash: string | null,
    action: string,
    work: (tx: Transaction, user: User) => Promise<Record<string, unknown>>,
  ): Promise<boolean> {
    const target = { type: 'user', id: actor.userId };
    return this.guarded.run(actor, action, target, async (tx) => {
      await this.accessControl.lockOwnership(tx);
      const user = await lockUser(tx, { by: 'id', id: actor.userId });
      if (user === null || (provenHash !== null && user.passwordHash !== provenHash)) return false;
      const change = await work(tx, user);
      await this.accessControl.requireOwnerRemains(tx);
      await this.audit.record(tx, actor, action, target, change);
      return true;
    });
  }
}

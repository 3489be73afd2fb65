import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Sessions } from '../sessions/sessions.service.js';
import { UserChanges } from './user-changes.service.js';
import type { User, UserStatus } from './user.entity.js';
import {
  statusWhenDeactivated,
  statusWhenLocked,
  statusWhenReactivated,
  statusWhenUnlocked,
} from './user-status.rules.js';
import type { UserView } from './user.view.js';
import { updateUser } from './users.queries.js';

/** Locking and deactivating: both end the user's sessions at once, and keys are looked up with the status. */
@Injectable()
export class UserStates {
  constructor(
    private readonly changes: UserChanges,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  lock(actor: Actor, reference: string): Promise<UserView> {
    return this.changes.takeAway(actor, reference, 'user.locked', (tx, user) =>
      this.setStatus(tx, actor, user, statusWhenLocked(user.status), 'user.locked'),
    );
  }

  unlock(actor: Actor, reference: string): Promise<UserView> {
    return this.changes.change(actor, reference, 'user.unlocked', (tx, user) =>
      this.setStatus(tx, actor, user, statusWhenUnlocked(user.status, hasBegun(user)), 'user.unlocked'),
    );
  }

  deactivate(actor: Actor, reference: string): Promise<UserView> {
    return this.changes.takeAway(actor, reference, 'user.deactivated', (tx, user) =>
      this.setStatus(tx, actor, user, statusWhenDeactivated(), 'user.deactivated'),
    );
  }

  reactivate(actor: Actor, reference: string): Promise<UserView> {
    return this.changes.change(actor, reference, 'user.reactivated', (tx, user) =>
      this.setStatus(tx, actor, user, statusWhenReactivated(user.status, hasBegun(user)), 'user.reactivated'),
    );
  }

  private async setStatus(
    tx: Transaction,
    actor: Actor,
    user: User,
    status: UserStatus,
    action: string,
  ): Promise<UserView> {
    if (status !== user.status) {
      // The user is locked: a sign-in that came before is over by now and its session is found, a later one is refused.
      const sessionsEnded = await this.sessions.endAllOf(tx, user.id);
      await updateUser(tx, user.id, { status, updatedBy: actor.userId });
      const change = { from: user.status, to: status, ...(sessionsEnded > 0 && { sessionsEnded }) };
      await this.audit.record(tx, actor, action, { type: 'user', id: user.id }, change);
    }
    return this.changes.view(tx, user.id);
  }
}

/** Also people who come by a provider, and have no password. */
function hasBegun({ passwordHash, lastLoginAt }: User): boolean {
  return passwordHash !== null || lastLoginAt !== null;
}

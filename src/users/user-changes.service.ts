import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { MediaLinks } from '../media/media-links.service.js';
import type { Actor } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { readReference } from './identifiers.rules.js';
import { User } from './user.entity.js';
import { ownAccount } from './users.problems.js';
import { findUser, lockUser } from './users.queries.js';
import { type UserView, userView } from './user.view.js';

/** What every change of one user by an administrator has in common. */
@Injectable()
export class UserChanges {
  constructor(
    private readonly guarded: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly mediaLinks: MediaLinks,
  ) {}

  /**
   * Runs `work` on a locked user whom the actor outranks.
   *
   * @throws Problem `not_found`, `permission_denied`
   */
  change<T>(
    actor: Actor,
    reference: string,
    action: string,
    work: (tx: Transaction, user: User) => Promise<T>,
  ): Promise<T> {
    return this.onUser(actor, reference, action, async (tx, user) => {
      await this.accessControl.requireOutranks(tx, actor, user.id);
      return work(tx, user);
    });
  }

  /**
   * The same for what may cost the organization an owner: one at a time in an organization, never on oneself, and undone
   * unless an owner remains.
   *
   * @throws Problem `not_found`, `permission_denied`, `own_account`, `last_owner`
   */
  takeAway<T>(
    actor: Actor,
    reference: string,
    action: string,
    work: (tx: Transaction, user: User) => Promise<T>,
  ): Promise<T> {
    const guardedWork = async (tx: Transaction, user: User): Promise<T> => {
      await this.accessControl.requireOutranks(tx, actor, user.id);
      const result = await work(tx, user);
      await this.accessControl.requireOwnerRemains(tx);
      // Last, so that the last owner is told what matters more; it takes the work back all the same.
      if (user.id === actor.userId) throw new Problem(ownAccount);
      return result;
    };
    return this.onUser(actor, reference, action, guardedWork, (tx) => this.accessControl.lockOwnership(tx));
  }

  /** The user as it is now, for the answer. */
  async view(tx: Transaction, userId: string): Promise<UserView> {
    const user = (await findUser(tx, { by: 'id', id: userId })) ?? raise(notFoundProblem());
    const roles = await this.accessControl.rolesOf(tx, [userId]);
    const pictures = await this.mediaLinks.picturesOf(tx, [userId]);
    return userView(user, roles.get(userId) ?? [], pictures.get(userId) ?? null);
  }

  private onUser<T>(
    actor: Actor,
    reference: string,
    action: string,
    work: (tx: Transaction, user: User) => Promise<T>,
    before: (tx: Transaction) => Promise<void> = async () => {},
  ): Promise<T> {
    const named = readReference(reference) ?? raise(notFoundProblem());
    // A refusal is recorded with the user's id, which is known once the user is found.
    const target = { type: 'user', id: reference };
    return this.guarded.run(actor, action, target, async (tx) => {
      await before(tx);
      const user = (await lockUser(tx, named)) ?? raise(notFoundProblem());
      target.id = user.id;
      return work(tx, user);
    });
  }
}

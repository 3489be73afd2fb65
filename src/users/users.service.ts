import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { Policies } from '../policies/policies.service.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import { decideUpdate, requireUnused } from './profile.rules.js';
import { grantsOf } from '../access-control/role-grants.types.js';
import { UserAccounts } from './user-accounts.service.js';
import { UserChanges } from './user-changes.service.js';
import type { User } from './user.entity.js';
import type { UserView } from './user.view.js';
import type { ChangeUser, CreateUser } from './users.dto.js';
import { ownAccount, takenProblem } from './users.problems.js';
import { deleteUser, findTakenConstraint, updateUser, type UserColumns } from './users.queries.js';

/** People of one organization, as its administrators see and change them. */
@Injectable()
export class Users {
  constructor(
    private readonly database: Database,
    private readonly guarded: GuardedChanges,
    private readonly accounts: UserAccounts,
    private readonly changes: UserChanges,
    private readonly accessControl: AccessControl,
    private readonly policies: Policies,
    private readonly tokens: VerificationTokens,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  create(actor: Actor, { roles, ...input }: CreateUser): Promise<UserView> {
    return this.guarded.run(actor, 'user.created', null, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        // Before the user's row, like everybody who needs both.
        if (roles !== undefined) await this.accessControl.lockOwnership(tx);
        const user = await this.accounts.create(tx, { ...input, createdBy: actor.userId });
        // The default is what the organization gives to everybody, so it is not the actor who gives it.
        const { after } =
          roles === undefined
            ? await this.accessControl.grantRoles(tx, 'system', user.id, await this.defaultGrants(tx))
            : await this.accessControl.grantRoles(tx, actor, user.id, grantsOf(roles));
        const { email, username } = user;
        await this.audit.record(tx, actor, 'user.created', target(user), { email, username, roles: after });
        return this.changes.view(tx, user.id);
      }),
    );
  }

  get(actor: Actor, reference: string): Promise<UserView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const user = (await this.accounts.findByReference(tx, reference)) ?? raise(notFoundProblem());
      return this.changes.view(tx, user.id);
    });
  }

  update(actor: Actor, reference: string, input: ChangeUser, version: ExpectedVersion): Promise<UserView> {
    return this.changes.change(actor, reference, 'user.updated', async (tx, user) => {
      requireVersion(user.version, version);
      const update = decideUpdate(user, input);
      // A stolen session must not become the account: one's own address asks for the current password.
      if (update?.changes.email !== undefined && user.id === actor.userId) throw new Problem(ownAccount);
      if (update?.changes.email === null) requireUnused(user);
      if (update !== null) {
        await this.write(tx, user.id, { ...update.changes, updatedBy: actor.userId });
        // Whoever had the old address may have asked for a link there.
        if (update.changes.email !== undefined)
          await this.tokens.endAllOf(tx, user.id, ['password_reset', 'magic_link']);
        await this.audit.record(tx, actor, 'user.updated', target(user), update.record);
      }
      return this.changes.view(tx, user.id);
    });
  }

  delete(actor: Actor, reference: string): Promise<void> {
    return this.changes.takeAway(actor, reference, 'user.deleted', async (tx, user) => {
      await deleteUser(tx, user.id);
      const { email, username } = user;
      await this.audit.record(tx, actor, 'user.deleted', target(user), { email, username });
    });
  }

  private async write(tx: Transaction, userId: string, changes: UserColumns): Promise<void> {
    // A pending address meets no constraint before it is confirmed; an administrator may know now.
    if (changes.email) {
      const wanted = { email: changes.email, username: null, phoneNumber: null };
      const constraint = await findTakenConstraint(tx, wanted);
      if (constraint !== null) throw takenProblem(constraint);
    }
    try {
      await updateUser(tx, userId, changes);
    } catch (error) {
      const constraint = violatedUniqueConstraint(error);
      throw constraint === null ? error : takenProblem(constraint, error);
    }
  }

  private async defaultGrants(tx: Transaction) {
    const { defaultRole } = await this.policies.read(tx, 'registration');
    return defaultRole === null ? [] : [{ role: defaultRole, expiresAt: null }];
  }
}

const target = (user: User) => ({ type: 'user', id: user.id });

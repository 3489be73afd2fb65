import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import { Mail } from '../mail/mail.service.js';
import { sessionNeededProblem } from '../me/me.problems.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { Policies } from '../policies/policies.service.js';
import { RecentAuthentication } from '../recent-authentication/recent-authentication.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { ownAccount } from '../users/users.problems.js';
import { type LinkedAccountPage, linkedAccountView } from './accounts.dto.js';
import { lastSignInMethod, lastSignInMethodProblem } from './accounts.problems.js';
import { lockUser } from './accounts.queries.js';
import { isLastWayIn } from './accounts.rules.js';
import type { Person } from './accounts.types.js';
import {
  countOtherAccounts,
  deleteAccount,
  endSessionsOfAccount,
  findLinkedAccount,
  givesRoles,
  type LinkedAccountRow,
  listAccounts,
} from './linked-accounts.queries.js';

/** The accounts that people sign in with: seeing them, and cutting them off. */
@Injectable()
export class LinkedAccounts {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly policies: Policies,
    private readonly recent: RecentAuthentication,
    private readonly accessControl: AccessControl,
    private readonly guarded: GuardedChanges,
    private readonly mail: Mail,
    private readonly cursors: Cursors,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `permission_denied` for API keys */
  async mine(actor: Actor, query: PageQuery): Promise<LinkedAccountPage> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    return this.database.forOrganization(actor.organization.id, (tx) => this.listOf(tx, actor.userId, query));
  }

  /**
   * Of many at once that would leave no way in together, the last one stays.
   *
   * @throws Problem `permission_denied` for API keys, `reauthentication_required`, `not_found`, `last_sign_in_method`
   */
  async unlinkMine(actor: Actor, accountId: string): Promise<void> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    await this.recent.requireRecent(actor);
    try {
      await this.database.forOrganization(actor.organization.id, async (tx) => {
        const account = await this.lock(tx, actor.userId, accountId);
        const person = (await this.users.findByReference(tx, actor.userId)) ?? raise(notFoundProblem());
        if (await this.isLast(tx, person, account.id)) throw lastSignInMethodProblem();
        await this.cutOff(tx, actor, person.id, account, actor.credentialId);
      });
    } catch (error) {
      if (error instanceof Problem && error.kind === lastSignInMethod)
        await this.recordRefusal(actor, accountId, error);
      throw error;
    }
  }

  list(actor: Actor, userReference: string, query: PageQuery): Promise<LinkedAccountPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.listOf(tx, (await this.person(tx, userReference)).id, query),
    );
  }

  /**
   * Whoever has no way in then gets a mail to set a password, if there is an address.
   *
   * @throws Problem `not_found`, `permission_denied`, `own_account`
   */
  unlinkOf(actor: Actor, userReference: string, accountId: string): Promise<void> {
    const target = { type: 'user', id: userReference };
    return this.guarded.run(actor, 'account.unlinked', target, async (tx) => {
      const { id: userId } = await this.person(tx, userReference);
      target.id = userId;
      await this.accessControl.requireOutranks(tx, actor, userId);
      if (userId === actor.userId) throw new Problem(ownAccount);
      const account = await this.lock(tx, userId, accountId);
      const person = await this.person(tx, userId);
      const isLast = await this.isLast(tx, person, account.id);
      await this.cutOff(tx, actor, userId, account, null);
      if (isLast) await this.mailPassword(tx, person);
    });
  }

  private async listOf(tx: Transaction, userId: string, query: PageQuery): Promise<LinkedAccountPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['accounts', tx.organizationId, userId];
    const position = this.cursors.decode(list, query.cursor);
    const after = position === null ? null : { createdAt: position[0]!, id: position[1]! };
    const rows = await listAccounts(tx, userId, after, limit + 1);
    const page = this.cursors.page(rows, limit, list, (row) => [row.position, row.id]);
    return { items: page.rows.map(linkedAccountView), nextCursor: page.nextCursor };
  }

  /** The account, with its user locked: the organization first where roles go with it. */
  private async lock(tx: Transaction, userId: string, accountId: string): Promise<LinkedAccountRow> {
    if (!isUuid(accountId)) throw notFoundProblem();
    const id = accountId.toLowerCase();
    if (await givesRoles(tx, id)) await this.accessControl.lockOwnership(tx);
    await lockUser(tx, userId);
    return (await findLinkedAccount(tx, userId, id)) ?? raise(notFoundProblem());
  }

  private async isLast(tx: Transaction, person: Person, accountId: string): Promise<boolean> {
    const { magicLink } = await this.policies.read(tx, 'sign-in');
    return isLastWayIn({
      hasPassword: person.passwordHash !== null,
      otherAccounts: await countOtherAccounts(tx, person.id, accountId),
      hasMagicLink: magicLink && person.email !== null && person.emailVerifiedAt !== null,
    });
  }

  private async cutOff(
    tx: Transaction,
    actor: Actor,
    userId: string,
    { id, provider_name: provider }: LinkedAccountRow,
    keptSessionId: string | null,
  ): Promise<void> {
    const sessionsEnded = await endSessionsOfAccount(tx, id, keptSessionId);
    await deleteAccount(tx, id);
    const change = { user: userId, provider, sessionsEnded };
    await this.audit.record(tx, actor, 'account.unlinked', { type: 'account', id }, change);
  }

  private async mailPassword(tx: Transaction, { id, email, fullName, status }: Person): Promise<void> {
    if (email === null || status === 'locked' || status === 'deactivated') return;
    const to = { email, name: fullName };
    await this.mail.queue(tx, { template: 'set-password', to, userId: id, tokenType: 'password_reset' });
  }

  private recordRefusal(actor: Actor, accountId: string, { kind }: Problem): Promise<void> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.audit.recordRefusal(
        tx,
        actor,
        'account.unlinked',
        { type: 'account', id: accountId.toLowerCase() },
        { code: kind.code },
      ),
    );
  }

  private async person(tx: Transaction, reference: string): Promise<Person> {
    return (await this.users.findByReference(tx, reference)) ?? raise(notFoundProblem());
  }
}

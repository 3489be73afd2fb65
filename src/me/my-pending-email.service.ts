import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { tooManyAddressesProblem, tooManyMailsProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';
import { mailPendingEmail, withdrawPendingEmail } from './my-email.queries.js';

/** On the counter of changes: each mail is one, whether somebody asks for another address or for the same one again. */
const changesAnHour = 10;

type Account = NonNullable<Awaited<ReturnType<UserAccounts['findByReference']>>>;

/** What can be done with an address that waits to be confirmed. Neither takes the account away, so neither asks for the password. */
@Injectable()
export class MyPendingEmail {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /** Mails the link once more; the one before ends. @throws Problem `permission_denied`, `not_found`, `too_many_requests` */
  async mailAgain(actor: Actor): Promise<void> {
    requireSession(actor);
    const counter = this.limits.within('me.email', changesAnHour, 3600, actor.userId);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { account, pendingEmail } = await this.pending(tx, actor);
      const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
      if (blockedBy !== null) throw tooManyAddressesProblem(retryAfterSeconds);
      // Whoever is signed in knows the address already, so there is nothing to keep from them.
      if (!(await this.limits.countMail(tx, 'mail.recipient', pendingEmail))) throw tooManyMailsProblem();
      if (!(await mailPendingEmail(tx, account.id, pendingEmail))) throw notFoundProblem();
      const change = { from: account.email, to: pendingEmail };
      await this.audit.record(tx, actor, 'email_change.requested', { type: 'user', id: account.id }, change);
    });
  }

  /** The present address stays, and links to the other one end. @throws Problem `permission_denied`, `not_found` */
  async withdraw(actor: Actor): Promise<void> {
    requireSession(actor);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { account, pendingEmail } = await this.pending(tx, actor);
      if (!(await withdrawPendingEmail(tx, account.id, pendingEmail))) throw notFoundProblem();
      const change = { to: pendingEmail };
      await this.audit.record(tx, actor, 'email_change.withdrawn', { type: 'user', id: account.id }, change);
    });
  }

  private async pending(tx: Transaction, actor: Actor): Promise<{ account: Account; pendingEmail: string }> {
    const account = (await this.users.findByReference(tx, actor.userId)) ?? raise(notFoundProblem());
    return { account, pendingEmail: account.pendingEmail ?? raise(notFoundProblem()) };
  }
}

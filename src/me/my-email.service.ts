import { Injectable } from '@nestjs/common';
import { CodeConfirmations } from '../account-recovery/code-confirmations.service.js';
import { TokenConfirmations } from '../account-recovery/token-confirmations.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { requireEmail } from '../users/identifiers.rules.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { ChangeEmail } from './me.dto.js';
import { tooManyAddressesProblem, wrongPasswordProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';
import { MyProof } from './my-proof.service.js';
import { confirmEmailChange, requestEmailChange } from './my-email.queries.js';

const changesAnHour = 10;

/**
 * Another e-mail address: it waits until whoever reads its mail confirms, and the old address is told. Nobody learns from
 * it whose address it is already.
 */
@Injectable()
export class MyEmail {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly proof: MyProof,
    private readonly confirmations: TokenConfirmations,
    private readonly codes: CodeConfirmations,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `permission_denied`, `invalid_request`, `wrong_password`, `reauthentication_required`, `too_many_requests`, `unavailable` */
  async change(actor: Actor, { email: text, currentPassword }: ChangeEmail): Promise<void> {
    requireSession(actor);
    const email = requireEmail(text);
    const provenHash = await this.proof.require(actor, currentPassword, 'email_change.refused');
    // Each goes to somebody else: nobody writes to a thousand strangers from here.
    const counter = this.limits.within('me.email', changesAnHour, 3600, actor.userId);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
      if (blockedBy !== null) throw tooManyAddressesProblem(retryAfterSeconds);
      const mayMail = await this.limits.countMail(tx, 'mail.recipient', email);
      const account = await this.users.findByReference(tx, actor.userId);
      if (account === null || (provenHash !== null && account.passwordHash !== provenHash))
        throw wrongPasswordProblem();
      const target = { type: 'user', id: account.id };
      const change = { from: account.email, to: email };
      if (mayMail) {
        await requestEmailChange(tx, account, email);
        await this.audit.record(tx, actor, 'email_change.requested', target, change);
      } else {
        const reason = 'too_many_mails';
        await this.audit.recordRefusal(tx, actor, 'email_change.requested', target, { ...change, reason });
      }
    });
  }

  /** The token is the proof, on whatever device the mail is read. @throws Problem `invalid_token` */
  async confirm(visitor: Anonymous, token: string): Promise<void> {
    const organization = await this.confirmations.organizationNamedIn(token);
    await this.confirmations.run(organization.id, (tx) => this.settleChange(tx, visitor, token));
  }

  /**
   * The code is the proof of whoever is signed in, and of nobody else.
   *
   * @throws Problem `permission_denied` for an API key, `invalid_token`, `too_many_requests`
   */
  async confirmWithCode(actor: Actor, code: string): Promise<void> {
    requireSession(actor);
    const attempt = await this.codes.beginOwn(actor, { type: 'email_change', code });
    await this.codes.redeem(attempt, (tx, token) => this.settleChange(tx, actor, token));
  }

  private async settleChange(
    tx: Transaction,
    actor: Actor | Anonymous,
    token: string,
  ): Promise<string | null> {
    const userId = await confirmEmailChange(tx, token);
    if (userId !== null) await this.audit.record(tx, actor, 'email.changed', { type: 'user', id: userId });
    return userId;
  }
}

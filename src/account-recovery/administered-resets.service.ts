import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Mail, type OutgoingMail } from '../mail/mail.service.js';
import type { Actor } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { PublicAddresses } from '../platform/http/public-addresses.js';
import { Problem } from '../platform/problems/problem.js';
import { AttemptLimits } from '../sign-in/attempt-limits.service.js';
import { UserChanges } from '../users/user-changes.service.js';
import { ownAccount } from '../users/users.problems.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import type { StartedPasswordReset } from './account-recovery.dto.js';
import { tooManyMailsProblem } from './account-recovery.problems.js';
import { requireResettable } from './account-recovery.rules.js';

type User = Parameters<Parameters<UserChanges['change']>[3]>[1];

/**
 * Resets that an administrator starts, for people whom they outrank. Nobody chooses a password for somebody else: the
 * person gets a mail. Only where there is no address the administrator gets the link, to hand it over.
 */
@Injectable()
export class AdministeredResets {
  constructor(
    private readonly changes: UserChanges,
    private readonly tokens: VerificationTokens,
    private readonly mail: Mail,
    private readonly limits: AttemptLimits,
    private readonly addresses: PublicAddresses,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found`, `permission_denied`, `own_account`, `conflict`, `too_many_requests` */
  start(actor: Actor, reference: string): Promise<StartedPasswordReset> {
    return this.changes.change(actor, reference, 'password_reset.started', async (tx, user) => {
      // A stolen session must not become a new password; everybody else's own way is the mail, or the current password.
      if (user.id === actor.userId) throw new Problem(ownAccount);
      requireResettable(user.status);
      const { email } = user;
      const started = email === null ? await this.makeLink(tx, actor, user) : {};
      if (email !== null) await this.sendMail(tx, user, email);
      const target = { type: 'user', id: user.id };
      await this.audit.record(tx, actor, 'password_reset.started', target, {
        delivery: email === null ? 'link' : 'mail',
      });
      return started;
    });
  }

  private async makeLink(tx: Transaction, { organization }: Actor, user: User): Promise<{ link: string }> {
    const token = await this.tokens.issue(tx, { type: 'password_reset', userId: user.id });
    return { link: this.addresses.link(organization.slug, 'password_reset', token) };
  }

  /** Counted apart from what strangers ask for, so that they cannot use an administrator's mails up. */
  private async sendMail(tx: Transaction, user: User, email: string): Promise<void> {
    if (!(await this.limits.countMail(tx, 'mail.by-administrator', email))) throw tooManyMailsProblem();
    const template = (await this.tokens.mailTemplateOf(tx, 'password_reset')) as OutgoingMail['template'];
    await this.mail.queue(tx, {
      template: user.passwordHash === null ? 'set-password' : template,
      to: { email, name: user.fullName },
      userId: user.id,
      tokenType: 'password_reset',
    });
  }
}

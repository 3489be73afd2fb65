import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Mail, type OutgoingMail } from '../mail/mail.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { isForeignKeyViolation } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { AttemptLimits, isLoopback } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { VerificationTokens } from '../verification/verification-tokens.service.js';
import { rehearse } from './account-recovery.queries.js';
import { recipientOf, type RecoveryCandidate, type SilentReason } from './account-recovery.rules.js';

const addressWindowSeconds = 600;

/** Takes the place of a recipient where there is none. */
const nobodysAddress = 'nobody@nowhere.invalid';

type Account = NonNullable<Awaited<ReturnType<UserAccounts['findByIdentifier']>>>;

/** Something that begins with a mail to whoever an account belongs to. */
export interface Recovery {
  readonly tokenType: 'email_verification' | 'password_reset' | 'magic_link';
  /** What people sign in with. */
  readonly identifier: string;
  /** Why this account gets no mail; asked for unknown accounts too. */
  readonly decide: (tx: Transaction, account: RecoveryCandidate | null) => Promise<SilentReason | null>;
}

/**
 * Mails that anybody can ask for in the name of an account. Known and unknown accounts, those that may get the mail and
 * those that may not, all take the same statements and get the same answer; where nothing is to be sent, the mail is
 * queued and taken back.
 */
@Injectable()
export class RecoveryStarts {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly limits: AttemptLimits,
    private readonly tokens: VerificationTokens,
    private readonly mail: Mail,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found` for the organization, `too_many_requests` for the visitor's address */
  async start(visitor: Anonymous | Actor, slugOrId: string, recovery: Recovery): Promise<void> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    const { account, reason } = await this.database.forOrganization(organization.id, (tx) =>
      this.count(tx, visitor, recovery),
    );
    try {
      await this.database.forOrganization(organization.id, (tx) =>
        this.settle(tx, visitor, recovery, account, reason),
      );
    } catch (error) {
      // The user was deleted in between, so there is nobody to write to.
      if (!isForeignKeyViolation(error)) throw error;
    }
  }

  /** Apart from the rest, because counters do not wait for the disk and a mail that was promised does. */
  private async count(
    tx: Transaction,
    visitor: Anonymous | Actor,
    { identifier, decide }: Recovery,
  ): Promise<{ account: Account | null; reason: SilentReason | null }> {
    await this.countAddress(tx, visitor);
    const account = await this.users.findByIdentifier(tx, identifier);
    const mayMail = await this.limits.countMail(tx, 'mail.recipient', recipientOf(account, identifier));
    const reason = await decide(tx, account);
    return { account, reason: reason ?? (mayMail ? null : 'too_many_mails') };
  }

  /** Developers and tests ask from their own machine as often as they like. */
  private async countAddress(tx: Transaction, { origin }: Anonymous | Actor): Promise<void> {
    if (isLoopback(origin.ip) && this.config.server.environment !== 'production') return;
    const { recoveriesPerAddress } = this.config.limits;
    const counter = this.limits.fromAddress(
      'recovery.address',
      origin.ip,
      recoveriesPerAddress,
      addressWindowSeconds,
    );
    const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
    if (blockedBy !== null) throw tooManyRequestsProblem(retryAfterSeconds);
  }

  private async settle(
    tx: Transaction,
    visitor: Anonymous | Actor,
    { tokenType }: Recovery,
    account: Account | null,
    reason: SilentReason | null,
  ): Promise<void> {
    const template = (await this.tokens.mailTemplateOf(tx, tokenType)) as OutgoingMail['template'];
    const isFirstPassword = tokenType === 'password_reset' && account?.passwordHash === null;
    await rehearse(tx, reason !== null, () =>
      this.mail.queue(tx, {
        template: isFirstPassword ? 'set-password' : template,
        to: { email: account?.email ?? nobodysAddress, name: account?.fullName ?? null },
        ...(account !== null && { userId: account.id }),
        tokenType,
      }),
    );
    const action = `${tokenType}.requested`;
    const target = account === null ? null : { type: 'user', id: account.id };
    if (reason === null) await this.audit.record(tx, visitor, action, target!);
    else await this.audit.recordRefusal(tx, visitor, action, target, { reason });
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Policies } from '../policies/policies.service.js';
import { SignInAttempts } from '../sign-in/sign-in-attempts.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { findTokenHolder, resetPassword } from './account-recovery.queries.js';
import { decideReset } from './account-recovery.rules.js';
import { type CodeAttempt, CodeConfirmations } from './code-confirmations.service.js';
import { OneAtATime } from './one-at-a-time.js';
import { RecoveryStarts } from './recovery-starts.service.js';
import { TokenConfirmations } from './token-confirmations.service.js';

type RecoveredAccount = NonNullable<Awaited<ReturnType<UserAccounts['findByReference']>>>;

/** A new password for whoever has forgotten the old one, or has none yet. */
@Injectable()
export class PasswordReset {
  readonly #turns = new OneAtATime();

  constructor(
    private readonly starts: RecoveryStarts,
    private readonly confirmations: TokenConfirmations,
    private readonly codes: CodeConfirmations,
    private readonly policies: Policies,
    private readonly passwords: Passwords,
    private readonly users: UserAccounts,
    private readonly attempts: SignInAttempts,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found`, `too_many_requests` */
  start(visitor: Anonymous, slugOrId: string, identifier: string): Promise<void> {
    return this.starts.start(visitor, slugOrId, {
      tokenType: 'password_reset',
      identifier,
      decide: async (tx, account) => {
        const { reset } = await this.policies.read(tx, 'password');
        return decideReset(account, reset);
      },
    });
  }

  /**
   * Sets the password and ends every session, every other token and a pending change of the address. A password that will
   * not do leaves the token as it is. The hash runs outside any transaction, and only for a token that is valid.
   *
   * @throws Problem `not_found`, `invalid_token`, `weak_password`, `unavailable`
   */
  async confirm(visitor: Anonymous, slugOrId: string, token: string, password: string): Promise<void> {
    const { id } = await this.confirmations.organizationOf(slugOrId, token);
    // Of many at once with one token one is hashed: the others find it used.
    await this.#turns.run(token, () => this.setPassword(visitor, id, token, password));
  }

  /**
   * The same with the code of the mail.
   *
   * @throws Problem `not_found`, `invalid_token`, `weak_password`, `too_many_requests`, `unavailable`
   */
  async confirmWithCode(
    visitor: Anonymous,
    slugOrId: string,
    { identifier, code }: { readonly identifier: string; readonly code: string },
    password: string,
  ): Promise<void> {
    const attempt = await this.codes.begin(visitor, slugOrId, { type: 'password_reset', identifier, code });
    const key = JSON.stringify([attempt.organization.id, attempt.userId, code]);
    await this.#turns.run(key, () => this.setPasswordByCode(visitor, attempt, password));
  }

  private async setPassword(
    visitor: Anonymous,
    organizationId: string,
    token: string,
    password: string,
  ): Promise<void> {
    await this.confirmations.run(organizationId, async (tx) => {
      const userId = await findTokenHolder(tx, 'password_reset', token);
      const account = userId === null ? null : await this.users.findByReference(tx, userId);
      if (account !== null) await this.passwords.requireAcceptable(tx, password, account);
      return account;
    });
    const passwordHash = await this.passwords.hash(password);
    await this.confirmations.run(organizationId, (tx) => this.reset(tx, visitor, token, passwordHash));
  }

  /** The code is judged twice, before and after the hash: wrong ones that others have tried meanwhile may have ended it. */
  private async setPasswordByCode(visitor: Anonymous, attempt: CodeAttempt, password: string): Promise<void> {
    await this.codes.check(attempt, async (tx) => {
      const account = await this.users.findByReference(tx, attempt.userId!);
      if (account !== null) await this.passwords.requireAcceptable(tx, password, account);
      return account;
    });
    const passwordHash = await this.passwords.hash(password);
    await this.codes.redeem(attempt, (tx, token) => this.reset(tx, visitor, token, passwordHash));
  }

  private async reset(
    tx: Transaction,
    visitor: Anonymous,
    token: string,
    passwordHash: string,
  ): Promise<RecoveredAccount | null> {
    const userId = await resetPassword(tx, token, passwordHash);
    const account = userId === null ? null : await this.users.findByReference(tx, userId);
    if (account === null) return null;
    await this.audit.record(tx, visitor, 'password.reset', { type: 'user', id: account.id });
    // Last, since others who try the same account wait for it.
    await this.attempts.forgive(tx, account);
    return account;
  }
}

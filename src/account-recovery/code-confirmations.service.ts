import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { CONFIG } from '../platform/config/config.js';
import type { Config } from '../platform/config/settings.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { AttemptLimits, type Counter } from '../sign-in/attempt-limits.service.js';
import { tooManyRequestsProblem } from '../sign-in/sign-in.problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { type CodeType, ShortCodes } from '../verification/short-codes.service.js';
import { invalidTokenProblem } from '../verification/verification.problems.js';
import { holdOrganization } from './account-recovery.queries.js';
import { canonicalIdentifier } from './account-recovery.rules.js';

const addressWindowSeconds = 600;

/**
 * Wrong codes under one name of an account in a day, of whatever kind. Each mail that somebody asks for brings five more tries, and
 * whoever tries all accounts of an organization needs luck with one. The links go on working.
 */
const wrongCodesADay = 15;
const daySeconds = 24 * 3600;

/** A try that was counted and may be judged. */
export interface CodeAttempt {
  readonly organization: { readonly id: string; readonly slug: string };
  readonly actor: Actor | Anonymous;
  readonly type: CodeType;
  readonly code: string;
  readonly userId: string | null;
  /** Judged like the code of an unknown account: there were too many wrong ones. */
  readonly isBlocked: boolean;
  readonly counters: { readonly address: Counter; readonly account: Counter };
  isSettled: boolean;
}

/**
 * What every use of a short code has in common. A try is counted before it is judged, for the network address and for the
 * account; a wrong one stays counted. Whatever is wrong, the same work is done and the same answer given.
 */
@Injectable()
export class CodeConfirmations {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly organizations: Organizations,
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly codes: ShortCodes,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /** A try by somebody who names an account. @throws Problem `not_found`, `too_many_requests` for the address */
  async begin(
    visitor: Anonymous,
    slugOrId: string,
    guess: { readonly type: CodeType; readonly identifier: string; readonly code: string },
  ): Promise<CodeAttempt> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    return this.count(visitor, organization, guess, async (tx) => {
      const account = await this.users.findByIdentifier(tx, guess.identifier);
      // By the name as it was given: that two names are of one account is nothing that a stranger may find out.
      return { userId: account?.id ?? null, key: canonicalIdentifier(guess.identifier) };
    });
  }

  /** A try by somebody who is signed in. @throws Problem `too_many_requests` for the address */
  beginOwn(actor: Actor, guess: { readonly type: CodeType; readonly code: string }): Promise<CodeAttempt> {
    const { organization, userId } = actor;
    return this.count(actor, organization, guess, () => Promise.resolve({ userId, key: userId }));
  }

  /**
   * Runs `work` in a transaction, once the code is known to be right; it stays as it is.
   *
   * @throws Problem `invalid_token`
   */
  check<T>(attempt: CodeAttempt, work: (tx: Transaction) => Promise<T | null>): Promise<T> {
    return this.judge(attempt, async (tx) => (await this.codes.check(tx, guessOf(attempt))) || null, work);
  }

  /**
   * Runs `work` in a transaction, with a token that the code was exchanged for. When it gives null or throws, the
   * transaction is taken back, and the code is good again.
   *
   * @throws Problem `invalid_token`
   */
  redeem<T>(attempt: CodeAttempt, work: (tx: Transaction, token: string) => Promise<T | null>): Promise<T> {
    return this.judge(attempt, (tx) => this.codes.redeem(tx, guessOf(attempt)), work);
  }

  /** Apart from the rest, because counters do not wait for the disk. */
  private count(
    actor: Actor | Anonymous,
    organization: CodeAttempt['organization'],
    { type, code }: { readonly type: CodeType; readonly code: string },
    find: (tx: Transaction) => Promise<{ userId: string | null; key: string }>,
  ): Promise<CodeAttempt> {
    const { failuresPerAddress } = this.config.limits;
    return this.database.forOrganization(organization.id, async (tx) => {
      const { userId, key } = await find(tx);
      const counters = {
        // The one of sign-ins: who guesses passwords and codes guesses twice.
        address: this.limits.fromAddress(
          'sign-in.address',
          actor.origin.ip,
          failuresPerAddress,
          addressWindowSeconds,
        ),
        account: this.limits.within('code.account', wrongCodesADay, daySeconds, key),
      };
      const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [
        counters.address,
        counters.account,
      ]);
      if (blockedBy === counters.address) throw tooManyRequestsProblem(retryAfterSeconds);
      const isBlocked = blockedBy !== null;
      return { organization, actor, type, code, userId, isBlocked, counters, isSettled: false };
    });
  }

  private async judge<Proof, T>(
    attempt: CodeAttempt,
    prove: (tx: Transaction) => Promise<Proof | null>,
    work: (tx: Transaction, proof: Proof) => Promise<T | null>,
  ): Promise<T> {
    let isRight = false;
    try {
      const result = await this.database.forOrganization(attempt.organization.id, async (tx) => {
        const proof = (await holdOrganization(tx)) ? await prove(tx) : null;
        // What was counted has to be kept, so this transaction commits.
        if (proof === null) return this.recordRefusal(tx, attempt);
        isRight = true;
        return (await work(tx, proof)) ?? raise(invalidTokenProblem());
      });
      return result ?? raise(invalidTokenProblem());
    } finally {
      if (isRight) await this.settle(attempt);
    }
  }

  private async recordRefusal(tx: Transaction, attempt: CodeAttempt): Promise<null> {
    const { actor, type, userId, isBlocked } = attempt;
    const target = userId === null ? null : { type: 'user', id: userId };
    const reason = isBlocked ? 'too_many_codes' : 'wrong_code';
    await this.audit.recordRefusal(tx, actor, `${type}.refused`, target, { reason });
    return null;
  }

  /** The right code makes up for the wrong ones before; from the address it was no failure. */
  private async settle(attempt: CodeAttempt): Promise<void> {
    if (attempt.isSettled) return;
    attempt.isSettled = true;
    const { address, account } = attempt.counters;
    await this.database.forOrganization(attempt.organization.id, (tx) =>
      this.limits.succeed(tx, account, address),
    );
  }
}

function guessOf({ type, code, userId, isBlocked }: CodeAttempt) {
  return { type, code, userId: isBlocked ? null : userId };
}

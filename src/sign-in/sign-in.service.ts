import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Problem } from '../platform/problems/problem.js';
import { Policies } from '../policies/policies.service.js';
import { type ProvenPerson, SessionStart, type SignedIn } from './session-start.service.js';
import { type SignInAttempt, SignInAttempts } from './sign-in-attempts.service.js';
import { invalidCredentialsProblem, UnverifiedEmail } from './sign-in.problems.js';
import { decideSignIn, owesVerification, type RefusalReason } from './sign-in.rules.js';

export interface Credentials {
  readonly identifier: string;
  readonly password: string;
  /** Those that the device has shown, of whatever organizations. */
  readonly deviceTokens: readonly string[];
  /** Whether this device shall be known from now on. */
  readonly rememberDevice: boolean;
}

/** Somebody who has proven to be the one whom they named. */
export interface ProvenAttempt {
  readonly organizationId: string;
  readonly person: ProvenPerson;
  readonly lifetimes: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  readonly counters: SignInAttempt['counters'];
}

/** What comes of a right password; null where account or password are others by now. */
export type Conclusion<T> = (proven: ProvenAttempt) => Promise<T | null>;

/** Somebody with the right password who is not signed in all the same. Takes the transaction with it. */
class Refused extends Error {
  constructor(readonly reason: RefusalReason) {
    super(reason);
  }
}

/**
 * Signing in with a password. Counted, then looked up, then hashed outside any transaction, then judged; whatever is
 * wrong, the same work is done and the same answer given.
 */
@Injectable()
export class SignIn {
  constructor(
    private readonly attempts: SignInAttempts,
    private readonly passwords: Passwords,
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly sessionStart: SessionStart,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `not_found`, `invalid_credentials`, `email_unverified`, `too_many_requests`, `unavailable` */
  signIn(visitor: Anonymous, slugOrId: string, credentials: Credentials): Promise<SignedIn> {
    return this.prove(visitor, slugOrId, credentials, ({ organizationId, person, lifetimes, counters }) =>
      this.sessionStart.beginAlone(organizationId, visitor, person, lifetimes, counters),
    );
  }

  /**
   * The same with another end than a new session.
   *
   * @param conclude must `settle` the attempt where it gives something; may be asked twice
   */
  async prove<T extends object>(
    visitor: Anonymous,
    slugOrId: string,
    credentials: Credentials,
    conclude: Conclusion<T>,
  ): Promise<T & { readonly organizationSlug: string }> {
    const { identifier, deviceTokens } = credentials;
    const attempt = await this.attempts.begin(visitor, slugOrId, identifier, deviceTokens);
    try {
      const { organizationSlug } = attempt;
      return { organizationSlug, ...(await this.judge(visitor, attempt, credentials, conclude)) };
    } finally {
      this.attempts.end(attempt);
    }
  }

  private async judge<T>(
    visitor: Anonymous,
    attempt: SignInAttempt,
    credentials: Credentials,
    conclude: Conclusion<T>,
    mayLookAgain = true,
  ): Promise<T> {
    const { password } = credentials;
    const matches = await this.judged(attempt, () =>
      this.passwords.verify(attempt.account?.passwordHash ?? null, password),
    );
    const reason = decideSignIn(attempt.account, matches);
    if (reason !== null) return this.refuse(visitor, attempt, reason);
    const renewedHash = await this.renewedHash(attempt.account!.passwordHash!, password);
    try {
      return await this.conclude(attempt, renewedHash, credentials.rememberDevice, conclude);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.reason !== 'changed_meanwhile' || !mayLookAgain)
        return this.refuse(visitor, attempt, error.reason);
      // Often it was a renewal of the hash by another sign-in of the same person.
      const reread = await this.attempts.reread(attempt);
      return this.judge(visitor, reread, credentials, conclude, false);
    }
  }

  /** A busy server says nothing about the password, so the attempt does not count. */
  private async judged<T>(attempt: SignInAttempt, judge: () => Promise<T>): Promise<T> {
    try {
      return await judge();
    } catch (error) {
      await this.attempts.abandon(attempt);
      throw error;
    }
  }

  /** A hash under the present parameters where the stored one is weaker; a busy server renews it another time. */
  private async renewedHash(storedHash: string, password: string): Promise<string | null> {
    if (!this.passwords.needsRenewal(storedHash)) return null;
    try {
      return await this.passwords.hash(password);
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  private async conclude<T>(
    attempt: SignInAttempt,
    renewedHash: string | null,
    rememberDevice: boolean,
    conclude: Conclusion<T>,
  ): Promise<T> {
    const account = attempt.account!;
    const { registration, session } = attempt.policies;
    if (owesVerification(account)) {
      const { emailVerification } = this.policies.valuesUnder('registration', registration);
      if (emailVerification === 'required') throw new Refused('email_unverified');
    }
    const password = { provenHash: account.passwordHash!, renewedHash };
    const concluded = await conclude({
      organizationId: attempt.organizationId,
      person: { account, methods: ['pwd'], password, device: attempt.device, rememberDevice },
      lifetimes: this.policies.valuesUnder('session', session),
      counters: attempt.counters,
    });
    if (concluded === null) throw new Refused('changed_meanwhile');
    return concluded;
  }

  private async refuse(visitor: Anonymous, attempt: SignInAttempt, reason: RefusalReason): Promise<never> {
    const { organizationId, account, nextWaitSeconds } = attempt;
    await this.database.forOrganization(organizationId, async (tx) => {
      if (reason === 'email_unverified') await this.attempts.succeed(tx, attempt);
      await this.audit.recordRefusal(
        tx,
        visitor,
        'session.refused',
        account === null ? null : { type: 'user', id: account.id },
        { reason, ...(nextWaitSeconds > 0 && { blockedForSeconds: nextWaitSeconds }) },
      );
    });
    throw reason === 'email_unverified' ? new UnverifiedEmail(account!) : invalidCredentialsProblem();
  }
}

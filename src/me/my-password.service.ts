import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { weakPasswordProblem } from '../passwords/passwords.problems.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { AttemptLimits, type Counter } from '../sign-in/attempt-limits.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { ChangePassword } from './me.dto.js';
import { wrongPasswordProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';

/**
 * Changing one's password. Guesses at the current one are limited like those of a sign-in, on a counter of the signed-in
 * person: strangers who guess at the door do not keep the owner from a new lock.
 */
@Injectable()
export class MyPassword {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /** Ends all other sessions. @throws Problem `permission_denied`, `weak_password`, `wrong_password`, `unavailable` */
  async change(actor: Actor, { currentPassword, password }: ChangePassword): Promise<void> {
    requireSession(actor);
    const counter = this.limits.guesses('me.password', actor.userId);
    const storedHash = await this.begin(actor, counter, currentPassword, password);
    const hash = await this.judged(actor, counter, async () => {
      const matches = await this.passwords.verify(storedHash, currentPassword);
      return matches ? this.passwords.hash(password) : null;
    });
    if (hash === null) return this.refuse(actor);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { userId, credentialId } = actor;
      // Whoever signed in with the old password does so no more, and is known no more.
      const sessionsEnded = await this.passwords.change(tx, userId, storedHash!, hash, credentialId);
      if (sessionsEnded === null) throw wrongPasswordProblem();
      const target = { type: 'user', id: userId };
      await this.audit.record(tx, actor, 'password.changed', target, { sessionsEnded });
      await this.limits.succeed(tx, counter);
    });
  }

  /** The hash to compare with, once the attempt is counted and the new password would do. */
  private async begin(
    actor: Actor,
    counter: Counter,
    currentPassword: string,
    password: string,
  ): Promise<string | null> {
    const { storedHash, throttledForSeconds } = await this.database.forOrganization(
      actor.organization.id,
      async (tx) => {
        const account = await this.users.findByReference(tx, actor.userId);
        await this.passwords.requireAcceptable(tx, password, account ?? {});
        if (password.normalize('NFC') === currentPassword.normalize('NFC'))
          throw weakPasswordProblem([{ pointer: '/password', detail: 'must differ from the current one' }]);
        const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
        return {
          storedHash: account?.passwordHash ?? null,
          throttledForSeconds: blockedBy === null ? null : retryAfterSeconds,
        };
      },
    );
    if (throttledForSeconds !== null) throw wrongPasswordProblem(throttledForSeconds);
    return storedHash;
  }

  /** A busy server says nothing about the password, so the attempt does not count. */
  private async judged<T>(actor: Actor, counter: Counter, judge: () => Promise<T>): Promise<T> {
    try {
      return await judge();
    } catch (error) {
      await this.database.forOrganization(actor.organization.id, (tx) => this.limits.takeBack(tx, counter));
      throw error;
    }
  }

  private async refuse(actor: Actor): Promise<never> {
    await this.database.forOrganization(actor.organization.id, (tx) =>
      this.audit.recordRefusal(
        tx,
        actor,
        'password.change_refused',
        { type: 'user', id: actor.userId },
        { reason: 'wrong_password' },
      ),
    );
    throw wrongPasswordProblem();
  }
}

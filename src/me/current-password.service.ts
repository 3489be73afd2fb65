import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { AttemptLimits, type Counter } from '../sign-in/attempt-limits.service.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { wrongPasswordProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';

/**
 * Recent authentication for what a stolen session must not do. Guesses are limited like those of a sign-in, on one counter
 * of the signed-in person for everything that asks: strangers who guess at the door do not keep the owner from a new lock.
 */
@Injectable()
export class CurrentPassword {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
    private readonly audit: Audit,
  ) {}

  /**
   * @param refusedAction what the audit log calls a wrong one
   * @param pointer where it stood in the request
   * @returns the hash that it was proven against: who uses the proof asks whether it still is the hash
   * @throws Problem `permission_denied` for an API key, `wrong_password`, `unavailable`
   */
  async prove(
    actor: Actor,
    password: string,
    refusedAction: string,
    pointer = '/currentPassword',
  ): Promise<string> {
    requireSession(actor);
    const organizationId = actor.organization.id;
    const counter = this.limits.guesses('me.password', actor.userId);
    const { storedHash, throttledForSeconds } = await this.database.forOrganization(
      organizationId,
      async (tx) => {
        const account = await this.users.findByReference(tx, actor.userId);
        const { blockedBy, retryAfterSeconds } = await this.limits.count(tx, [counter]);
        const seconds = blockedBy === null ? null : retryAfterSeconds;
        return { storedHash: account?.passwordHash ?? null, throttledForSeconds: seconds };
      },
    );
    if (throttledForSeconds !== null) throw wrongPasswordProblem(throttledForSeconds, pointer);
    const matches = await this.judged(actor, counter, () => this.passwords.verify(storedHash, password));
    if (!matches) return this.refuse(actor, refusedAction, pointer);
    await this.database.forOrganization(organizationId, (tx) => this.limits.succeed(tx, counter));
    return storedHash!;
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

  private async refuse(actor: Actor, action: string, pointer: string): Promise<never> {
    await this.database.forOrganization(actor.organization.id, (tx) =>
      this.audit.recordRefusal(
        tx,
        actor,
        action,
        { type: 'user', id: actor.userId },
        { reason: 'wrong_password' },
      ),
    );
    throw wrongPasswordProblem(undefined, pointer);
  }
}

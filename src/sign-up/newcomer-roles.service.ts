import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { unknownRole } from '../access-control/access-control.problems.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { Policies } from '../policies/policies.service.js';
import { hasUsers } from './sign-up.queries.js';
import type { RegistrationRules } from './sign-up.rules.js';

const ownerRole = 'owner';

/** What the organization gives to whoever becomes a user by themselves, by whatever way. */
@Injectable()
export class NewcomerRoles {
  constructor(
    private readonly policies: Policies,
    private readonly accessControl: AccessControl,
  ) {}

  /** The role of whoever comes now, before they are written. Of many who come first at once, one does. */
  async choose(tx: Transaction): Promise<string | null> {
    const { firstUserRole, defaultRole }: RegistrationRules = await this.policies.read(tx, 'registration');
    const mayBeFirst = firstUserRole !== null && !(await hasUsers(tx));
    // Before any user is written: whoever changes owners takes this lock first.
    if (mayBeFirst || defaultRole === ownerRole) await this.accessControl.lockOwnership(tx);
    return mayBeFirst && !(await hasUsers(tx)) ? firstUserRole : defaultRole;
  }

  /** A default role that was deleted must not stop anybody, nor tell strangers apart from those who are known. */
  async grant(tx: Transaction, userId: string, role: string | null): Promise<string[]> {
    if (role === null) return [];
    try {
      await this.accessControl.grantRoles(tx, 'system', userId, [{ role, expiresAt: null }]);
      return [role];
    } catch (error) {
      if (error instanceof Problem && error.kind === unknownRole) return [];
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Audit, type AuditTarget } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { permissionDenied } from '../platform/problems/problems.js';
import {
  lastOwner,
  ownerNotForApplications,
  ownerNotForTeams,
  systemRole,
} from './access-control.problems.js';

const refusals = new Set([
  permissionDenied,
  lastOwner,
  ownerNotForApplications,
  ownerNotForTeams,
  systemRole,
]);

/** Changes that a rule of access control may refuse, and whose refusal is worth remembering. */
@Injectable()
export class GuardedChanges {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /**
   * Runs `work` in a transaction of the actor's organization, or of the one that an operator acts on. A refusal takes that transaction with it, so it is
   * recorded in one of its own.
   */
  async run<T>(
    actor: Actor,
    action: string,
    target: AuditTarget | null,
    work: (tx: Transaction) => Promise<T>,
    organizationId = actor.organization.id,
  ): Promise<T> {
    try {
      return await this.database.forOrganization(organizationId, work);
    } catch (error) {
      if (error instanceof Problem && refusals.has(error.kind)) {
        const { code } = error.kind;
        await this.database.forOrganization(organizationId, (tx) =>
          this.audit.recordRefusal(tx, actor, action, target, { code, detail: error.detail }),
        );
      }
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { SessionPage } from './session.view.js';
import { Sessions } from './sessions.service.js';

/** Sessions of other people, for administrators; and the end of one's own. */
@Injectable()
export class SessionAdministration {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly users: UserAccounts,
    private readonly accessControl: AccessControl,
    private readonly guarded: GuardedChanges,
    private readonly audit: Audit,
  ) {}

  list(actor: Actor, identifier: string, query: PageQuery): Promise<SessionPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const userId = await this.userId(tx, identifier);
      return this.sessions.listOf(tx, userId, query, actor.credentialId);
    });
  }

  endOne(actor: Actor, identifier: string, sessionId: string): Promise<void> {
    const target = { type: 'session', id: sessionId };
    return this.guarded.run(actor, 'session.ended', target, async (tx) => {
      const userId = await this.userId(tx, identifier);
      await this.accessControl.requireOutranks(tx, actor, userId);
      const ended = isUuid(sessionId) && (await this.sessions.end(tx, sessionId, userId));
      if (!ended) throw notFoundProblem();
      await this.audit.record(
        tx,
        actor,
        'session.ended',
        { type: 'session', id: sessionId },
        { user: userId },
      );
    });
  }

  endAll(actor: Actor, identifier: string): Promise<void> {
    const target = { type: 'user', id: identifier };
    return this.guarded.run(actor, 'user.sessions_ended', target, async (tx) => {
      const userId = await this.userId(tx, identifier);
      await this.accessControl.requireOutranks(tx, actor, userId);
      const ended = await this.sessions.endAllOf(tx, userId);
      await this.audit.record(tx, actor, 'user.sessions_ended', { type: 'user', id: userId }, { ended });
    });
  }

  /** Signing out. Of two at once one writes; both are signed out. */
  signOut(actor: Actor): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const ended = await this.sessions.end(tx, actor.credentialId, actor.userId);
      if (!ended) return;
      await this.audit.record(tx, actor, 'session.ended', { type: 'session', id: actor.credentialId });
    });
  }

  private async userId(tx: Transaction, identifier: string): Promise<string> {
    const user = await this.users.findByReference(tx, identifier);
    return user?.id ?? raise(notFoundProblem());
  }
}

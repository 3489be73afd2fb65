import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { ExpectedVersion } from '../platform/http/if-match.js';
import type { PageQuery } from '../platform/http/lists.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { SessionPage } from '../sessions/session.view.js';
import { Sessions } from '../sessions/sessions.service.js';
import type { UserView } from '../users/user.view.js';
import { Users } from '../users/users.service.js';
import type { ChangeMe, MeView } from './me.dto.js';
import { requireSession } from './me.rules.js';

/** What people see and change of themselves. */
@Injectable()
export class Me {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  async get(actor: Actor): Promise<MeView> {
    return meView(actor, await this.users.get(actor, actor.userId));
  }

  async update(actor: Actor, change: ChangeMe, version: ExpectedVersion): Promise<MeView> {
    requireSession(actor);
    return meView(actor, await this.users.update(actor, actor.userId, change, version));
  }

  async listSessions(actor: Actor, query: PageQuery): Promise<SessionPage> {
    requireSession(actor);
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.sessions.listOf(tx, actor.userId, query, actor.credentialId),
    );
  }

  async endSession(actor: Actor, sessionId: string): Promise<void> {
    requireSession(actor);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const ended = isUuid(sessionId) && (await this.sessions.end(tx, sessionId.toLowerCase(), actor.userId));
      if (!ended) throw notFoundProblem();
      await this.audit.record(tx, actor, 'session.ended', { type: 'session', id: sessionId.toLowerCase() });
    });
  }

  /** Everywhere else; this session goes on. @returns how many were ended */
  async endOtherSessions(actor: Actor): Promise<number> {
    requireSession(actor);
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const ended = await this.sessions.endAllOf(tx, actor.userId, actor.credentialId);
      if (ended > 0) {
        const target = { type: 'user', id: actor.userId };
        await this.audit.record(tx, actor, 'user.sessions_ended', target, {
          ended,
          kept: actor.credentialId,
        });
      }
      return ended;
    });
  }
}

function meView(actor: Actor, user: UserView): MeView {
  return {
    id: user.id,
    email: user.email,
    emailVerified: user.emailVerified,
    username: user.username,
    fullName: user.fullName,
    phoneNumber: user.phoneNumber,
    picture: user.picture,
    status: user.status,
    organization: { id: actor.organization.id, slug: actor.organization.slug },
    roles: [...actor.roleNames],
    permissions: actor.permissions.names(),
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
    version: user.version,
  };
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { unauthenticated } from '../platform/problems/problems.js';
import { Sessions } from '../sessions/sessions.service.js';
import { CurrentPassword } from './current-password.service.js';

type Renewed = NonNullable<Awaited<ReturnType<Sessions['reauthenticate']>>>;

/** Proving anew who one is, in the session that one has. */
@Injectable()
export class MyReauthentication {
  constructor(
    private readonly database: Database,
    private readonly passwords: CurrentPassword,
    private readonly sessions: Sessions,
    private readonly audit: Audit,
  ) {}

  /** @throws Problem `permission_denied` for an API key, `wrong_password`, `unauthenticated`, `unavailable` */
  async reauthenticate(actor: Actor, password: string): Promise<Renewed> {
    const provenHash = await this.passwords.prove(actor, password, 'session.reauthenticated', '/password');
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { credentialId: sessionId, userId } = actor;
      const renewed = await this.sessions.reauthenticate(tx, {
        sessionId,
        userId,
        methods: ['pwd'],
        provenHash,
      });
      // It has ended, or the password was changed, since the request came in.
      if (renewed === null) return raise(new Problem(unauthenticated));
      await this.audit.record(
        tx,
        actor,
        'session.reauthenticated',
        { type: 'session', id: sessionId },
        { methods: ['pwd'] },
      );
      return renewed;
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { weakPasswordProblem } from '../passwords/passwords.problems.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { CurrentPassword } from './current-password.service.js';
import type { ChangePassword } from './me.dto.js';
import { wrongPasswordProblem } from './me.problems.js';
import { requireSession } from './me.rules.js';

/** Changing one's password, for whoever proves the current one. */
@Injectable()
export class MyPassword {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly passwords: Passwords,
    private readonly currentPassword: CurrentPassword,
    private readonly audit: Audit,
  ) {}

  /** Ends all other sessions. @throws Problem `permission_denied`, `weak_password`, `wrong_password`, `unavailable` */
  async change(actor: Actor, { currentPassword, password }: ChangePassword): Promise<void> {
    requireSession(actor);
    await this.requireAcceptable(actor, currentPassword, password);
    const provenHash = await this.currentPassword.prove(actor, currentPassword, 'password.change_refused');
    const hash = await this.passwords.hash(password);
    await this.database.forOrganization(actor.organization.id, async (tx) => {
      const { userId, credentialId } = actor;
      // Whoever signed in with the old password does so no more, and is known no more.
      const sessionsEnded = await this.passwords.change(tx, userId, provenHash, hash, credentialId);
      if (sessionsEnded === null) throw wrongPasswordProblem();
      const target = { type: 'user', id: userId };
      await this.audit.record(tx, actor, 'password.changed', target, { sessionsEnded });
    });
  }

  private requireAcceptable(actor: Actor, currentPassword: string, password: string): Promise<void> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const account = await this.users.findByReference(tx, actor.userId);
      await this.passwords.requireAcceptable(tx, password, account ?? {});
      if (password.normalize('NFC') === currentPassword.normalize('NFC'))
        throw weakPasswordProblem([{ pointer: '/password', detail: 'must differ from the current one' }]);
    });
  }
}

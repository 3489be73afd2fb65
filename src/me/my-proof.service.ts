import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { RecentAuthentication } from '../recent-authentication/recent-authentication.service.js';
import { CurrentPassword } from './current-password.service.js';
import { requireSession } from './me.rules.js';

/**
 * That it is the person and not whoever has their session: by the password, or by having signed in or shown anew who they
 * are not long ago, in whatever way. Whoever has no password has the second way only.
 */
@Injectable()
export class MyProof {
  constructor(
    private readonly currentPassword: CurrentPassword,
    private readonly recent: RecentAuthentication,
  ) {}

  /**
   * @param password undefined for whoever relies on the moment of their last proof
   * @param refusedAction what the audit log calls a wrong password
   * @returns the hash that the password was proven against, for whoever uses the proof to compare; null without a password
   * @throws Problem `permission_denied` for an API key, `wrong_password`, `reauthentication_required`, `unavailable`
   */
  async require(actor: Actor, password: string | undefined, refusedAction: string): Promise<string | null> {
    if (password !== undefined) return this.currentPassword.prove(actor, password, refusedAction);
    requireSession(actor);
    await this.recent.requireRecent(actor);
    return null;
  }
}

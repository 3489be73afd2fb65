import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { BrowserSessions } from './browser-sessions.service.js';
import type { BrowserSession, Traveller } from './sign-in-flow.types.js';

/** Signs in whoever has become a user in this very request, by an invitation and with a password of their own. */
@Injectable()
export class NewUserSignIn {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly browserSessions: BrowserSessions,
  ) {}

  /** Null where somebody was faster to lock or delete them. */
  async signIn(traveller: Traveller, userId: string): Promise<BrowserSession | null> {
    const current = await this.browserSessions.current(traveller);
    return this.database.forOrganization(traveller.organization.id, async (tx) => {
      const account = await this.users.findByReference(tx, userId);
      if (account === null) return null;
      const person = { account, methods: ['pwd'], device: null, rememberDevice: true };
      return this.browserSessions.open(tx, traveller, current, person);
    });
  }
}

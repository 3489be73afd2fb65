import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { Policies } from '../policies/policies.service.js';
import { reauthenticationRequiredProblem } from './recent-authentication.problems.js';
import { isRecent } from './recent-authentication.rules.js';

/**
 * For what a stolen session must not do: whoever holds it must have proven not long ago who they are. A program has
 * nothing to prove anew; its permissions say what it may do.
 */
@Injectable()
export class RecentAuthentication {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
  ) {}

  /** @throws Problem `reauthentication_required` */
  async requireRecent(actor: Pick<Actor, 'organization' | 'authenticatedAt'>): Promise<void> {
    const seconds = await this.secondsFor(actor);
    if (!isRecent(actor.authenticatedAt, seconds, new Date())) throw reauthenticationRequiredProblem(seconds);
  }

  async isRecent(actor: Pick<Actor, 'organization' | 'authenticatedAt'>): Promise<boolean> {
    return isRecent(actor.authenticatedAt, await this.secondsFor(actor), new Date());
  }

  private async secondsFor({ organization }: Pick<Actor, 'organization'>): Promise<number> {
    const policy = await this.database.forOrganization(organization.id, (tx) =>
      this.policies.read(tx, 'session'),
    );
    return policy.recentAuthenticationSeconds;
  }
}

import { Injectable } from '@nestjs/common';
import { Organizations } from '../organizations/organizations.service.js';
import { parseToken } from '../platform/crypto/secret-token.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { holdOrganization } from './account-recovery.queries.js';
import { invalidTokenProblem } from '../verification/verification.problems.js';

type Organization = NonNullable<Awaited<ReturnType<Organizations['find']>>>;

/** What every use of a token has in common: whatever is wrong with it, there is one answer, and nothing is written. */
@Injectable()
export class TokenConfirmations {
  constructor(
    private readonly organizations: Organizations,
    private readonly database: Database,
  ) {}

  /** The organization of the path, if the token could be one of its own. @throws Problem `not_found`, `invalid_token` */
  async organizationOf(slugOrId: string, token: string): Promise<Organization> {
    const organization = await this.organizations.find(slugOrId);
    if (organization === null || organization.status !== 'active') throw notFoundProblem();
    if (parseToken('verification', token)?.organizationId !== organization.id) throw invalidTokenProblem();
    return organization;
  }

  /** The organization that the token names, where no path does. @throws Problem `invalid_token` */
  async organizationNamedIn(token: string): Promise<Organization> {
    const reference = parseToken('verification', token);
    const organization = reference && (await this.organizations.find(reference.organizationId));
    if (!organization || organization.status !== 'active') throw invalidTokenProblem();
    return organization;
  }

  /**
   * Runs `work` in a transaction, which is taken back when it gives null.
   *
   * @throws Problem `invalid_token`
   */
  run<T>(organizationId: string, work: (tx: Transaction) => Promise<T | null>): Promise<T> {
    return this.database.forOrganization(organizationId, async (tx) => {
      const result = (await holdOrganization(tx)) ? await work(tx) : null;
      if (result === null) throw invalidTokenProblem();
      return result;
    });
  }
}

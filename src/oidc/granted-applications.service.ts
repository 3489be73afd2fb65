import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import { sessionNeededProblem } from '../me/me.problems.js';
import { MediaLinks } from '../media/media-links.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { GrantedApplicationPage, GrantedApplicationView } from './granted-application.view.js';
import {
  type GrantedApplicationRow,
  listGrantedApplications,
  removeAllowance,
} from './granted-applications/granted-applications.queries.js';
import { allowedTogether, nothingAllowed } from './grants/allowance.rules.js';
import { allowedBy } from './grants/grant-payload.rules.js';

/** What people let applications do, and taking it back: what these hold is dead at the next request. */
@Injectable()
export class GrantedApplications {
  constructor(
    private readonly database: Database,
    private readonly users: UserAccounts,
    private readonly accessControl: AccessControl,
    private readonly guarded: GuardedChanges,
    private readonly audit: Audit,
    private readonly media: MediaLinks,
    private readonly cursors: Cursors,
  ) {}

  async mine(actor: Actor, query: PageQuery): Promise<GrantedApplicationPage> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    return this.database.forOrganization(actor.organization.id, (tx) => this.listOf(tx, actor.userId, query));
  }

  async revokeMine(actor: Actor, applicationId: string): Promise<void> {
    if (actor.kind !== 'session') throw sessionNeededProblem();
    await this.database.forOrganization(actor.organization.id, (tx) =>
      this.take(tx, actor, actor.userId, applicationId),
    );
  }

  list(actor: Actor, identifier: string, query: PageQuery): Promise<GrantedApplicationPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.listOf(tx, await this.userId(tx, identifier), query),
    );
  }

  revokeOf(actor: Actor, identifier: string, applicationId: string): Promise<void> {
    const target = { type: 'user', id: identifier };
    return this.guarded.run(actor, 'application.revoked', target, async (tx) => {
      const userId = await this.userId(tx, identifier);
      await this.accessControl.requireOutranks(tx, actor, userId);
      await this.take(tx, actor, userId, applicationId);
    });
  }

  async listOf(tx: Transaction, userId: string, query: PageQuery = {}): Promise<GrantedApplicationPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['granted-applications', tx.organizationId, userId];
    const position = this.cursors.decode(list, query.cursor);
    const before = position === null ? null : { since: position[0]!, id: position[1]! };
    const rows = await listGrantedApplications(tx, userId, before, limit + 1);
    const page = this.cursors.page(rows, limit, list, (row) => [row.position, row.id]);
    return { items: page.rows.map((row) => this.view(tx, row)), nextCursor: page.nextCursor };
  }

  /** @returns whether there was anything to take back */
  revoke(tx: Transaction, userId: string, applicationId: string): Promise<boolean> {
    return isUuid(applicationId)
      ? removeAllowance(tx, userId, applicationId.toLowerCase())
      : Promise.resolve(false);
  }

  private async take(tx: Transaction, actor: Actor, userId: string, applicationId: string): Promise<void> {
    if (!(await this.revoke(tx, userId, applicationId))) throw notFoundProblem();
    const target = { type: 'application', id: applicationId.toLowerCase() };
    await this.audit.record(tx, actor, 'application.revoked', target, { user: userId });
  }

  private view(tx: Transaction, row: GrantedApplicationRow): GrantedApplicationView {
    const { scopes, resources } = row.grants
      .map(allowedBy)
      .reduce(allowedTogether, row.allowed ?? nothingAllowed);
    return {
      id: row.id,
      name: row.name,
      firstParty: row.consent === 'none',
      clientUri: row.client_uri,
      logoUrl: row.logo_media_id && this.media.addressOf(tx, row.logo_media_id),
      scopes: [...scopes],
      resources: Object.entries(resources).map(([identifier, names]) => ({ identifier, scopes: [...names] })),
      allowedAt: row.since.toISOString(),
    };
  }

  private async userId(tx: Transaction, identifier: string): Promise<string> {
    const user = await this.users.findByReference(tx, identifier);
    return user?.id ?? raise(notFoundProblem());
  }
}

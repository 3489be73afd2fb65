import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { type Actor, isOperator } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import type { Organization } from './organization.entity.js';
import {
  type ChangeOrganization,
  type OrganizationPage,
  type OrganizationsQuery,
  type OrganizationView,
} from './organizations.dto.js';
import {
  eraseOrganizationBatch,
  findOrganization,
  findPlatformOrganization,
  findOrganizations,
  listOrganizationIds,
  lockOrganization,
  setOrganizationStatus,
  updateOrganization,
} from './organizations.queries.js';
import { decideClosing } from './organizations.rules.js';

const rowsErasedAtOnce = 5_000;

/** The list of organizations: reading, changing and closing them. Founding one is `OrganizationFounding`. */
@Injectable()
export class Organizations {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
  ) {}

  /** Any organization, active or not, by slug or id. */
  find(slugOrId: string): Promise<Organization | null> {
    return this.database.asPlatform('organizations.find', (tx) => findOrganization(tx, slugOrId));
  }

  /** The organization that the path names, among those that this actor may name. @throws Problem `not_found` */
  async getReachable(actor: Actor, slugOrId: string): Promise<Organization> {
    const organization = await this.find(slugOrId);
    if (organization === null || !mayReach(actor, organization)) throw notFoundProblem();
    return organization;
  }

  list(actor: Actor, query: OrganizationsQuery): Promise<OrganizationPage> {
    const limit = query.limit ?? defaultPageSize;
    const list = ['organizations', actor.organization.id, query.q ?? null];
    const position = this.cursors.decode(list, query.cursor);
    return this.database.asPlatform('organizations.list', async (tx) => {
      const after = position === null ? null : { createdAt: position[0]!, id: position[1]! };
      const ids = await listOrganizationIds(tx, { contains: query.q ?? null, after, limit: limit + 1 });
      const page = this.cursors.page(ids, limit, list, (row) => [row.created_at, row.id]);
      const organizations = await findOrganizations(
        tx,
        page.rows.map(({ id }) => id),
      );
      return { items: organizations.map(organizationView), nextCursor: page.nextCursor };
    });
  }

  get(actor: Actor, slugOrId: string): Promise<OrganizationView> {
    return this.within(actor, slugOrId, 'organizations.get', (_, organization) =>
      Promise.resolve(organizationView(organization)),
    );
  }

  change(
    actor: Actor,
    slugOrId: string,
    change: ChangeOrganization,
    expectedVersion: ExpectedVersion,
  ): Promise<OrganizationView> {
    return this.within(actor, slugOrId, 'organizations.change', async (tx, { id }) => {
      const before = (await lockOrganization(tx, id)) ?? raise(notFoundProblem());
      requireVersion(before.version, expectedVersion);
      await updateOrganization(tx, id, { ...change, updatedBy: actor.userId });
      await this.audit.record(tx, actor, 'organization.changed', { type: 'organization', id }, { ...change });
      return organizationView((await findOrganization(tx, id))!);
    });
  }

  suspend(actor: Actor, slugOrId: string): Promise<OrganizationView> {
    return this.setStatus(actor, slugOrId, 'suspended', 'organization.suspended');
  }

  liftSuspension(actor: Actor, slugOrId: string): Promise<OrganizationView> {
    return this.setStatus(actor, slugOrId, 'active', 'organization.suspension_lifted');
  }

  /** Ends everything of the organization at once, then removes its rows in batches. A repetition goes on where it was. */
  async delete(actor: Actor, slugOrId: string): Promise<void> {
    const id = await this.within(actor, slugOrId, 'organizations.delete', async (tx, organization) => {
      decideClosing(organization);
      await lockOrganization(tx, organization.id);
      await setOrganizationStatus(tx, organization.id, 'suspended', actor.userId);
      // The organization's own record goes with it; what remains is the platform's.
      const platform = await findPlatformOrganization(tx);
      await tx.enter(platform.id);
      const target = { type: 'organization', id: organization.id };
      await this.audit.record(
        tx,
        actor.organization.isPlatform ? actor : 'system',
        'organization.deleted',
        target,
        {
          slug: organization.slug,
          deletedBy: actor.userId,
        },
      );
      return organization.id;
    });
    const eraseSome = () =>
      this.database.asPlatform('organizations.erase', (tx) =>
        eraseOrganizationBatch(tx, id, rowsErasedAtOnce),
      );
    while (await eraseSome());
  }

  private setStatus(
    actor: Actor,
    slugOrId: string,
    status: Organization['status'],
    action: string,
  ): Promise<OrganizationView> {
    return this.within(actor, slugOrId, action, async (tx, { id }) => {
      const organization = (await lockOrganization(tx, id)) ?? raise(notFoundProblem());
      decideClosing(organization);
      if (organization.status === status) return organizationView(organization);
      await setOrganizationStatus(tx, id, status, actor.userId);
      await this.audit.record(tx, actor, action, { type: 'organization', id });
      return organizationView((await findOrganization(tx, id))!);
    });
  }

  /** Finds the organization that the path names, among those that this actor may name, and works inside it. */
  private async within<T>(
    actor: Actor,
    slugOrId: string,
    reason: string,
    work: (tx: Transaction, organization: Organization) => Promise<T>,
  ): Promise<T> {
    return this.database.asPlatform(reason, async (tx) => {
      const organization = await findOrganization(tx, slugOrId);
      if (organization === null || !mayReach(actor, organization)) throw notFoundProblem();
      await tx.enter(organization.id);
      return work(tx, organization);
    });
  }
}

/** Operators any; everybody else their own. */
function mayReach(actor: Actor, { id }: Organization): boolean {
  return id === actor.organization.id || isOperator(actor);
}

export function organizationView(organization: Organization): OrganizationView {
  return {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    status: organization.status,
    settings: organization.settings,
    createdAt: organization.createdAt.toISOString(),
    updatedAt: organization.updatedAt.toISOString(),
    version: organization.version,
  };
}

import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import { Passwords } from '../passwords/passwords.service.js';
import type { Actor } from '../platform/access/actor.js';
import { newId } from '../platform/crypto/uuid.js';
import { Database } from '../platform/database/database.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { Problem } from '../platform/problems/problem.js';
import { raiseInvalid } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import type { CreateOrganization, FirstOwner, OrganizationView } from './organizations.dto.js';
import { findOrganization, insertOrganization } from './organizations.queries.js';
import { slugTaken } from './organizations.problems.js';
import { organizationView } from './organizations.service.js';

export interface NewOrganization {
  id: string;
  slug: string;
  name: string;
  settings: Record<string, unknown>;
  isPlatform: boolean;
  createdBy: string | null;
}

/** Making organizations: with their system roles, and an owner where one is given. */
@Injectable()
export class OrganizationFounding {
  constructor(
    private readonly database: Database,
    private readonly accessControl: AccessControl,
    private readonly users: UserAccounts,
    private readonly passwords: Passwords,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  async create(actor: Actor, input: CreateOrganization): Promise<OrganizationView> {
    const { owner } = input;
    if (owner && owner.email === undefined && owner.username === undefined) {
      raiseInvalid([{ pointer: '/owner', detail: 'needs an e-mail address or a user name' }]);
    }
    const passwordHash = await this.hashOf(actor, owner);
    const organization: NewOrganization = {
      id: newId(),
      slug: input.slug,
      name: input.name,
      settings: input.settings ?? {},
      isPlatform: false,
      createdBy: actor.userId,
    };
    return this.database.asPlatform('organizations.create', async (tx) => {
      await tx.enter(actor.organization.id);
      return this.idempotency.once(tx, actor, async () => {
        const target = { type: 'organization', id: organization.id };
        await this.audit.record(tx, actor, 'organization.created', target, { slug: organization.slug });
        await this.found(tx, organization);
        await this.audit.record(tx, actor, 'organization.created', target, { slug: organization.slug });
        if (owner) await this.addOwner(tx, actor, owner, passwordHash);
        return organizationView((await findOrganization(tx, organization.id))!);
      });
    });
  }

  /** Makes the organization and its system roles, and leaves `tx` inside it. @throws Problem `slug_taken` */
  async found(tx: Transaction, organization: NewOrganization): Promise<void> {
    await tx.enter(organization.id);
    try {
      await insertOrganization(tx, organization);
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'organizations_slug_key')
        throw new Problem(slugTaken, { cause: error });
      throw error;
    }
    await this.accessControl.seedSystemRoles(tx);
  }

  /** Adds the first owner to the organization that `tx` is in. */
  async addOwner(
    tx: Transaction,
    actor: AuditActor,
    owner: FirstOwner,
    passwordHash: string | null,
  ): Promise<string> {
    const { password: _, ...person } = owner;
    const user = await this.users.create(tx, { ...person, ...(passwordHash !== null && { passwordHash }) });
    await this.accessControl.grantRoles(tx, 'system', user.id, [{ role: 'owner', expiresAt: null }]);
    await this.audit.record(tx, actor, 'user.created', { type: 'user', id: user.id }, { roles: ['owner'] });
    return user.id;
  }

  /** The hash runs outside any transaction; what a new organization demands of passwords is what the platform does. */
  private async hashOf(actor: Actor, owner: FirstOwner | undefined): Promise<string | null> {
    const password = owner?.password;
    if (owner === undefined || password === undefined) return null;
    await this.database.forOrganization(actor.organization.id, (tx) =>
      this.passwords.requireAcceptable(tx, password, owner),
    );
    return this.passwords.hash(password);
  }
}

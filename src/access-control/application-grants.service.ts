import { Injectable } from '@nestjs/common';
import type { Actor } from '../platform/access/actor.js';
import type { Transaction } from '../platform/database/transaction.js';
import { AccessControl, type Grant } from './access-control.service.js';
import { grantsOf, lockHoldingsOfApplication, lockRolesForGrant, replaceGrants } from './grants.queries.js';
import { requireApplicationRoles, requireHeld, sameGrants } from './grants.rules.js';

/** The roles of machines: steps in the transactions of whoever has locked the application. */
@Injectable()
export class ApplicationGrants {
  constructor(private readonly accessControl: AccessControl) {}

  /** What was given to an application and has not ended. */
  async read(tx: Transaction, applicationId: string): Promise<Grant[]> {
    return (await grantsOf(tx, 'application', [applicationId])).get(applicationId)!;
  }

  /**
   * Whoever has a secret of a machine acts as it does, so nobody makes one, or changes how the machine proves itself,
   * without holding what it holds.
   *
   * @throws Problem `permission_denied`
   */
  async requireHeldBy(tx: Transaction, actor: Actor, applicationId: string): Promise<void> {
    requireHeld(actor, await lockHoldingsOfApplication(tx, applicationId));
  }

  /**
   * Makes these the roles of an application.
   *
   * @returns null where they are these already
   * @throws Problem `unknown_role`, `permission_denied`, `owner_not_for_applications`, or `invalid_request`
   */
  async set(
    tx: Transaction,
    actor: Actor,
    applicationId: string,
    grants: readonly Grant[],
  ): Promise<{ before: Grant[]; after: Grant[] } | null> {
    const before = await this.read(tx, applicationId);
    // All in one statement and so in one order; one after the other could wait for somebody who waits for this.
    await lockRolesForGrant(
      tx,
      [...before, ...grants].map(({ role }) => role),
    );
    await this.requireHeldBy(tx, actor, applicationId);
    const { roles, named } = await this.accessControl.resolveGrants(tx, actor, grants);
    requireApplicationRoles(roles.map(({ name }) => name));
    if (sameGrants(before, named)) return null;
    const given = named.map(({ expiresAt }, index) => ({ roleId: roles[index]!.id, expiresAt }));
    await replaceGrants(tx, 'application', applicationId, given, actor.userId);
    return { before, after: await this.read(tx, applicationId) };
  }
}

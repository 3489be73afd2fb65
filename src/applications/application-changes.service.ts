import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { ApplicationGrants } from '../access-control/application-grants.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import type { Actor } from '../platform/access/actor.js';
import { isUuid } from '../platform/crypto/uuid.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { unknownScopeProblem } from '../scopes/scopes.problems.js';
import { Scopes } from '../scopes/scopes.service.js';
import {
  type ApplicationRow,
  bumpApplicationVersion,
  findApplication,
  lockApplication,
} from './applications.queries.js';

/**
 * Whoever changes an application can make themselves what it is: by another secret, another key, another address. So it
 * takes what the application can get by itself: what its roles hold, and what it may ask of the product's own API.
 */
@Injectable()
export class ApplicationChanges {
  constructor(
    private readonly changes: GuardedChanges,
    private readonly accessControl: AccessControl,
    private readonly grants: ApplicationGrants,
    private readonly scopes: Scopes,
  ) {}

  /**
   * Runs `work` with the application locked, for who holds what it can get; a refusal is recorded.
   *
   * @throws Problem `not_found`, `stale`, `permission_denied`
   */
  run<T>(
    actor: Actor,
    id: string,
    action: string,
    expectedVersion: ExpectedVersion,
    work: (tx: Transaction, application: ApplicationRow) => Promise<T>,
  ): Promise<T> {
    return this.runForScopes(actor, id, action, expectedVersion, async (tx, application) => {
      await this.grants.requireHeldBy(tx, actor, application.id);
      return work(tx, application);
    });
  }

  /**
   * The same for who sets the roles of the application, and asks then, with all of them locked in one statement, whether
   * the actor holds what they hold.
   */
  runForScopes<T>(
    actor: Actor,
    id: string,
    action: string,
    expectedVersion: ExpectedVersion,
    work: (tx: Transaction, application: ApplicationRow) => Promise<T>,
  ): Promise<T> {
    return this.changes.run(actor, action, targetOf(id), async (tx) => {
      const application = (isUuid(id) ? await lockApplication(tx, id) : null) ?? raise(notFoundProblem());
      requireVersion(application.version, expectedVersion);
      this.accessControl.requireHoldable(actor, this.productScopes(actor, application.allowedScopes ?? []));
      return work(tx, application);
    });
  }

  /** Counts a change of what an application has as a change of the application. @returns the new version */
  count(tx: Transaction, id: string, changedBy: string): Promise<number> {
    return bumpApplicationVersion(tx, id, changedBy);
  }

  /** @throws Problem `not_found` */
  async get(tx: Transaction, id: string): Promise<ApplicationRow> {
    return (isUuid(id) ? await findApplication(tx, id) : null) ?? raise(notFoundProblem());
  }

  /**
   * Whether scopes may be named: there is each, and who names a permission of the product holds it. Those that were named
   * before may stay, whatever has become of them.
   *
   * @throws Problem `unknown_scope`, `permission_denied`
   */
  async requireGivableScopes(
    tx: Transaction,
    actor: Actor,
    before: readonly string[] | null,
    after: readonly string[] | null,
  ): Promise<void> {
    const fresh = (after ?? []).filter((name) => !before?.includes(name));
    const unknown = await this.scopes.findUnknown(tx, fresh);
    if (unknown !== null) throw unknownScopeProblem(unknown);
    this.accessControl.requireHoldable(actor, this.productScopes(actor, fresh));
  }

  /** Those of the names that are permissions of the product. */
  productScopes(actor: Actor, names: readonly string[]): string[] {
    const product = new Set(
      this.accessControl.productPermissions(actor.organization.isPlatform).map(({ name }) => name),
    );
    return names.filter((name) => product.has(name));
  }
}

export const targetOf = (id: string) => ({ type: 'application', id });

import { Injectable } from '@nestjs/common';
import { unknownRole, unknownRoleProblem } from '../access-control/access-control.problems.js';
import { AccessControl } from '../access-control/access-control.service.js';
import { GuardedChanges } from '../access-control/guarded-changes.service.js';
import { Audit } from '../audit/audit.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import { type Actor, isOperator } from '../platform/access/actor.js';
import { PermissionSet } from '../platform/access/permission-set.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { findPolicyDocuments, lockPolicy, savePolicy } from './policies.queries.js';
import {
  applyChange,
  differenceOf,
  mergePolicy,
  type PolicyDocuments,
  type PolicyKind,
  type PolicyValues,
  readChange,
  requireConsistentSession,
  requireConsistentTokens,
  requireSensibleDefaultRole,
  roleHandedOut,
  settlePolicy,
  type SourcedPolicy,
  valuesOf,
} from './policies.rules.js';
import { Policies } from './policies.service.js';

export type PolicyView<Kind extends PolicyKind> = { kind: Kind } & SourcedPolicy<PolicyValues[Kind]>;

/** Reading and changing the policies of one's own organization, and as an operator of any. */
@Injectable()
export class PolicyAdministration {
  constructor(
    private readonly database: Database,
    private readonly organizations: Organizations,
    private readonly accessControl: AccessControl,
    private readonly changes: GuardedChanges,
    private readonly policies: Policies,
    private readonly audit: Audit,
  ) {}

  async get<Kind extends PolicyKind>(actor: Actor, slugOrId: string, kind: Kind): Promise<PolicyView<Kind>> {
    const { id } = await this.organizations.getReachable(actor, slugOrId);
    return this.database.forOrganization(id, async (tx) => ({
      kind,
      ...(await this.policies.readSourced(tx, kind)),
    }));
  }

  /**
   * @param body the keys to set; null gives one back
   * @throws Problem `policy_contradiction`, `default_role_owner`, `unknown_role`, `permission_denied`, `invalid_request`
   */
  async change<Kind extends PolicyKind>(
    actor: Actor,
    slugOrId: string,
    kind: Kind,
    body: object,
  ): Promise<PolicyView<Kind>> {
    const change = readChange<Kind>(body);
    const { id: organizationId } = await this.organizations.getReachable(actor, slugOrId);
    const target = { type: 'policy', id: kind };
    const work = async (tx: Transaction): Promise<PolicyView<Kind>> => {
      await lockPolicy(tx, kind);
      const before = await findPolicyDocuments(tx, kind);
      const after = { ...before, own: applyChange(before.own, change) };
      const difference = differenceOf(before.own, after.own);
      if (difference !== null) {
        requirePlatformsRight(actor, before.isPlatform);
        if (kind === 'session') requireConsistentSession(after);
        if (kind === 'tokens') requireConsistentTokens(after);
        if (kind === 'registration') await this.requireGivableRole(tx, actor, before, after);
        await savePolicy(tx, kind, after.own, actor.userId);
        await this.audit.record(tx, actor, 'policy.changed', target, difference);
      }
      return { kind, ...settlePolicy(kind, after) };
    };
    return this.changes.run(actor, 'policy.changed', target, work, organizationId);
  }

  /**
   * Whoever says what strangers become gives it to them: the same rule as for giving it by hand. Else somebody could open
   * the door, come in by it, and be more than before.
   *
   * @throws Problem `default_role_owner`, `policy_contradiction`, `unknown_role`, `permission_denied`
   */
  private async requireGivableRole(
    tx: Transaction,
    actor: Actor,
    before: PolicyDocuments<'registration'>,
    after: PolicyDocuments<'registration'>,
  ): Promise<void> {
    requireSensibleDefaultRole(after);
    const role = roleHandedOut(
      valuesOf(mergePolicy('registration', before)),
      valuesOf(mergePolicy('registration', after)),
    );
    if (role === null) return;
    try {
      const grants = [{ role, expiresAt: null }];
      const { named } = await this.accessControl.resolveGrants(tx, within(tx, actor), grants);
      // By name only: an id would get past the rule about owners.
      if (named[0]!.role !== role) throw unknownRoleProblem(role);
    } catch (error) {
      // A role that was deleted meanwhile is given to nobody; only who names it now must be told.
      const isOld = before.own.defaultRole === after.own.defaultRole;
      if (!isOld || !(error instanceof Problem) || error.kind !== unknownRole) throw error;
    }
  }
}

/** The platform's policies hold wherever an organization says nothing, so they are the operators'. */
function requirePlatformsRight(actor: Actor, isPlatform: boolean): void {
  if (isPlatform && !isOperator(actor))
    throw new Problem(permissionDenied, { detail: 'This needs the permission platform:organizations' });
}

/** The actor as the transaction's organization sees it: an operator manages other organizations and holds nothing there. */
function within(tx: Transaction, actor: Actor): Actor {
  const { organization } = actor;
  if (organization.id === tx.organizationId) return actor;
  return {
    ...actor,
    organization: { ...organization, id: tx.organizationId, isPlatform: false },
    permissions: new PermissionSet([[]], false),
  };
}

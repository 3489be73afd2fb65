import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit } from '../audit/audit.service.js';
import { Organizations } from '../organizations/organizations.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Problem } from '../platform/problems/problem.js';
import { defaultRoleOwner } from './policies.problems.js';
import { mergePolicyDocument } from './policies.queries.js';
import {
  type PolicyKind,
  type PolicyValues,
  requireConsistentSession,
  type SourcedPolicy,
} from './policies.rules.js';
import { Policies } from './policies.service.js';

type Nullable<Values> = { [Key in keyof Values]?: Values[Key] | null };

/** Reading and setting policies, by an organization's administrators or by operators. */
@Injectable()
export class PolicyAdministration {
  constructor(
    private readonly database: Database,
    private readonly organizations: Organizations,
    private readonly policies: Policies,
    private readonly accessControl: AccessControl,
    private readonly audit: Audit,
  ) {}

  async get<Kind extends PolicyKind>(
    actor: Actor,
    slugOrId: string,
    kind: Kind,
  ): Promise<SourcedPolicy<PolicyValues[Kind]>> {
    const { id } = await this.organizations.getReachable(actor, slugOrId);
    return this.database.forOrganization(id, (tx) => this.policies.readSourced(tx, kind));
  }

  /** @throws Problem `unknown_role`, `permission_denied`, `default_role_owner`, `policy_contradiction` */
  async set<Kind extends PolicyKind>(
    actor: Actor,
    slugOrId: string,
    kind: Kind,
    keys: Nullable<PolicyValues[Kind]>,
  ): Promise<SourcedPolicy<PolicyValues[Kind]>> {
    const { id } = await this.organizations.getReachable(actor, slugOrId);
    return this.database.forOrganization(id, async (tx) => {
      if (kind === 'registration')
        await this.requireGivableRoles(tx, actor, keys as Nullable<PolicyValues['registration']>);
      const before = await this.policies.readSourced(tx, kind);
      await mergePolicyDocument(tx, kind, keys, actor.userId);
      const after = await this.policies.readSourced(tx, kind);
      if (kind === 'session') requireConsistentSession(after as SourcedPolicy<PolicyValues['session']>);
      await this.audit.record(
        tx,
        actor,
        'policy.changed',
        { type: 'policy', id: kind },
        changeOf(keys, before, after),
      );
      return after;
    });
  }

  /**
   * Whoever names a role that others get by themselves gives it: the same rule as for giving it by hand. Without it,
   * somebody could make the next sign-up, their own, an owner.
   */
  private async requireGivableRoles(
    tx: Transaction,
    actor: Actor,
    keys: Nullable<PolicyValues['registration']>,
  ): Promise<void> {
    if (keys.defaultRole === 'owner') throw new Problem(defaultRoleOwner);
    const roles = [keys.defaultRole, keys.firstUserRole].filter((role) => typeof role === 'string');
    // An operator of the platform stands above an organization's roles; those need only exist.
    const granter = actor.organization.id === tx.organizationId ? actor : 'system';
    for (const role of roles)
      await this.accessControl.resolveGrants(tx, granter, [{ role, expiresAt: null }]);
  }
}

function changeOf(keys: object, before: object, after: object): Record<string, unknown> {
  const pick = (policy: object) =>
    Object.fromEntries(Object.entries(policy).filter(([key]) => key in keys)) as Record<
      string,
      { value: unknown }
    >;
  const [was, is] = [pick(before), pick(after)];
  return Object.fromEntries(
    Object.keys(keys).map((key) => [key, { from: was[key]?.value, to: is[key]?.value }]),
  );
}

import { Injectable } from '@nestjs/common';
import { AccessControl } from '../access-control/access-control.service.js';
import { Audit, type AuditActor } from '../audit/audit.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import {
  disownRoles,
  findHeldRoles,
  findOwnedRoles,
  findRoleMappings,
  ownRoles,
  roleNames,
} from './mapped-roles.queries.js';
import { decideRoleChange, mappedRolesOf, type RoleChange } from './mapped-roles.rules.js';

/** What a mapping decides about. */
export interface RoleHolder {
  readonly accountId: string;
  readonly userId: string;
  readonly providerId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The roles that people have because of what a provider says of them. */
@Injectable()
export class MappedRoles {
  constructor(
    private readonly accessControl: AccessControl,
    private readonly audit: Audit,
  ) {}

  /** Whether `apply` would change anything: it needs the lock of the ownership, which comes before that of a user. */
  async wouldChange(tx: Transaction, holder: RoleHolder): Promise<boolean> {
    const { add, remove } = await this.decide(tx, holder);
    return add.length > 0 || remove.length > 0;
  }

  /** Names of the roles that the mapping gives. */
  async foresee(
    tx: Transaction,
    { providerId, claims }: Pick<RoleHolder, 'providerId' | 'claims'>,
  ): Promise<string[]> {
    return roleNames(tx, mappedRolesOf(await findRoleMappings(tx, providerId), claims));
  }

  /** Gives and takes what the mapping owns, and nothing else. The caller has locked the ownership, if it changes anything. */
  async apply(tx: Transaction, actor: AuditActor, holder: RoleHolder): Promise<void> {
    const { add, remove } = await this.decide(tx, holder);
    if (add.length === 0 && remove.length === 0) return;
    const { accountId, userId } = holder;
    const names = { added: await roleNames(tx, add), removed: await roleNames(tx, remove) };
    const grants = add.map((role) => ({ role, expiresAt: null }));
    if (add.length > 0) {
      await this.accessControl.addRoles(tx, 'system', userId, grants);
      await ownRoles(tx, accountId, userId, add);
    }
    if (remove.length > 0) {
      await this.accessControl.lockOwnership(tx);
      await disownRoles(tx, accountId, remove);
    }
    await this.audit.record(
      tx,
      actor,
      'user.roles_mapped',
      { type: 'user', id: userId },
      {
        account: accountId,
        ...names,
      },
    );
  }

  private async decide(
    tx: Transaction,
    { accountId, userId, providerId, claims }: RoleHolder,
  ): Promise<RoleChange> {
    const wanted = mappedRolesOf(await findRoleMappings(tx, providerId), claims);
    return decideRoleChange(wanted, await findOwnedRoles(tx, accountId), await findHeldRoles(tx, userId));
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { AccessControl } from './access-control.service.js';
import { GrantsView } from './grants.dto.js';
import { grantsOf, lockRolesForGrant, replaceGrants } from './grants.queries.js';
import { type Grant, requireTeamRoles, sameGrants } from './grants.rules.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { bumpTeamVersion } from './teams.queries.js';
import { Teams } from './teams.service.js';

/** Which roles a team brings to its members. */
@Injectable()
export class TeamRoles {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly teams: Teams,
    private readonly accessControl: AccessControl,
    private readonly audit: Audit,
  ) {}

  read(actor: Actor, identifier: string): Promise<GrantsView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const { id, version } = await this.teams.get(tx, identifier);
      return GrantsView.of((await grantsOf(tx, 'team', [id])).get(id)!, version);
    });
  }

  set(
    actor: Actor,
    identifier: string,
    grants: readonly Grant[],
    expectedVersion: ExpectedVersion,
  ): Promise<GrantsView> {
    return this.changes.run(actor, 'team.roles_changed', { type: 'team', id: identifier }, async (tx) => {
      const { id, version } = await this.teams.lock(tx, identifier);
      requireVersion(version, expectedVersion);
      const before = (await grantsOf(tx, 'team', [id])).get(id)!;
      // All in one statement and so in one order; one after the other could wait for somebody who waits for this.
      await lockRolesForGrant(
        tx,
        [...before, ...grants].map(({ role }) => role),
      );
      await this.teams.requireHeldByActor(tx, actor, id);
      const { roles, named } = await this.accessControl.resolveGrants(tx, actor, grants);
      requireTeamRoles(roles.map(({ name }) => name));
      if (sameGrants(before, named)) return GrantsView.of(before, version);
      const given = named.map(({ expiresAt }, index) => ({ roleId: roles[index]!.id, expiresAt }));
      await replaceGrants(tx, 'team', id, given, actor.userId);
      const newVersion = await bumpTeamVersion(tx, id, actor.userId);
      await this.audit.record(
        tx,
        actor,
        'team.roles_changed',
        { type: 'team', id },
        { before, after: named },
      );
      return GrantsView.of((await grantsOf(tx, 'team', [id])).get(id)!, newVersion);
    });
  }
}

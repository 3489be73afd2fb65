import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Cursors, defaultPageSize, type PageQuery } from '../platform/http/lists.js';
import { raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { UserAccounts } from '../users/user-accounts.service.js';
import { AccessControl } from './access-control.service.js';
import { holdingsOf, lockUser } from './grants.queries.js';
import { requireHeldAsLong } from './grants.rules.js';
import { GuardedChanges } from './guarded-changes.service.js';
import { requireRoomForTeams } from './limits.rules.js';
import { type TeamMemberPage, TeamMemberView } from './teams.dto.js';
import { countTeamsOf, deleteTeamMember, insertTeamMember, listTeamMembers } from './teams.queries.js';
import { Teams } from './teams.service.js';

/** Who belongs to a team, and so gets its roles. */
@Injectable()
export class TeamMembers {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly teams: Teams,
    private readonly accessControl: AccessControl,
    private readonly users: UserAccounts,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
  ) {}

  list(
    actor: Actor,
    identifier: string,
    { limit = defaultPageSize, cursor }: PageQuery,
  ): Promise<TeamMemberPage> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const team = await this.teams.get(tx, identifier);
      const list = ['team members', actor.organization.id, team.id];
      const after = this.cursors.decode(list, cursor) as [string, string] | null;
      const found = await listTeamMembers(
        tx,
        team.id,
        after === null ? null : { addedAt: after[0], userId: after[1] },
        limit + 1,
      );
      const { rows, nextCursor } = this.cursors.page(found, limit, list, (row) => [
        row.position,
        row.user_id,
      ]);
      return { items: rows.map((row) => TeamMemberView.of(row)), nextCursor };
    });
  }

  add(actor: Actor, identifier: string, userIdentifier: string): Promise<void> {
    return this.changes.run(actor, 'team.member_added', { type: 'team', id: identifier }, async (tx) => {
      const team = await this.teams.lock(tx, identifier);
      const userId = await this.lockUser(tx, userIdentifier);
      const brought = await this.teams.requireHeldByActor(tx, actor, team.id);
      requireHeldAsLong(await holdingsOf(tx, actor.userId), brought);
      if (!(await insertTeamMember(tx, team.id, userId, actor.userId))) return;
      requireRoomForTeams(await countTeamsOf(tx, userId));
      const target = { type: 'team', id: team.id };
      await this.audit.record(tx, actor, 'team.member_added', target, { team: team.name, user: userId });
    });
  }

  remove(actor: Actor, identifier: string, userIdentifier: string): Promise<void> {
    return this.changes.run(actor, 'team.member_removed', { type: 'team', id: identifier }, async (tx) => {
      const team = await this.teams.lock(tx, identifier);
      const userId = await this.lockUser(tx, userIdentifier);
      await this.accessControl.requireOutranks(tx, actor, userId);
      if (!(await deleteTeamMember(tx, team.id, userId))) throw notFoundProblem();
      const target = { type: 'team', id: team.id };
      await this.audit.record(tx, actor, 'team.member_removed', target, { team: team.name, user: userId });
    });
  }

  private async lockUser(tx: Transaction, identifier: string): Promise<string> {
    const { id } = (await this.users.findByReference(tx, identifier)) ?? raise(notFoundProblem());
    if ((await lockUser(tx, id)) === null) throw notFoundProblem();
    return id;
  }
}

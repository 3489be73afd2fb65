import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../platform/access/actor.js';
import { violatedUniqueConstraint } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { type ExpectedVersion, requireVersion } from '../platform/http/if-match.js';
import { Cursors, defaultPageSize } from '../platform/http/lists.js';
import { Problem, raise } from '../platform/problems/problem.js';
import { notFoundProblem } from '../platform/problems/problems.js';
import { teamNameTaken } from './access-control.problems.js';
import { grantsOf } from './grants.queries.js';
import { type Holding, requireHeld } from './grants.rules.js';
import { GuardedChanges } from './guarded-changes.service.js';
import {
  type CreateTeamBody,
  type TeamPage,
  type TeamsQuery,
  TeamView,
  type UpdateTeamBody,
} from './teams.dto.js';
import {
  deleteTeam,
  findTeam,
  insertTeam,
  listTeams,
  lockHoldingsOfTeam,
  lockTeam,
  type TeamRow,
  updateTeam,
} from './teams.queries.js';

/** The teams of an organization. */
@Injectable()
export class Teams {
  constructor(
    private readonly database: Database,
    private readonly changes: GuardedChanges,
    private readonly audit: Audit,
    private readonly cursors: Cursors,
    private readonly idempotency: Idempotency,
  ) {}

  list(actor: Actor, { limit = defaultPageSize, cursor, q }: TeamsQuery): Promise<TeamPage> {
    const list = ['teams', actor.organization.id, q ?? null];
    const [afterName = null] = this.cursors.decode(list, cursor) ?? [];
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const found = await listTeams(tx, q, afterName, limit + 1);
      const { rows, nextCursor } = this.cursors.page(found, limit, list, ({ name }) => [name]);
      const roles = await grantsOf(
        tx,
        'team',
        rows.map(({ id }) => id),
      );
      return { items: rows.map((row) => TeamView.of(row, roles.get(row.id)!)), nextCursor };
    });
  }

  read(actor: Actor, team: string): Promise<TeamView> {
    return this.database.forOrganization(actor.organization.id, async (tx) =>
      this.viewOf(tx, await this.get(tx, team)),
    );
  }

  create(actor: Actor, { name, description = null }: CreateTeamBody): Promise<TeamView> {
    return this.database.forOrganization(actor.organization.id, (tx) =>
      this.idempotency.once(tx, actor, async () => {
        const id = await this.requireFreeName(insertTeam(tx, { name, description, createdBy: actor.userId }));
        await this.audit.record(tx, actor, 'team.created', { type: 'team', id }, { name });
        return this.viewOf(tx, await this.get(tx, id));
      }),
    );
  }

  update(
    actor: Actor,
    identifier: string,
    body: UpdateTeamBody,
    expectedVersion: ExpectedVersion,
  ): Promise<TeamView> {
    return this.database.forOrganization(actor.organization.id, async (tx) => {
      const team = await this.lock(tx, identifier);
      requireVersion(team.version, expectedVersion);
      const { name = team.name, description = team.description } = body;
      await this.requireFreeName(updateTeam(tx, team.id, { name, description, updatedBy: actor.userId }));
      await this.audit.record(
        tx,
        actor,
        'team.updated',
        { type: 'team', id: team.id },
        { before: { name: team.name, description: team.description }, after: { name, description } },
      );
      return this.viewOf(tx, await this.get(tx, team.id));
    });
  }

  delete(actor: Actor, identifier: string, expectedVersion: ExpectedVersion): Promise<void> {
    return this.changes.run(actor, 'team.deleted', { type: 'team', id: identifier }, async (tx) => {
      const team = await this.lock(tx, identifier);
      requireVersion(team.version, expectedVersion);
      await this.requireHeldByActor(tx, actor, team.id);
      await deleteTeam(tx, team.id);
      await this.audit.record(tx, actor, 'team.deleted', { type: 'team', id: team.id }, { name: team.name });
    });
  }

  /** @throws Problem `not_found` */
  async get(tx: Transaction, identifier: string): Promise<TeamRow> {
    const team = couldBeTeam(identifier) ? await findTeam(tx, identifier) : null;
    return team ?? raise(notFoundProblem());
  }

  /** The same, locked against other changes of the team. @throws Problem `not_found` */
  async lock(tx: Transaction, identifier: string): Promise<TeamRow> {
    const team = couldBeTeam(identifier) ? await lockTeam(tx, identifier) : null;
    return team ?? raise(notFoundProblem());
  }

  /**
   * Who gives or takes what a team brings must hold it. @throws Problem `permission_denied`
   *
   * @returns what the team brings
   */
  async requireHeldByActor(tx: Transaction, actor: Actor, teamId: string): Promise<Holding[]> {
    const brought = await lockHoldingsOfTeam(tx, teamId);
    requireHeld(
      actor,
      brought.map(({ permission }) => permission),
    );
    return brought;
  }

  private async viewOf(tx: Transaction, team: TeamRow): Promise<TeamView> {
    return TeamView.of(team, (await grantsOf(tx, 'team', [team.id])).get(team.id)!);
  }

  private async requireFreeName<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (cause) {
      if (violatedUniqueConstraint(cause) === 'teams_name_taken') throw new Problem(teamNameTaken, { cause });
      throw cause;
    }
  }
}

/** PostgreSQL chokes on U+0000 in a text. */
const couldBeTeam = (identifier: string): boolean => identifier.length <= 100 && !identifier.includes('\0');

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { unknownTeamProblem } from './access-control.problems.js';
import type { Giver } from './access-control.service.js';
import { holdingsOf, lockUser } from './grants.queries.js';
import { requireHeld, requireHeldAsLong } from './grants.rules.js';
import { requireRoomForTeams } from './limits.rules.js';
import { countTeamsOf, insertTeamMember, lockHoldingsOfTeam, lockTeams } from './teams.queries.js';

export interface NamedTeam {
  readonly id: string;
  readonly name: string;
}

/** Joining teams as a step in the transactions of others. */
@Injectable()
export class TeamMemberships {
  /**
   * The teams of these names or ids, each once, locked for somebody who must hold what they bring, for as long. Comes
   * before any lock of a user.
   *
   * @throws Problem `unknown_team`, `permission_denied`
   */
  async resolveTeams(tx: Transaction, giver: Giver, identifiers: readonly string[]): Promise<NamedTeam[]> {
    if (identifiers.length === 0) return [];
    const teams = await lockTeams(tx, identifiers);
    const missing = identifiers.find((identifier) => !teams.some((team) => isNamed(team, identifier)));
    if (missing !== undefined) throw unknownTeamProblem(missing);
    const held = await holdingsOf(tx, giver.userId);
    for (const { id } of teams) {
      const brought = await lockHoldingsOfTeam(tx, id);
      requireHeld(
        giver,
        brought.map(({ permission }) => permission),
      );
      requireHeldAsLong(held, brought);
    }
    return teams.map(({ id, name }) => ({ id, name }));
  }

  /** Makes a user a member of teams that `resolveTeams` has locked. @throws Problem `limit_reached` */
  async join(tx: Transaction, giver: Giver, userId: string, teams: readonly NamedTeam[]): Promise<void> {
    if (teams.length === 0) return;
    await lockUser(tx, userId);
    for (const { id } of teams) await insertTeamMember(tx, id, userId, giver.userId);
    requireRoomForTeams(await countTeamsOf(tx, userId));
  }
}

const isNamed = ({ id, name }: NamedTeam, identifier: string): boolean =>
  name === identifier || id === identifier.toLowerCase();

import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { ownerNotForTeams, unknownRole } from './access-control.problems.js';
import { GrantsView, SetRolesBody } from './grants.dto.js';
import { TeamRoles } from './team-roles.service.js';

@ApiTags('Teams')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'team', description: 'Id or name', example: 'writers' })
@Controller('v1/organizations/:organization/teams/:team/roles')
export class TeamRolesController {
  constructor(private readonly teamRoles: TeamRoles) {}

  @Get()
  @Requires('teams:read')
  @Operation({ summary: 'Read the roles of a team', answer: GrantsView })
  read(@Caller() actor: Actor, @Param('team') team: string): Promise<GrantsView> {
    return this.teamRoles.read(actor, team);
  }

  @Put()
  @Requires('teams:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Set the roles of a team',
    description:
      'Replaces them. You must hold everything that the team brought before and that the new roles hold. ' +
      'Nobody becomes owner through a team.',
    answer: GrantsView,
    problems: [unknownRole, ownerNotForTeams],
  })
  set(
    @Caller() actor: Actor,
    @Param('team') team: string,
    @Body() body: SetRolesBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<GrantsView> {
    return this.teamRoles.set(actor, team, SetRolesBody.grantsOf(body), version);
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { teamNameTaken } from './access-control.problems.js';
import { CreateTeamBody, TeamPage, TeamsQuery, TeamView, UpdateTeamBody } from './teams.dto.js';
import { Teams } from './teams.service.js';

const TheTeam = () => ApiParam({ name: 'team', description: 'Id or name', example: 'writers' });

@ApiTags('Teams')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/teams')
export class TeamsController {
  constructor(private readonly teams: Teams) {}

  @Get()
  @Requires('teams:read')
  @Operation({ summary: 'List teams', description: 'Ordered by name.', answer: TeamPage })
  list(@Caller() actor: Actor, @Query() query: TeamsQuery): Promise<TeamPage> {
    return this.teams.list(actor, query);
  }

  @Post()
  @Requires('teams:write')
  @TakesIdempotencyKey()
  @Operation({ summary: 'Create a team', status: 201, answer: TeamView, problems: [teamNameTaken] })
  create(@Caller() actor: Actor, @Body() body: CreateTeamBody): Promise<TeamView> {
    return this.teams.create(actor, body);
  }

  @Get(':team')
  @TheTeam()
  @Requires('teams:read')
  @Operation({ summary: 'Read a team', answer: TeamView })
  read(@Caller() actor: Actor, @Param('team') team: string): Promise<TeamView> {
    return this.teams.read(actor, team);
  }

  @Patch(':team')
  @TheTeam()
  @Requires('teams:write')
  @TakesIfMatch()
  @Operation({ summary: 'Change a team', answer: TeamView, problems: [teamNameTaken] })
  update(
    @Caller() actor: Actor,
    @Param('team') team: string,
    @Body() body: UpdateTeamBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<TeamView> {
    return this.teams.update(actor, team, body, version);
  }

  @Delete(':team')
  @TheTeam()
  @Requires('teams:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a team',
    description: 'Its members lose what it brought them. You must hold everything that it brings.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('team') team: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.teams.delete(actor, team, version);
  }
}

import { Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { limitReached } from './access-control.problems.js';
import { TeamMemberPage } from './teams.dto.js';
import { TeamMembers } from './team-members.service.js';

const TheUser = () =>
  ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' });

@ApiTags('Teams')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'team', description: 'Id or name', example: 'writers' })
@Controller('v1/organizations/:organization/teams/:team/members')
export class TeamMembersController {
  constructor(private readonly members: TeamMembers) {}

  @Get()
  @Requires('teams:read')
  @Operation({
    summary: 'List the members of a team',
    description: 'In the order in which they came.',
    answer: TeamMemberPage,
  })
  list(
    @Caller() actor: Actor,
    @Param('team') team: string,
    @Query() query: PageQuery,
  ): Promise<TeamMemberPage> {
    return this.members.list(actor, team, query);
  }

  @Put(':user')
  @TheUser()
  @Requires('teams:write')
  @Operation({
    summary: 'Add a member to a team',
    description: 'You must hold everything that the team brings.',
    status: 204,
    problems: [limitReached],
  })
  add(@Caller() actor: Actor, @Param('team') team: string, @Param('user') user: string): Promise<void> {
    return this.members.add(actor, team, user);
  }

  @Delete(':user')
  @TheUser()
  @Requires('teams:write')
  @Operation({
    summary: 'Remove a member from a team',
    description: 'You must hold everything that the user holds.',
    status: 204,
  })
  remove(@Caller() actor: Actor, @Param('team') team: string, @Param('user') user: string): Promise<void> {
    return this.members.remove(actor, team, user);
  }
}

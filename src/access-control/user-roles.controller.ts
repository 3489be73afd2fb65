import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { lastOwner, unknownRole } from './access-control.problems.js';
import { GrantsView, SetRolesBody } from './grants.dto.js';
import { UserRoles } from './user-roles.service.js';

@ApiTags('Users')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user/roles')
export class UserRolesController {
  constructor(private readonly userRoles: UserRoles) {}

  @Get()
  @Requires('users:read')
  @Operation({
    summary: 'Read the roles of a user',
    description: 'Those given to the user directly; teams may bring more.',
    answer: GrantsView,
  })
  read(@Caller() actor: Actor, @Param('user') user: string): Promise<GrantsView> {
    return this.userRoles.read(actor, user);
  }

  @Put()
  @Requires('users:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Set the roles of a user',
    description:
      'Replaces them. You must hold everything that the user held before and that the new roles hold. An organization ' +
      'keeps at least one active owner without an end.',
    answer: GrantsView,
    problems: [unknownRole, lastOwner],
  })
  set(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Body() body: SetRolesBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<GrantsView> {
    return this.userRoles.set(actor, user, SetRolesBody.grantsOf(body), version);
  }
}

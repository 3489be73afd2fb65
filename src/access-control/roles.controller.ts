import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { limitReached, roleNameTaken, systemRole, unknownPermission } from './access-control.problems.js';
import { RolePage, RoleView } from './role.view.js';
import { CreateRoleBody, RolesQuery, UpdateRoleBody } from './roles.dto.js';
import { Roles } from './roles.service.js';

const TheRole = () => ApiParam({ name: 'role', description: 'Id or name', example: 'editor' });

const contentRules =
  'You must hold every permission that the role holds, before and after. A permission of your own that the organization ' +
  'does not know yet is added to its permissions, and to the role `admin`.';

@ApiTags('Roles')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/roles')
export class RolesController {
  constructor(private readonly roles: Roles) {}

  @Get()
  @Requires('roles:read')
  @Operation({ summary: 'List roles', description: 'Ordered by name.', answer: RolePage })
  list(@Caller() actor: Actor, @Query() query: RolesQuery): Promise<RolePage> {
    return this.roles.list(actor, query);
  }

  @Post()
  @Requires('roles:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create a role',
    description: contentRules,
    status: 201,
    answer: RoleView,
    problems: [roleNameTaken, unknownPermission, limitReached],
  })
  create(@Caller() actor: Actor, @Body() body: CreateRoleBody): Promise<RoleView> {
    return this.roles.create(actor, body);
  }

  @Get(':role')
  @TheRole()
  @Requires('roles:read')
  @Operation({ summary: 'Read a role', answer: RoleView })
  read(@Caller() actor: Actor, @Param('role') role: string): Promise<RoleView> {
    return this.roles.read(actor, role);
  }

  @Patch(':role')
  @TheRole()
  @Requires('roles:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change a role',
    description: contentRules,
    answer: RoleView,
    problems: [roleNameTaken, unknownPermission, systemRole, limitReached],
  })
  update(
    @Caller() actor: Actor,
    @Param('role') role: string,
    @Body() body: UpdateRoleBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<RoleView> {
    return this.roles.update(actor, role, body, version);
  }

  @Delete(':role')
  @TheRole()
  @Requires('roles:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a role',
    description: 'It leaves all users and teams that have it. You must hold every permission that it holds.',
    status: 204,
    problems: [systemRole],
  })
  delete(
    @Caller() actor: Actor,
    @Param('role') role: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.roles.delete(actor, role, version);
  }
}

import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { notAMachine } from '../applications/applications.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { ownerNotForApplications, unknownRole } from './access-control.problems.js';
import { ApplicationRoles } from './application-roles.service.js';
import { GrantsView, SetRolesBody } from './grants.dto.js';

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'application', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' })
@Controller('v1/organizations/:organization/applications/:application/roles')
export class ApplicationRolesController {
  constructor(private readonly applicationRoles: ApplicationRoles) {}

  @Get()
  @Requires('applications:read')
  @Operation({ summary: 'Read the roles of a machine', answer: GrantsView })
  read(@Caller() actor: Actor, @Param('application') application: string): Promise<GrantsView> {
    return this.applicationRoles.read(actor, application);
  }

  @Put()
  @Requires('applications:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Set the roles of a machine',
    description:
      'Replaces them. What they hold reaches the access tokens that the machine gets for itself. You must hold everything ' +
      'that it held before and that the new roles hold. No machine is an owner.',
    answer: GrantsView,
    problems: [notAMachine, ownerNotForApplications, unknownRole],
  })
  set(
    @Caller() actor: Actor,
    @Param('application') application: string,
    @Body() body: SetRolesBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<GrantsView> {
    return this.applicationRoles.set(actor, application, SetRolesBody.grantsOf(body), version);
  }
}

import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { GrantedApplicationPage } from './granted-application.view.js';
import { GrantedApplications } from './granted-applications.service.js';

@ApiTags('Sessions')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user/applications')
export class UserApplicationsController {
  constructor(private readonly applications: GrantedApplications) {}

  @Get()
  @Requires('sessions:read')
  @Operation({
    summary: 'List the applications that act in the name of a user',
    answer: GrantedApplicationPage,
  })
  list(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Query() query: PageQuery,
  ): Promise<GrantedApplicationPage> {
    return this.applications.list(actor, user, query);
  }

  @Delete(':application')
  @ApiParam({ name: 'application', description: 'Id of the application' })
  @Requires('sessions:revoke')
  @Operation({
    summary: 'Take back what an application may do in the name of a user',
    description: 'All that it got is refused from the next request on, and it has to ask again.',
    status: 204,
  })
  revoke(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Param('application') application: string,
  ): Promise<void> {
    return this.applications.revokeOf(actor, user, application);
  }
}

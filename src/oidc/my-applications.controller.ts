import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { GrantedApplicationPage } from './granted-application.view.js';
import { GrantedApplications } from './granted-applications.service.js';

@ApiTags('Me')
@Controller('v1/me/applications')
@Authenticated()
export class MyApplicationsController {
  constructor(private readonly applications: GrantedApplications) {}

  @Get()
  @Operation({
    summary: 'List the applications that act in one’s name',
    answer: GrantedApplicationPage,
    problems: [permissionDenied],
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<GrantedApplicationPage> {
    return this.applications.mine(actor, query);
  }

  @Delete(':application')
  @ApiParam({ name: 'application', description: 'Id of the application' })
  @Operation({
    summary: 'Take back what an application was allowed',
    description: 'All that it got is refused from the next request on, and it has to ask again.',
    status: 204,
    problems: [permissionDenied],
  })
  revoke(@Caller() actor: Actor, @Param('application') application: string): Promise<void> {
    return this.applications.revokeMine(actor, application);
  }
}

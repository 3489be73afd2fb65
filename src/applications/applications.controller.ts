import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { unknownScope } from '../scopes/scopes.problems.js';
import { ApplicationAdministration } from './application-administration.service.js';
import {
  ApplicationPage,
  ApplicationsQuery,
  ApplicationView,
  CreateApplicationBody,
  CreatedApplicationView,
  UpdateApplicationBody,
} from './applications.dto.js';

const TheApplication = () =>
  ApiParam({ name: 'application', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

const whoMay =
  'You must hold what it can get by itself: what its roles hold, and the permissions of the product that it may ask for.';

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/applications')
export class ApplicationsController {
  constructor(private readonly applications: ApplicationAdministration) {}

  @Post()
  @Requires('applications:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create an application',
    description:
      'What is left out is what is safe for its type: `web` and `machine` get a secret, which is shown this once; `spa` ' +
      'and `native` get none and use PKCE.',
    status: 201,
    answer: CreatedApplicationView,
    problems: [limitReached, unknownScope],
  })
  create(@Caller() actor: Actor, @Body() body: CreateApplicationBody): Promise<CreatedApplicationView> {
    return this.applications.create(actor, body);
  }

  @Get()
  @Requires('applications:read')
  @Operation({ summary: 'List applications', description: 'Newest first.', answer: ApplicationPage })
  list(@Caller() actor: Actor, @Query() query: ApplicationsQuery): Promise<ApplicationPage> {
    return this.applications.list(actor, query);
  }

  @Get(':application')
  @TheApplication()
  @Requires('applications:read')
  @Operation({ summary: 'Read an application', answer: ApplicationView })
  read(@Caller() actor: Actor, @Param('application') id: string): Promise<ApplicationView> {
    return this.applications.read(actor, id);
  }

  @Patch(':application')
  @TheApplication()
  @Requires('applications:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change an application',
    description: `What is left out stays; lists are replaced. ${whoMay} Its secrets go when it no longer uses any.`,
    answer: ApplicationView,
    problems: [unknownScope],
  })
  update(
    @Caller() actor: Actor,
    @Param('application') id: string,
    @Body() body: UpdateApplicationBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ApplicationView> {
    return this.applications.update(actor, id, body, version);
  }

  @Delete(':application')
  @TheApplication()
  @Requires('applications:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete an application',
    description: `With everything that it got: tokens, consents, secrets. ${whoMay}`,
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('application') id: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.applications.delete(actor, id, version);
  }

  @Put(':application/deactivation')
  @TheApplication()
  @Requires('applications:write')
  @Operation({
    summary: 'Disable an application',
    description: `It gets nothing, and what it got is worth nothing. ${whoMay}`,
    status: 204,
  })
  deactivate(@Caller() actor: Actor, @Param('application') id: string): Promise<void> {
    return this.applications.deactivate(actor, id);
  }

  @Delete(':application/deactivation')
  @TheApplication()
  @Requires('applications:write')
  @Operation({ summary: 'Enable an application again', description: whoMay, status: 204 })
  reactivate(@Caller() actor: Actor, @Param('application') id: string): Promise<void> {
    return this.applications.reactivate(actor, id);
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { ApiResources } from './api-resources.service.js';
import {
  ApiResourcePage,
  ApiResourceView,
  CreateApiResourceBody,
  UpdateApiResourceBody,
} from './api-resources.dto.js';
import { apiResourceTaken, reservedApiResource, reservedScope, scopeTaken } from './scopes.problems.js';

const TheOne = () =>
  ApiParam({ name: 'resource', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('Scopes')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/api-resources')
export class ApiResourcesController {
  constructor(private readonly service: ApiResources) {}

  @Get()
  @Requires('scopes:read')
  @Operation({
    summary: 'List APIs',
    description:
      'Oldest first. The product’s own API is always there and not listed: `urn:tenantry:` and the slug, whose scopes are permissions of the product.',
    answer: ApiResourcePage,
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ApiResourcePage> {
    return this.service.list(actor, query);
  }

  @Post()
  @Requires('scopes:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Define an API',
    description: 'It gets access tokens with its identifier as their audience, and its scopes.',
    status: 201,
    answer: ApiResourceView,
    problems: [apiResourceTaken, limitReached, reservedApiResource, reservedScope, scopeTaken],
  })
  create(@Caller() actor: Actor, @Body() body: CreateApiResourceBody): Promise<ApiResourceView> {
    return this.service.create(actor, body);
  }

  @Get(':resource')
  @TheOne()
  @Requires('scopes:read')
  @Operation({ summary: 'Read an API', answer: ApiResourceView })
  read(@Caller() actor: Actor, @Param('resource') reference: string): Promise<ApiResourceView> {
    return this.service.read(actor, reference);
  }

  @Patch(':resource')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change an API',
    description: 'What is left out stays; scopes are replaced as a whole.',
    answer: ApiResourceView,
    problems: [reservedScope, scopeTaken],
  })
  update(
    @Caller() actor: Actor,
    @Param('resource') reference: string,
    @Body() body: UpdateApiResourceBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ApiResourceView> {
    return this.service.update(actor, reference, body, version);
  }

  @Delete(':resource')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete an API',
    description: 'Tokens for it that are still out end by themselves.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('resource') reference: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.service.delete(actor, reference, version);
  }
}

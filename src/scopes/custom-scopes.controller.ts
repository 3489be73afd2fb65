import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { CustomScopes } from './custom-scopes.service.js';
import { CreateScopeBody, ScopePage, ScopeView, UpdateScopeBody } from './custom-scopes.dto.js';
import { reservedScope, scopeTaken, unknownClaim } from './scopes.problems.js';

const TheOne = () => ApiParam({ name: 'scope', description: 'Id or name', example: 'department' });

@ApiTags('Scopes')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/scopes')
export class CustomScopesController {
  constructor(private readonly service: CustomScopes) {}

  @Get()
  @Requires('scopes:read')
  @Operation({
    summary: 'List scopes',
    description: 'Those of the organization itself, ordered by name.',
    answer: ScopePage,
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ScopePage> {
    return this.service.list(actor, query);
  }

  @Post()
  @Requires('scopes:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Define a scope',
    description: 'What applications may ask for beyond the standard scopes: a bundle of claims.',
    status: 201,
    answer: ScopeView,
    problems: [limitReached, reservedScope, scopeTaken, unknownClaim],
  })
  create(@Caller() actor: Actor, @Body() body: CreateScopeBody): Promise<ScopeView> {
    return this.service.create(actor, body);
  }

  @Get(':scope')
  @TheOne()
  @Requires('scopes:read')
  @Operation({ summary: 'Read a scope', answer: ScopeView })
  read(@Caller() actor: Actor, @Param('scope') reference: string): Promise<ScopeView> {
    return this.service.read(actor, reference);
  }

  @Patch(':scope')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change a scope',
    description: 'Lists and texts are replaced.',
    answer: ScopeView,
    problems: [unknownClaim],
  })
  update(
    @Caller() actor: Actor,
    @Param('scope') reference: string,
    @Body() body: UpdateScopeBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ScopeView> {
    return this.service.update(actor, reference, body, version);
  }

  @Delete(':scope')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a scope',
    description: 'Applications that ask for it get nothing for it.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('scope') reference: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.service.delete(actor, reference, version);
  }
}

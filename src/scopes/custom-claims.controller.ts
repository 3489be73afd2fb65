import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { CustomClaims } from './custom-claims.service.js';
import { ClaimPage, ClaimView, CreateClaimBody, UpdateClaimBody } from './custom-claims.dto.js';
import { claimTaken, reservedClaim } from './scopes.problems.js';

const TheOne = () =>
  ApiParam({ name: 'claim', description: 'Id or name', example: 'https://acme.example/department' });

@ApiTags('Scopes')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/claims')
export class CustomClaimsController {
  constructor(private readonly service: CustomClaims) {}

  @Get()
  @Requires('scopes:read')
  @Operation({
    summary: 'List claims',
    description: 'Those of the organization itself, ordered by name.',
    answer: ClaimPage,
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ClaimPage> {
    return this.service.list(actor, query);
  }

  @Post()
  @Requires('scopes:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Define a claim',
    description: 'What applications learn of people, and where it comes from. A scope has to bring it.',
    status: 201,
    answer: ClaimView,
    problems: [claimTaken, limitReached, reservedClaim],
  })
  create(@Caller() actor: Actor, @Body() body: CreateClaimBody): Promise<ClaimView> {
    return this.service.create(actor, body);
  }

  @Get(':claim')
  @TheOne()
  @Requires('scopes:read')
  @Operation({ summary: 'Read a claim', answer: ClaimView })
  read(@Caller() actor: Actor, @Param('claim') reference: string): Promise<ClaimView> {
    return this.service.read(actor, reference);
  }

  @Patch(':claim')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change a claim',
    description: 'What is left out stays.',
    answer: ClaimView,
  })
  update(
    @Caller() actor: Actor,
    @Param('claim') reference: string,
    @Body() body: UpdateClaimBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ClaimView> {
    return this.service.update(actor, reference, body, version);
  }

  @Delete(':claim')
  @TheOne()
  @Requires('scopes:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a claim',
    description: 'The scopes that bring it do so no more.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('claim') reference: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.service.delete(actor, reference, version);
  }
}

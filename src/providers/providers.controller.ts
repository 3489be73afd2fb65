import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached, unknownRole } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { ProviderAdministration } from './provider-administration.service.js';
import {
  CreateProviderBody,
  ProviderPage,
  ProvidersQuery,
  ProviderView,
  UpdateProviderBody,
} from './providers.dto.js';
import { providerNameTaken, providerUnusable } from './providers.problems.js';

export const TheProvider = () =>
  ApiParam({ name: 'provider', description: 'Id or name', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('Providers')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/providers')
export class ProvidersController {
  constructor(private readonly providers: ProviderAdministration) {}

  @Post()
  @Requires('providers:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Connect an upstream identity provider',
    description:
      'Of `oidc` the discovery document is read, and what is wrong with it is told field by field. Register the ' +
      '`callbackUrl` of the answer at the provider, and try it with a test before people see it.',
    status: 201,
    answer: ProviderView,
    problems: [limitReached, providerNameTaken, providerUnusable, unknownRole],
  })
  create(@Caller() actor: Actor, @Body() body: CreateProviderBody): Promise<ProviderView> {
    return this.providers.create(actor, body);
  }

  @Get()
  @Requires('providers:read')
  @Operation({ summary: 'List providers', description: 'Newest first.', answer: ProviderPage })
  list(@Caller() actor: Actor, @Query() query: ProvidersQuery): Promise<ProviderPage> {
    return this.providers.list(actor, query);
  }

  @Get(':provider')
  @TheProvider()
  @Requires('providers:read')
  @Operation({ summary: 'Read a provider', answer: ProviderView })
  read(@Caller() actor: Actor, @Param('provider') reference: string): Promise<ProviderView> {
    return this.providers.read(actor, reference);
  }

  @Patch(':provider')
  @TheProvider()
  @Requires('providers:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change a provider',
    description:
      'What is left out stays, of `settings` each by itself; lists are replaced. What decides who people are (where ' +
      'claims stand, which servers are asked, which domains are trusted) needs `owners:write` beside it.',
    answer: ProviderView,
    problems: [unknownRole],
  })
  update(
    @Caller() actor: Actor,
    @Param('provider') reference: string,
    @Body() body: UpdateProviderBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ProviderView> {
    return this.providers.update(actor, reference, body, version);
  }

  @Delete(':provider')
  @TheProvider()
  @Requires('providers:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a provider',
    description:
      'With the accounts that people have by it; the people stay, with the other ways that they have.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('provider') reference: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.providers.delete(actor, reference, version);
  }
}

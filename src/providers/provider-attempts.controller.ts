import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { AttemptPage, AttemptsQuery, AttemptView, TestView } from './provider-attempts.dto.js';
import { ProviderAttempts } from './provider-attempts.service.js';
import { TheProvider } from './providers.controller.js';

@ApiTags('Providers')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/providers/:provider')
export class ProviderAttemptsController {
  constructor(private readonly attempts: ProviderAttempts) {}

  @Post('test')
  @TheProvider()
  @Requires('providers:write')
  @Operation({
    summary: 'Begin a dry sign-in',
    description:
      'Works for disabled providers too. Open `startUrl` in a browser: the page shows what the provider says and what ' +
      'would become of whoever it is. Read the same with the reference.',
    status: 201,
    answer: TestView,
  })
  test(@Caller() actor: Actor, @Param('provider') reference: string): Promise<TestView> {
    return this.attempts.startTest(actor, reference);
  }

  @Get('attempts')
  @TheProvider()
  @Requires('providers:read')
  @Operation({
    summary: 'List attempts to come by a provider',
    description: 'Newest first: each step, what came back, why it failed, and what to do. Kept for 30 days.',
    answer: AttemptPage,
  })
  list(
    @Caller() actor: Actor,
    @Param('provider') reference: string,
    @Query() query: AttemptsQuery,
  ): Promise<AttemptPage> {
    return this.attempts.list(actor, reference, query);
  }

  @Get('attempts/:reference')
  @TheProvider()
  @ApiParam({ name: 'reference', description: 'What the person was shown', example: 'K7QF-3M2X' })
  @Requires('providers:read')
  @Operation({ summary: 'Read an attempt', answer: AttemptView })
  read(
    @Caller() actor: Actor,
    @Param('provider') provider: string,
    @Param('reference') reference: string,
  ): Promise<AttemptView> {
    return this.attempts.read(actor, provider, reference);
  }
}

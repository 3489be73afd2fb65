import { Controller, Get, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { AnalyticsQuery, AnalyticsView } from './analytics.dto.js';
import { Analytics } from './analytics.service.js';

@ApiTags('Analytics')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/analytics')
export class AnalyticsController {
  constructor(private readonly analytics: Analytics) {}

  @Get()
  @Requires('analytics:read')
  @Operation({
    summary: 'Read how many users there are, and how they sign in',
    description: 'At most 366 days at once.',
    answer: AnalyticsView,
  })
  read(@Caller() actor: Actor, @Query() query: AnalyticsQuery): Promise<AnalyticsView> {
    return this.analytics.read(actor, query);
  }
}

import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { LogoutDeliveriesQuery, LogoutDeliveryPage, LogoutDeliveryView } from './logout-delivery.view.js';
import { LogoutDeliveries } from './logout-deliveries.service.js';

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/logout-deliveries')
export class LogoutDeliveriesController {
  constructor(private readonly deliveries: LogoutDeliveries) {}

  @Get()
  @Requires('applications:read')
  @Operation({
    summary: 'List what applications were told of the ends of sessions',
    description: 'OpenID Connect Back-Channel Logout. What fails is tried again for some hours.',
    answer: LogoutDeliveryPage,
  })
  list(@Caller() actor: Actor, @Query() query: LogoutDeliveriesQuery): Promise<LogoutDeliveryPage> {
    return this.deliveries.list(actor, query);
  }

  @Post(':delivery/deliveries')
  @ApiParam({ name: 'delivery', description: 'Id of the delivery' })
  @Requires('applications:write')
  @Operation({ summary: 'Tell an application once more', status: 202, answer: LogoutDeliveryView })
  repeat(@Caller() actor: Actor, @Param('delivery') delivery: string): Promise<LogoutDeliveryView> {
    return this.deliveries.repeat(actor, delivery);
  }
}

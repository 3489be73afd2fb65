import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { ActivityPage, HistoryPage } from './history.dto.js';
import { History } from './history.service.js';

@ApiTags('History')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user')
export class HistoryController {
  constructor(private readonly history: History) {}

  @Get('history')
  @Requires('users:read')
  @Operation({
    summary: 'List what changed of an account',
    description: 'Newest first; written by the database, whichever program makes the change.',
    answer: HistoryPage,
  })
  changes(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Query() query: PageQuery,
  ): Promise<HistoryPage> {
    return this.history.changesOfUser(actor, user, query);
  }

  @Get('activity')
  @Requires('users:read')
  @Operation({
    summary: 'List what a user did on which day',
    description: 'Newest first, one item for each day and kind.',
    answer: ActivityPage,
  })
  activity(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Query() query: PageQuery,
  ): Promise<ActivityPage> {
    return this.history.activityOfUser(actor, user, query);
  }
}

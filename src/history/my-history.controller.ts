import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { ActivityPage, HistoryPage } from './history.dto.js';
import { History } from './history.service.js';

@ApiTags('Me')
@Controller('v1/me')
@Authenticated()
export class MyHistoryController {
  constructor(private readonly history: History) {}

  @Get('history')
  @Operation({
    summary: 'List what changed of one’s account',
    description: 'Newest first.',
    answer: HistoryPage,
    problems: [permissionDenied],
  })
  changes(@Caller() actor: Actor, @Query() query: PageQuery): Promise<HistoryPage> {
    return this.history.myChanges(actor, query);
  }

  @Get('activity')
  @Operation({
    summary: 'List what one did on which day',
    description: 'Newest first, one item for each day and kind.',
    answer: ActivityPage,
    problems: [permissionDenied],
  })
  activity(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ActivityPage> {
    return this.history.myActivity(actor, query);
  }
}

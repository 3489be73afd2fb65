import { Body, Controller, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached, unknownPermission } from '../access-control/access-control.problems.js';
import { Authenticated, Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { ContentEtag } from '../platform/http/content-etag.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import {
  CreateNavigationItemBody,
  NavigationItemView,
  NavigationView,
  ReplaceNavigationBody,
  UpdateNavigationItemBody,
  VisibleNavigationView,
} from './navigation.dto.js';
import {
  navigationCycle,
  navigationKeyTaken,
  navigationTooDeep,
  unknownNavigationItem,
} from './navigation.problems.js';
import { Navigation } from './navigation.service.js';

const TheItem = () => ApiParam({ name: 'item', description: 'Id or key', example: 'articles' });

@ApiTags('Navigation')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/navigation')
export class NavigationController {
  constructor(private readonly navigation: Navigation) {}

  @Get()
  @Requires('navigation:read')
  @Operation({ summary: 'Read the whole navigation', answer: NavigationView })
  read(@Caller() actor: Actor): Promise<NavigationView> {
    return this.navigation.read(actor);
  }

  @Get('me')
  @Authenticated()
  @ContentEtag('private, no-cache')
  @Operation({
    summary: 'Read what you may see of the navigation',
    description:
      'Items whose permission you hold, and those that ask for none. What is under an item that you may not see is left ' +
      'out, and so are menus that lead nowhere and have nothing left to show.',
    answer: VisibleNavigationView,
  })
  readVisible(@Caller() actor: Actor): Promise<VisibleNavigationView> {
    return this.navigation.readVisible(actor);
  }

  @Put()
  @Requires('navigation:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Replace the whole navigation',
    description: 'What keeps its key keeps its id. Items stand in the order in which they are given.',
    answer: NavigationView,
    problems: [limitReached, navigationKeyTaken, unknownPermission],
  })
  replace(
    @Caller() actor: Actor,
    @Body() body: ReplaceNavigationBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<NavigationView> {
    return this.navigation.replace(actor, body, version);
  }

  @Post()
  @Requires('navigation:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create a navigation item',
    description: 'Without a position it comes last.',
    status: 201,
    answer: NavigationItemView,
    problems: [limitReached, navigationKeyTaken, navigationTooDeep, unknownNavigationItem, unknownPermission],
  })
  create(@Caller() actor: Actor, @Body() body: CreateNavigationItemBody): Promise<NavigationItemView> {
    return this.navigation.create(actor, body);
  }

  @Patch(':item')
  @TheItem()
  @Requires('navigation:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change or move a navigation item',
    description: 'What is under it moves with it.',
    answer: NavigationItemView,
    problems: [
      navigationCycle,
      navigationKeyTaken,
      navigationTooDeep,
      unknownNavigationItem,
      unknownPermission,
    ],
  })
  update(
    @Caller() actor: Actor,
    @Param('item') item: string,
    @Body() body: UpdateNavigationItemBody,
    @IfMatch() version: ExpectedVersion,
  ): Promise<NavigationItemView> {
    return this.navigation.update(actor, item, body, version);
  }

  @Delete(':item')
  @TheItem()
  @Requires('navigation:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete a navigation item',
    description: 'What is under it goes with it.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('item') item: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.navigation.delete(actor, item, version);
  }
}

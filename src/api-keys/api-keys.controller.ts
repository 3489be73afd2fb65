import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { unknownPermission } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { reauthenticationRequired } from '../recent-authentication/recent-authentication.problems.js';
import { ApiKeyPage, ApiKeyView, CreateApiKey, CreatedApiKeyView } from './api-keys.dto.js';
import { ApiKeys } from './api-keys.service.js';

const TheKey = () =>
  ApiParam({ name: 'apiKey', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('API keys')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeys) {}

  @Post()
  @Requires('api-keys:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create an API key',
    description:
      'The key belongs to you: it never holds what you do not hold at the time of use, and is dead while you are not ' +
      'active. You must hold each of its permissions. Made with a key, it dies with that key. With a session you must ' +
      'have proven not long ago who you are.',
    status: 201,
    answer: CreatedApiKeyView,
    problems: [unknownPermission, reauthenticationRequired],
  })
  create(@Caller() actor: Actor, @Body() input: CreateApiKey): Promise<CreatedApiKeyView> {
    return this.apiKeys.create(actor, input);
  }

  @Get()
  @Requires('api-keys:read')
  @Operation({ summary: 'List API keys', description: 'Newest first.', answer: ApiKeyPage })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ApiKeyPage> {
    return this.apiKeys.list(actor, query);
  }

  @Get(':apiKey')
  @TheKey()
  @Requires('api-keys:read')
  @Operation({ summary: 'Read an API key', answer: ApiKeyView })
  get(@Caller() actor: Actor, @Param('apiKey') id: string): Promise<ApiKeyView> {
    return this.apiKeys.get(actor, id);
  }

  @Delete(':apiKey')
  @TheKey()
  @Requires('api-keys:write')
  @Operation({
    summary: 'Delete an API key',
    description:
      'It is dead at once, and so are the keys that were made with it. For somebody else’s key you must hold everything ' +
      'that its creator holds.',
    status: 204,
  })
  delete(@Caller() actor: Actor, @Param('apiKey') id: string): Promise<void> {
    return this.apiKeys.delete(actor, id);
  }
}

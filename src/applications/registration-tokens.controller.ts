import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { unknownScope } from '../scopes/scopes.problems.js';
import {
  CreatedRegistrationTokenView,
  CreateRegistrationTokenBody,
  RegistrationTokenPage,
  RegistrationTokenView,
} from './registration-tokens.dto.js';
import { RegistrationTokens } from './registration-tokens.service.js';

const TheToken = () =>
  ApiParam({ name: 'registrationToken', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/registration-tokens')
export class RegistrationTokensController {
  constructor(private readonly tokens: RegistrationTokens) {}

  @Post()
  @Requires('applications:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create a token for applications to register themselves',
    description:
      'For so many applications and so long (RFC 7591). They ask for consent, use PKCE, and may ask for nothing of the ' +
      'product’s own API.',
    status: 201,
    answer: CreatedRegistrationTokenView,
    problems: [limitReached, unknownScope],
  })
  create(
    @Caller() actor: Actor,
    @Body() body: CreateRegistrationTokenBody,
  ): Promise<CreatedRegistrationTokenView> {
    return this.tokens.create(actor, body);
  }

  @Get()
  @Requires('applications:read')
  @Operation({
    summary: 'List registration tokens',
    description: 'Newest first.',
    answer: RegistrationTokenPage,
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<RegistrationTokenPage> {
    return this.tokens.list(actor, query);
  }

  @Get(':registrationToken')
  @TheToken()
  @Requires('applications:read')
  @Operation({ summary: 'Read a registration token', answer: RegistrationTokenView })
  read(@Caller() actor: Actor, @Param('registrationToken') id: string): Promise<RegistrationTokenView> {
    return this.tokens.read(actor, id);
  }

  @Delete(':registrationToken')
  @TheToken()
  @Requires('applications:write')
  @Operation({
    summary: 'Delete a registration token',
    description: 'It registers nothing any more; what it has registered stays.',
    status: 204,
  })
  delete(@Caller() actor: Actor, @Param('registrationToken') id: string): Promise<void> {
    return this.tokens.delete(actor, id);
  }
}

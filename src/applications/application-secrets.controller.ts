import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { Operation } from '../platform/http/operation.js';
import { CreateSecretBody, CreatedSecretView, SecretsView } from './application-secrets.dto.js';
import { ApplicationSecrets } from './application-secrets.service.js';
import { applicationWithoutSecrets } from './applications.problems.js';

@ApiTags('Applications')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'application', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' })
@Controller('v1/organizations/:organization/applications/:application/secrets')
export class ApplicationSecretsController {
  constructor(private readonly secrets: ApplicationSecrets) {}

  @Get()
  @Requires('applications:read')
  @Operation({
    summary: 'List the secrets of an application',
    description: 'Oldest first.',
    answer: SecretsView,
  })
  list(@Caller() actor: Actor, @Param('application') application: string): Promise<SecretsView> {
    return this.secrets.list(actor, application);
  }

  @Post()
  @Requires('applications:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Create another secret of an application',
    description:
      'Two live beside each other, so that the new one can take over before the old one is deleted. You must hold what ' +
      'the application can get by itself: whoever has its secret is it.',
    status: 201,
    answer: CreatedSecretView,
    problems: [applicationWithoutSecrets, limitReached],
  })
  create(
    @Caller() actor: Actor,
    @Param('application') application: string,
    @Body() body: CreateSecretBody,
  ): Promise<CreatedSecretView> {
    return this.secrets.create(actor, application, body);
  }

  @Delete(':secret')
  @ApiParam({ name: 'secret', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' })
  @Requires('applications:write')
  @Operation({
    summary: 'Delete a secret of an application',
    description: 'It is worth nothing at once; also the last one.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('application') application: string,
    @Param('secret') secret: string,
  ): Promise<void> {
    return this.secrets.delete(actor, application, secret);
  }
}

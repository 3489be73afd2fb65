import { Controller, Get, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { RevocationList, RevocationsQuery } from './revocations.dto.js';
import { Revocations } from './revocations.service.js';

@ApiTags('Services')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/revocations')
export class RevocationsController {
  constructor(private readonly revocations: Revocations) {}

  @Get()
  @Requires('sessions:validate')
  @Operation({
    summary: 'Follow the list of revoked access tokens',
    description:
      'For services that verify JWT access tokens by themselves: those that are dead before their end, because a session, ' +
      'what an application was granted, an application or the organization ended. An entry stays until the last of its ' +
      'tokens has ended. Ask for what is new every few seconds; the same is in Redis, where the deployment has one.',
    answer: RevocationList,
  })
  list(@Caller() actor: Actor, @Query() query: RevocationsQuery): Promise<RevocationList> {
    return this.revocations.list(actor, query);
  }
}

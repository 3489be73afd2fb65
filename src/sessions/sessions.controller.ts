import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { SessionPage } from './session.view.js';
import { SessionAdministration } from './session-administration.service.js';

@ApiTags('Sessions')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionAdministration) {}

  @Get()
  @Requires('sessions:read')
  @Operation({ summary: 'List the living sessions of a user', answer: SessionPage })
  list(@Caller() actor: Actor, @Param('user') user: string, @Query() query: PageQuery): Promise<SessionPage> {
    return this.sessions.list(actor, user, query);
  }

  @Delete()
  @Requires('sessions:revoke')
  @Operation({ summary: 'End all sessions of a user', status: 204 })
  endAll(@Caller() actor: Actor, @Param('user') user: string): Promise<void> {
    return this.sessions.endAll(actor, user);
  }

  @Delete(':session')
  @ApiParam({ name: 'session', description: 'Id of the session' })
  @Requires('sessions:revoke')
  @Operation({ summary: 'End one session of a user', status: 204 })
  endOne(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Param('session') session: string,
  ): Promise<void> {
    return this.sessions.endOne(actor, user, session);
  }
}

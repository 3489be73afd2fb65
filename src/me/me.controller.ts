import { Body, Controller, Delete, Get, Param, Patch, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { weakPassword } from '../passwords/passwords.problems.js';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { SessionPage } from '../sessions/session.view.js';
import { ChangeMe, ChangePassword, MeView } from './me.dto.js';
import { wrongPassword } from './me.problems.js';
import { Me } from './me.service.js';
import { MyPassword } from './my-password.service.js';

@ApiTags('Me')
@Controller('v1/me')
@Authenticated()
export class MeController {
  constructor(
    private readonly me: Me,
    private readonly passwords: MyPassword,
  ) {}

  @Get()
  @Operation({ summary: 'Read oneself, with roles and permissions', answer: MeView })
  get(@Caller() actor: Actor): Promise<MeView> {
    return this.me.get(actor);
  }

  @Patch()
  @TakesIfMatch()
  @Operation({ summary: 'Change oneself', answer: MeView, problems: [permissionDenied] })
  update(
    @Caller() actor: Actor,
    @Body() change: ChangeMe,
    @IfMatch() version: ExpectedVersion,
  ): Promise<MeView> {
    return this.me.update(actor, change, version);
  }

  @Get('sessions')
  @Operation({ summary: 'List one’s living sessions', answer: SessionPage, problems: [permissionDenied] })
  listSessions(@Caller() actor: Actor, @Query() query: PageQuery): Promise<SessionPage> {
    return this.me.listSessions(actor, query);
  }

  @Delete('sessions')
  @Operation({
    summary: 'End all one’s sessions but this one',
    description: 'The way out for whoever sees one that is not theirs. A new password does the same.',
    status: 204,
    problems: [permissionDenied],
  })
  async endOtherSessions(@Caller() actor: Actor): Promise<void> {
    await this.me.endOtherSessions(actor);
  }

  @Delete('sessions/:session')
  @ApiParam({ name: 'session', description: 'Id of the session' })
  @Operation({ summary: 'End one of one’s sessions', status: 204, problems: [permissionDenied] })
  endSession(@Caller() actor: Actor, @Param('session') session: string): Promise<void> {
    return this.me.endSession(actor, session);
  }

  @Put('password')
  @Operation({
    summary: 'Change one’s password',
    description:
      'Ends all other sessions. After five wrong current passwords the next one must wait, as `Retry-After` tells.',
    status: 204,
    problems: [permissionDenied, wrongPassword, weakPassword],
  })
  changePassword(@Caller() actor: Actor, @Body() change: ChangePassword): Promise<void> {
    return this.passwords.change(actor, change);
  }
}

import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { Reauthenticate, ReauthenticatedView } from './my-reauthentication.dto.js';
import { wrongPassword } from './me.problems.js';
import { MyReauthentication } from './my-reauthentication.service.js';

@ApiTags('Me')
@Controller('v1/session/reauthentication')
@Authenticated()
export class MyReauthenticationController {
  constructor(
    private readonly reauthentication: MyReauthentication,
    private readonly cookies: SessionCookies,
  ) {}

  @Post()
  @Operation({
    summary: 'Prove anew who one is',
    description:
      'For what asks for it with `reauthentication_required`. The session stays and gets another token. After five wrong ' +
      'passwords the next one must wait, as `Retry-After` tells.',
    status: 200,
    answer: ReauthenticatedView,
    problems: [permissionDenied, wrongPassword],
  })
  async reauthenticate(
    @Caller() actor: Actor,
    @Body() { password }: Reauthenticate,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReauthenticatedView> {
    const { token, session, endsAt } = await this.reauthentication.reauthenticate(actor, password);
    if (request.headers.authorization !== undefined) return { token, session };
    // What no script could read before, none reads now.
    this.cookies.write(reply, actor.organization.slug, token, endsAt);
    return { session };
  }
}

import { Body, Controller, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Authenticated, Caller, Public, Visitor } from '../platform/access/access.decorators.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { credentialOf } from '../platform/access/credentials.js';
import { Principals } from '../platform/access/principals.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { Problem, raise } from '../platform/problems/problem.js';
import {
  crossSiteRequest,
  permissionDenied,
  tooManyRequests,
  unauthenticated,
} from '../platform/problems/problems.js';
import { reauthenticationRequired } from '../recent-authentication/recent-authentication.problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { ChangeEmail, ConfirmEmail } from './me.dto.js';
import { wrongPassword } from './me.problems.js';
import { requireOneProof } from './me.rules.js';
import { MyEmail } from './my-email.service.js';

@ApiTags('Me')
@Controller('v1/me/email')
export class MyEmailController {
  constructor(
    private readonly emails: MyEmail,
    private readonly principals: Principals,
    private readonly cookies: SessionCookies,
  ) {}

  @Put()
  @Authenticated()
  @Operation({
    summary: 'Ask for another e-mail address',
    description:
      'The present one stays until the link in the mail to the new one is confirmed, and is told. The present address, ' +
      'sent again, withdraws what was asked for.',
    status: 202,
    problems: [permissionDenied, wrongPassword, reauthenticationRequired, tooManyRequests],
  })
  change(@Caller() actor: Actor, @Body() change: ChangeEmail): Promise<void> {
    return this.emails.change(actor, change);
  }

  @Post('confirm')
  @Public()
  @Operation({
    summary: 'Confirm another e-mail address with the token or the code of the mail',
    description:
      'The token works on any device, signed in or not. The code, in mails of organizations that want codes, is for whoever ' +
      'is signed in; it lives for ten minutes at most and ends after five wrong tries.',
    status: 204,
    problems: [invalidToken, unauthenticated, permissionDenied, crossSiteRequest, tooManyRequests],
  })
  async confirm(
    @Visitor() visitor: Anonymous,
    @Body() body: ConfirmEmail,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    requireOneProof(body);
    const { token, code } = body;
    if (token !== undefined) return this.emails.confirm(visitor, token);
    const actor = (await this.signedIn(request)) ?? raise(new Problem(unauthenticated));
    return this.emails.confirmWithCode(actor, code!);
  }

  private async signedIn(request: FastifyRequest): Promise<Actor | null> {
    const credential = credentialOf(request, this.cookies);
    return credential === null ? null : this.principals.find(credential, request.origin);
  }
}

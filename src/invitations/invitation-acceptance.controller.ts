import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { limitReached } from '../access-control/access-control.problems.js';
import { weakPassword } from '../passwords/passwords.problems.js';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { credentialOf } from '../platform/access/credentials.js';
import { Principals } from '../platform/access/principals.js';
import { Operation } from '../platform/http/operation.js';
import { SessionCookies } from '../platform/http/session-cookies.js';
import { crossSiteRequest } from '../platform/problems/problems.js';
import { usernameTaken } from '../users/users.problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { InvitationAcceptance } from './invitation-acceptance.service.js';
import {
  AcceptedInvitationView,
  AcceptInvitation,
  OpenedInvitationView,
  OpenInvitation,
} from './invitations.dto.js';
import { accountExists, invitationOutdated } from './invitations.problems.js';

@ApiTags('Invitations')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/invitations')
export class InvitationAcceptanceController {
  constructor(
    private readonly acceptance: InvitationAcceptance,
    private readonly principals: Principals,
    private readonly cookies: SessionCookies,
  ) {}

  @Post('open')
  @Public()
  @Operation({
    summary: 'Show an invitation to whoever has its link',
    description: 'For the page behind the link, once a person has clicked there. It can be repeated.',
    answer: OpenedInvitationView,
    problems: [invalidToken, crossSiteRequest],
  })
  async open(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { token }: OpenInvitation,
    @Req() request: FastifyRequest,
  ): Promise<OpenedInvitationView> {
    return this.acceptance.open(visitor, await this.signedIn(request), organization, token);
  }

  @Post('accept')
  @Public()
  @Operation({
    summary: 'Accept an invitation',
    description:
      'Makes a user of the invited address, whatever the registration policy says. Where there is one, send the ' +
      'session of that user along: the roles and teams are added. Refused, without using the link up, when whoever ' +
      'invited does not hold what the invitation gives any more.',
    answer: AcceptedInvitationView,
    problems: [
      invalidToken,
      accountExists,
      invitationOutdated,
      weakPassword,
      usernameTaken,
      limitReached,
      crossSiteRequest,
    ],
  })
  async accept(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() input: AcceptInvitation,
    @Req() request: FastifyRequest,
  ): Promise<AcceptedInvitationView> {
    return this.acceptance.accept(visitor, await this.signedIn(request), organization, input);
  }

  private async signedIn(request: FastifyRequest): Promise<Actor | null> {
    const credential = credentialOf(request, this.cookies);
    return credential === null ? null : this.principals.find(credential, request.origin);
  }
}

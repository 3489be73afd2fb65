import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiParam, ApiTags } from '@nestjs/swagger';
import { unknownRole, unknownTeam } from '../access-control/access-control.problems.js';
import { RoleGrant } from '../access-control/role-grants.types.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { CreateInvitation, InvitationPage, InvitationsQuery, InvitationView } from './invitations.dto.js';
import { invitationClosed } from './invitations.problems.js';
import { Invitations } from './invitations.service.js';

const TheInvitation = () =>
  ApiParam({ name: 'invitation', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('Invitations')
@ApiExtraModels(RoleGrant)
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/invitations')
export class InvitationsController {
  constructor(private readonly invitations: Invitations) {}

  @Post()
  @Requires('invitations:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Invite somebody',
    description:
      'Sends a link to the address. You must hold what the roles and teams give, for as long, now and when the ' +
      'invitation is accepted. An earlier invitation of the address is revoked. The answer is the same whether or ' +
      'not there is a user of that address.',
    status: 201,
    answer: InvitationView,
    problems: [unknownRole, unknownTeam, tooManyRequests],
  })
  create(@Caller() actor: Actor, @Body() input: CreateInvitation): Promise<InvitationView> {
    return this.invitations.create(actor, input);
  }

  @Get()
  @Requires('invitations:read')
  @Operation({ summary: 'List invitations', description: 'Newest first.', answer: InvitationPage })
  list(@Caller() actor: Actor, @Query() query: InvitationsQuery): Promise<InvitationPage> {
    return this.invitations.list(actor, query);
  }

  @Get(':invitation')
  @TheInvitation()
  @Requires('invitations:read')
  @Operation({ summary: 'Read an invitation', answer: InvitationView })
  get(@Caller() actor: Actor, @Param('invitation') id: string): Promise<InvitationView> {
    return this.invitations.get(actor, id);
  }

  @Delete(':invitation')
  @TheInvitation()
  @Requires('invitations:write')
  @Operation({
    summary: 'Revoke an invitation',
    description: 'Its link is dead at once. One that was accepted stays accepted.',
    status: 204,
    problems: [invitationClosed],
  })
  revoke(@Caller() actor: Actor, @Param('invitation') id: string): Promise<void> {
    return this.invitations.revoke(actor, id);
  }

  @Post(':invitation/deliveries')
  @TheInvitation()
  @Requires('invitations:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Send an invitation again',
    description:
      'With a new link; once it is sent, the link before is dead. The end of the invitation stays.',
    status: 202,
    answer: InvitationView,
    problems: [invitationClosed, tooManyRequests],
  })
  sendAgain(@Caller() actor: Actor, @Param('invitation') id: string): Promise<InvitationView> {
    return this.invitations.sendAgain(actor, id);
  }
}

import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { mailInDelivery } from './mail.problems.js';
import { MailPage, MailsQuery, MailView } from './outbox.dto.js';
import { Outbox } from './outbox.service.js';

const TheMail = () =>
  ApiParam({ name: 'mail', description: 'Id', example: '0199c1f2-6a50-7cc1-9d41-3a86e0d3a5c4' });

@ApiTags('Mails')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/mails')
export class OutboxController {
  constructor(private readonly outbox: Outbox) {}

  @Get()
  @Requires('mails:read')
  @Operation({
    summary: 'List mails',
    description: 'The outbox, newest first. Neither contents nor links are kept.',
    answer: MailPage,
  })
  list(@Caller() actor: Actor, @Query() query: MailsQuery): Promise<MailPage> {
    return this.outbox.list(actor, query);
  }

  @Get(':mail')
  @TheMail()
  @Requires('mails:read')
  @Operation({ summary: 'Read the state of a mail', answer: MailView })
  get(@Caller() actor: Actor, @Param('mail') id: string): Promise<MailView> {
    return this.outbox.get(actor, id);
  }

  @Post(':mail/deliveries')
  @TheMail()
  @Requires('mails:write')
  @Operation({
    summary: 'Send a mail again',
    description:
      'To the same recipient, with a new link; links of the delivery before end. A mail to an address that its user has left is not sent.',
    status: 202,
    answer: MailView,
    problems: [mailInDelivery, tooManyRequests],
  })
  sendAgain(@Caller() actor: Actor, @Param('mail') id: string): Promise<MailView> {
    return this.outbox.sendAgain(actor, id);
  }
}

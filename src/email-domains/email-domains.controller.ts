import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { limitReached } from '../access-control/access-control.problems.js';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { unavailable } from '../platform/problems/problems.js';
import { EmailDomainAdministration } from './email-domain-administration.service.js';
import {
  ChangeEmailDomain,
  CreateEmailDomain,
  EmailDomainPage,
  EmailDomainView,
} from './email-domains.dto.js';
import { emailDomainNotVerified, emailDomainTaken, unknownProvider } from './email-domains.problems.js';

const TheOne = () => ApiParam({ name: 'domain', description: 'Id or domain', example: 'acme.example' });

@ApiTags('E-mail domains')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/email-domains')
export class EmailDomainsController {
  constructor(private readonly domains: EmailDomainAdministration) {}

  @Get()
  @Requires('email-domains:read')
  @Operation({
    summary: 'List the organization’s e-mail domains',
    description: 'Ordered by name.',
    answer: EmailDomainPage,
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<EmailDomainPage> {
    return this.domains.list(actor, query);
  }

  @Post()
  @Requires('email-domains:write')
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Name an e-mail domain as the organization’s own',
    description:
      'It counts once its DNS has the entry of `challenge`: then whoever types such an address on the sign-in page is sent to `provider`.',
    status: 201,
    answer: EmailDomainView,
    problems: [emailDomainTaken, unknownProvider, limitReached],
  })
  create(@Caller() actor: Actor, @Body() body: CreateEmailDomain): Promise<EmailDomainView> {
    return this.domains.create(actor, body);
  }

  @Get(':domain')
  @TheOne()
  @Requires('email-domains:read')
  @Operation({ summary: 'Read an e-mail domain', answer: EmailDomainView })
  read(@Caller() actor: Actor, @Param('domain') domain: string): Promise<EmailDomainView> {
    return this.domains.read(actor, domain);
  }

  @Patch(':domain')
  @TheOne()
  @Requires('email-domains:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Name the provider for people of an e-mail domain',
    description: 'Null: they sign in like everybody else.',
    answer: EmailDomainView,
    problems: [unknownProvider],
  })
  update(
    @Caller() actor: Actor,
    @Param('domain') domain: string,
    @Body() body: ChangeEmailDomain,
    @IfMatch() version: ExpectedVersion,
  ): Promise<EmailDomainView> {
    return this.domains.update(actor, domain, body, version);
  }

  @Put(':domain/verification')
  @TheOne()
  @Requires('email-domains:write')
  @Operation({
    summary: 'Look for the entry in the DNS of an e-mail domain',
    description:
      'The server looks by itself, too: every hour for a week, and every day once the domain is verified. Without its entry for ' +
      'seven days, a domain is verified no longer.',
    answer: EmailDomainView,
    problems: [emailDomainNotVerified, unavailable],
  })
  verify(@Caller() actor: Actor, @Param('domain') domain: string): Promise<EmailDomainView> {
    return this.domains.verify(actor, domain);
  }

  @Delete(':domain')
  @TheOne()
  @Requires('email-domains:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Delete an e-mail domain',
    description: 'People with such an address sign in like everybody else. Nobody’s account is touched.',
    status: 204,
  })
  delete(
    @Caller() actor: Actor,
    @Param('domain') domain: string,
    @IfMatch() version: ExpectedVersion,
  ): Promise<void> {
    return this.domains.delete(actor, domain, version);
  }
}

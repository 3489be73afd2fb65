import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { unavailable } from '../platform/problems/problems.js';
import { ownAccount } from '../users/users.problems.js';
import { AccountTokens } from './account-tokens.service.js';
import { LinkedAccountPage, UpstreamTokenView } from './accounts.dto.js';
import { upstreamTokenUnavailable } from './accounts.problems.js';
import { LinkedAccounts } from './linked-accounts.service.js';

@ApiTags('Linked accounts')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user/accounts')
export class UserLinkedAccountsController {
  constructor(
    private readonly accounts: LinkedAccounts,
    private readonly tokens: AccountTokens,
  ) {}

  @Get()
  @Requires('accounts:read')
  @Operation({
    summary: 'List the accounts elsewhere that a user signs in with',
    description: 'Oldest first.',
    answer: LinkedAccountPage,
  })
  list(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Query() query: PageQuery,
  ): Promise<LinkedAccountPage> {
    return this.accounts.list(actor, user, query);
  }

  @Delete(':account')
  @ApiParam({ name: 'account', description: 'Id of the account' })
  @Requires('accounts:write')
  @Operation({
    summary: 'Unlink an account of a user',
    description:
      'Ends the sessions that came by it. Whoever has no other way in gets a mail to set a password, if they have an address; ' +
      'else see the password reset of the user.',
    status: 204,
    problems: [ownAccount],
  })
  unlink(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Param('account') account: string,
  ): Promise<void> {
    return this.accounts.unlinkOf(actor, user, account);
  }

  @Get(':account/token')
  @ApiParam({ name: 'account', description: 'Id of the account' })
  @Requires('accounts:tokens')
  @Operation({
    summary: 'Read a living access token of the provider',
    description:
      'For calling the provider’s own API in the name of a user who holds no more than you do. Renewed at the provider if it ends ' +
      'within a minute. Recorded each time.',
    answer: UpstreamTokenView,
    problems: [upstreamTokenUnavailable, unavailable],
  })
  token(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Param('account') account: string,
  ): Promise<UpstreamTokenView> {
    return this.tokens.read(actor, user, account);
  }
}

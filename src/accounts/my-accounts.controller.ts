import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { PageQuery } from '../platform/http/lists.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { reauthenticationRequired } from '../recent-authentication/recent-authentication.problems.js';
import { LinkedAccountPage } from './accounts.dto.js';
import { lastSignInMethod } from './accounts.problems.js';
import { LinkedAccounts } from './linked-accounts.service.js';

@ApiTags('Me')
@Controller('v1/me/accounts')
@Authenticated()
export class MyAccountsController {
  constructor(private readonly accounts: LinkedAccounts) {}

  @Get()
  @Operation({
    summary: 'List the accounts elsewhere that one signs in with',
    description: 'Oldest first. Another one is linked on the page of one’s account.',
    answer: LinkedAccountPage,
    problems: [permissionDenied],
  })
  list(@Caller() actor: Actor, @Query() query: PageQuery): Promise<LinkedAccountPage> {
    return this.accounts.mine(actor, query);
  }

  @Delete(':account')
  @ApiParam({ name: 'account', description: 'Id of the account' })
  @Operation({
    summary: 'Unlink an account',
    description:
      'Sessions that came by it end, except this one. The last way to sign in stays: set a password or link another account first.',
    status: 204,
    problems: [permissionDenied, reauthenticationRequired, lastSignInMethod],
  })
  unlink(@Caller() actor: Actor, @Param('account') account: string): Promise<void> {
    return this.accounts.unlinkMine(actor, account);
  }
}

import { Controller, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { conflict, tooManyRequests } from '../platform/problems/problems.js';
import { ownAccount } from '../users/users.problems.js';
import { StartedPasswordReset } from './account-recovery.dto.js';
import { AdministeredResets } from './administered-resets.service.js';

@ApiTags('Users')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({ name: 'user', description: 'Id, e-mail address or user name', example: 'max@acme.example' })
@Controller('v1/organizations/:organization/users/:user/password-reset')
export class AdministeredResetsController {
  constructor(private readonly resets: AdministeredResets) {}

  @Post()
  @Requires('users:write')
  @Operation({
    summary: 'Let a user set a new password, or the first one',
    description:
      'You must hold everything that the user holds. The user gets a mail; for one without an e-mail address you get the ' +
      'link, this once, and an earlier link ends.',
    status: 202,
    answer: StartedPasswordReset,
    problems: [ownAccount, conflict, tooManyRequests],
  })
  start(@Caller() actor: Actor, @Param('user') user: string): Promise<StartedPasswordReset> {
    return this.resets.start(actor, user);
  }
}

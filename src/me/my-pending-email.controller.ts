import { Controller, Delete, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { notFound, permissionDenied, tooManyRequests } from '../platform/problems/problems.js';
import { MyPendingEmail } from './my-pending-email.service.js';

@ApiTags('Me')
@Controller('v1/me/email/pending')
@Authenticated()
export class MyPendingEmailController {
  constructor(private readonly pendingEmail: MyPendingEmail) {}

  @Post('deliveries')
  @Operation({
    summary: 'Mail the address that waits to be confirmed once more',
    description: 'The link of the mail before ends.',
    status: 202,
    problems: [permissionDenied, notFound, tooManyRequests],
  })
  mailAgain(@Caller() actor: Actor): Promise<void> {
    return this.pendingEmail.mailAgain(actor);
  }

  @Delete()
  @Operation({
    summary: 'Withdraw the address that waits to be confirmed',
    description: 'The present one stays.',
    status: 204,
    problems: [permissionDenied, notFound],
  })
  withdraw(@Caller() actor: Actor): Promise<void> {
    return this.pendingEmail.withdraw(actor);
  }
}

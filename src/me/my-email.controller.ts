import { Body, Controller, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller, Public, Visitor } from '../platform/access/access.decorators.js';
import type { Actor, Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied, tooManyRequests } from '../platform/problems/problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { ChangeEmail, ConfirmEmail } from './me.dto.js';
import { wrongPassword } from './me.problems.js';
import { MyEmail } from './my-email.service.js';

@ApiTags('Me')
@Controller('v1/me/email')
export class MyEmailController {
  constructor(private readonly emails: MyEmail) {}

  @Put()
  @Authenticated()
  @Operation({
    summary: 'Ask for another e-mail address',
    description:
      'The present one stays until the link in the mail to the new one is confirmed, and is told. The present address, ' +
      'sent again, withdraws what was asked for.',
    status: 202,
    problems: [permissionDenied, wrongPassword, tooManyRequests],
  })
  change(@Caller() actor: Actor, @Body() change: ChangeEmail): Promise<void> {
    return this.emails.change(actor, change);
  }

  @Post('confirm')
  @Public()
  @Operation({
    summary: 'Confirm another e-mail address with the token of the mail',
    description: 'Works on any device, signed in or not.',
    status: 204,
    problems: [invalidToken],
  })
  confirm(@Visitor() visitor: Anonymous, @Body() { token }: ConfirmEmail): Promise<void> {
    return this.emails.confirm(visitor, token);
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { weakPassword } from '../passwords/passwords.problems.js';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { ConfirmPasswordReset, StartPasswordReset } from './account-recovery.dto.js';
import { codesDescription, readProof } from './account-recovery.rules.js';
import { PasswordReset } from './password-reset.service.js';

@ApiTags('Account recovery')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/password-reset')
export class PasswordResetController {
  constructor(private readonly resets: PasswordReset) {}

  @Post()
  @Public()
  @Operation({
    summary: 'Send the mail that resets a password',
    description:
      'The answer is the same whether there is such an account or not, and where the password policy leaves resets to ' +
      'administrators.',
    status: 202,
    problems: [tooManyRequests],
  })
  start(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { identifier }: StartPasswordReset,
  ): Promise<void> {
    return this.resets.start(visitor, organization, identifier);
  }

  @Post('confirm')
  @Public()
  @Operation({
    summary: 'Set a new password with the token or the code of the mail',
    description:
      'Ends all sessions, all other tokens and a pending change of the address. A user who waited for the first password ' +
      'becomes active. A password that is too weak leaves token and code as they are. ' +
      codesDescription,
    status: 204,
    problems: [invalidToken, weakPassword, tooManyRequests],
  })
  confirm(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { password, ...body }: ConfirmPasswordReset,
  ): Promise<void> {
    const proof = readProof(body, 'identifier');
    if ('token' in proof) return this.resets.confirm(visitor, organization, proof.token, password);
    return this.resets.confirmWithCode(visitor, organization, proof, password);
  }
}

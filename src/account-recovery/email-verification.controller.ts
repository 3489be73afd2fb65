import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { ConfirmEmailVerification, StartEmailVerification } from './account-recovery.dto.js';
import { codesDescription, readProof } from './account-recovery.rules.js';
import { EmailVerification } from './email-verification.service.js';

@ApiTags('Account recovery')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/email-verification')
export class EmailVerificationController {
  constructor(private readonly verifications: EmailVerification) {}

  @Post()
  @Public()
  @Operation({
    summary: 'Send the mail that verifies an address',
    description: 'The answer is the same whether there is such an account or not.',
    status: 202,
    problems: [tooManyRequests],
  })
  start(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() { email }: StartEmailVerification,
  ): Promise<void> {
    return this.verifications.start(visitor, organization, email);
  }

  @Post('confirm')
  @Public()
  @Operation({
    summary: 'Verify an address with the token or the code of the mail',
    description: codesDescription,
    status: 204,
    problems: [invalidToken, tooManyRequests],
  })
  confirm(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() body: ConfirmEmailVerification,
  ): Promise<void> {
    const proof = readProof(body, 'email');
    if ('token' in proof) return this.verifications.confirm(visitor, organization, proof.token);
    return this.verifications.confirmWithCode(visitor, organization, proof.identifier, proof.code);
  }
}

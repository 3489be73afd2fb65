import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { TakesIdempotencyKey } from '../platform/http/idempotency.js';
import { Operation } from '../platform/http/operation.js';
import { tooManyRequests } from '../platform/problems/problems.js';
import { weakPassword } from '../passwords/passwords.problems.js';
import { SignUpRequest, SignUpView } from './sign-up.dto.js';
import { emailDomainNotAllowed, registrationClosed } from './sign-up.problems.js';
import { SignUp } from './sign-up.service.js';

@ApiTags('Sign-up')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@Controller('v1/organizations/:organization/sign-up')
export class SignUpController {
  constructor(private readonly signUps: SignUp) {}

  @Post()
  @Public()
  @TakesIdempotencyKey()
  @Operation({
    summary: 'Sign up',
    description:
      'Where the registration policy is `open`. The answer is the same for an identifier that exists, and then nothing is created.',
    status: 201,
    answer: SignUpView,
    problems: [registrationClosed, emailDomainNotAllowed, weakPassword, tooManyRequests],
  })
  signUp(
    @Visitor() visitor: Anonymous,
    @Param('organization') organization: string,
    @Body() input: SignUpRequest,
  ): Promise<SignUpView> {
    return this.signUps.signUp(visitor, organization, input);
  }
}

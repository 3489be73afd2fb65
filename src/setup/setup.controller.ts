import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { weakPassword } from '../passwords/passwords.problems.js';
import { Public, Visitor } from '../platform/access/access.decorators.js';
import type { Anonymous } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { Id, PasswordText, Text } from '../platform/http/properties.js';
import { notFound } from '../platform/problems/problems.js';
import { invalidToken } from '../verification/verification.problems.js';
import { Setup } from './setup.service.js';

class CompleteSetup {
  @Text({ max: 512, example: 'ten_ver_…', describe: 'From the link that the server prints' })
  token!: string;

  @Text({ max: 320, example: 'ops@example.com' })
  email!: string;

  @PasswordText({ describe: 'At least 15 characters' })
  password!: string;
}

class SetupView {
  @Id({ describe: 'The first operator: an owner of the organization `platform`' })
  userId!: string;
}

@ApiTags('Setup')
@Controller('v1/setup')
export class SetupController {
  constructor(private readonly setup: Setup) {}

  @Post()
  @Public()
  @Operation({
    summary: 'Create the first operator',
    description: 'Works once in the life of a deployment; 404 for ever after.',
    status: 201,
    answer: SetupView,
    problems: [notFound, invalidToken, weakPassword],
  })
  async complete(
    @Visitor() visitor: Anonymous,
    @Body() { token, email, password }: CompleteSetup,
  ): Promise<SetupView> {
    return { userId: await this.setup.complete(visitor, token, { email, password }) };
  }
}

import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { AccessCheckBody, AccessCheckView } from './access-check.dto.js';
import { AccessCheck } from './access-check.service.js';

@ApiTags('Services')
@Controller('v1/access/check')
export class AccessCheckController {
  constructor(private readonly access: AccessCheck) {}

  @Post()
  @Requires('access:check')
  @Operation({
    summary: 'May this user do that, and why?',
    description:
      'About users of your own organization. Give exactly one of `token` and `userId`, and exactly one of `permission` ' +
      'and `permissions`. Anybody who is unknown, not active or not signed in is allowed nothing.',
    answer: AccessCheckView,
  })
  check(@Caller() actor: Actor, @Body() body: AccessCheckBody): Promise<AccessCheckView> {
    return this.access.check(actor, body);
  }
}

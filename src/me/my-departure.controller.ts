import { Body, Controller, Delete, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { lastOwner } from '../access-control/access-control.problems.js';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { reauthenticationRequired } from '../recent-authentication/recent-authentication.problems.js';
import { ProveMyself } from './me.dto.js';
import { wrongPassword } from './me.problems.js';
import { MyDeparture } from './my-departure.service.js';

@ApiTags('Me')
@Controller('v1/me')
@Authenticated()
export class MyDepartureController {
  constructor(private readonly departure: MyDeparture) {}

  @Delete()
  @Operation({
    summary: 'Delete one’s account',
    description: 'With everything that belongs to it, for good. The last owner of an organization stays.',
    status: 204,
    problems: [permissionDenied, wrongPassword, reauthenticationRequired, lastOwner],
  })
  delete(@Caller() actor: Actor, @Body() { currentPassword }: ProveMyself): Promise<void> {
    return this.departure.delete(actor, currentPassword);
  }

  @Put('deactivation')
  @Operation({
    summary: 'Deactivate one’s account',
    description:
      'Ends all sessions and keys. Only an administrator brings the account back. The last owner of an organization stays.',
    status: 204,
    problems: [permissionDenied, wrongPassword, reauthenticationRequired, lastOwner],
  })
  deactivate(@Caller() actor: Actor, @Body() { currentPassword }: ProveMyself): Promise<void> {
    return this.departure.deactivate(actor, currentPassword);
  }
}

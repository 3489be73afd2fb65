import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, Caller } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { permissionDenied } from '../platform/problems/problems.js';
import { phoneNumberTaken } from '../users/users.problems.js';
import { ChangeMyProfile, ProfileView } from './profiles.dto.js';
import { Profiles } from './profiles.service.js';

@ApiTags('Me')
@Controller('v1/me/profile')
@Authenticated()
export class MyProfileController {
  constructor(private readonly profiles: Profiles) {}

  @Get()
  @Operation({ summary: 'Read one’s profile', answer: ProfileView })
  get(@Caller() actor: Actor): Promise<ProfileView> {
    return this.profiles.get(actor, actor.userId);
  }

  @Patch()
  @TakesIfMatch()
  @Operation({
    summary: 'Change one’s profile',
    description: 'What is left out stays, null takes away. `metadata` is what administrators keep.',
    answer: ProfileView,
    problems: [permissionDenied, phoneNumberTaken],
  })
  change(
    @Caller() actor: Actor,
    @Body() change: ChangeMyProfile,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ProfileView> {
    return this.profiles.changeOwn(actor, change, version);
  }
}

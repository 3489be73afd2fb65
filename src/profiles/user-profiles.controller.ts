import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires } from '../platform/access/access.decorators.js';
import type { Actor } from '../platform/access/actor.js';
import { type ExpectedVersion, IfMatch, TakesIfMatch } from '../platform/http/if-match.js';
import { Operation } from '../platform/http/operation.js';
import { phoneNumberTaken } from '../users/users.problems.js';
import { ChangeUserProfile, ProfileView } from './profiles.dto.js';
import { Profiles } from './profiles.service.js';

@ApiTags('Users')
@ApiParam({ name: 'organization', description: 'Slug or id', example: 'acme' })
@ApiParam({
  name: 'user',
  description: 'Id, e-mail address or user name, URL-encoded',
  example: 'max@acme.example',
})
@Controller('v1/organizations/:organization/users/:user/profile')
export class UserProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @Get()
  @Requires('users:read')
  @Operation({ summary: 'Read the profile of a user', answer: ProfileView })
  get(@Caller() actor: Actor, @Param('user') user: string): Promise<ProfileView> {
    return this.profiles.get(actor, user);
  }

  @Patch()
  @Requires('users:write')
  @TakesIfMatch()
  @Operation({
    summary: 'Change the profile of a user',
    description: 'What is left out stays, null takes away. `userMetadata` is what the user keeps.',
    answer: ProfileView,
    problems: [phoneNumberTaken],
  })
  change(
    @Caller() actor: Actor,
    @Param('user') user: string,
    @Body() change: ChangeUserProfile,
    @IfMatch() version: ExpectedVersion,
  ): Promise<ProfileView> {
    return this.profiles.changeOf(actor, user, change, version);
  }
}

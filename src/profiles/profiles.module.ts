import { Module } from '@nestjs/common';
import { MediaLinksModule } from '../media/media-links.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { UsersModule } from '../users/users.module.js';
import { MyProfileController } from './my-profile.controller.js';
import { Profiles } from './profiles.service.js';
import { UserProfilesController } from './user-profiles.controller.js';

/** Who people are, beyond what they sign in with. Neither side writes what the other one keeps. */
@Module({
  imports: [MediaLinksModule, UserAccountsModule, UsersModule],
  controllers: [MyProfileController, UserProfilesController],
  providers: [Profiles],
  exports: [Profiles],
})
export class ProfilesModule {}

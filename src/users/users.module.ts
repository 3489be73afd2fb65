import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { MediaLinksModule } from '../media/media-links.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { OwnAccount } from './own-account.service.js';
import { UserAccountsModule } from './user-accounts.module.js';
import { UserChanges } from './user-changes.service.js';
import { UserList } from './user-list.service.js';
import { UserStates } from './user-states.service.js';
import { UsersController } from './users.controller.js';
import { Users } from './users.service.js';

/**
 * Administration of users: nobody changes who holds more than they do, nobody locks or deletes themselves, and an owner
 * remains. Who is locked, deactivated or deleted is signed out in the same transaction.
 */
@Module({
  imports: [
    UserAccountsModule,
    AccessControlModule,
    MediaLinksModule,
    SessionsModule,
    PoliciesModule,
    VerificationModule,
  ],
  controllers: [UsersController],
  providers: [Users, UserList, UserStates, UserChanges, OwnAccount],
  exports: [Users, UserChanges, OwnAccount],
})
export class UsersModule {}

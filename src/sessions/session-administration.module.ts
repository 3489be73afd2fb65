import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { SessionAdministration } from './session-administration.service.js';
import { SessionsController } from './sessions.controller.js';
import { ValidationController } from './validation.controller.js';

/** The routes of sessions: validation for services, administration for people. */
@Module({
  imports: [UserAccountsModule, AccessControlModule],
  controllers: [ValidationController, SessionsController],
  providers: [SessionAdministration],
})
export class SessionAdministrationModule {}

import { Module } from '@nestjs/common';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { UsersModule } from '../users/users.module.js';
import { MeController } from './me.controller.js';
import { Me } from './me.service.js';
import { MyPassword } from './my-password.service.js';

/** What people do with their own account. A new password needs the current one and ends every other session. */
@Module({
  imports: [AttemptLimitsModule, PasswordsModule, SignInModule, UserAccountsModule, UsersModule],
  controllers: [MeController],
  providers: [Me, MyPassword],
})
export class MeModule {}

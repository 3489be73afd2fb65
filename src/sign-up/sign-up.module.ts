import { Module } from '@nestjs/common';
import { AccessControlModule } from '../access-control/access-control.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { AttemptLimitsModule } from '../sign-in/attempt-limits.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { NewcomerRoles } from './newcomer-roles.service.js';
import { SignUpController } from './sign-up.controller.js';
import { SignUp } from './sign-up.service.js';

/**
 * People who make their own account. Only where the registration policy is open; nobody learns from it who has one; the
 * first one may become the owner.
 */
@Module({
  imports: [
    AccessControlModule,
    AttemptLimitsModule,
    MailModule,
    PasswordsModule,
    PoliciesModule,
    UserAccountsModule,
  ],
  controllers: [SignUpController],
  providers: [SignUp, NewcomerRoles],
  exports: [SignUp, NewcomerRoles],
})
export class SignUpModule {}

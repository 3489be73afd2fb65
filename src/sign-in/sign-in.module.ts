import { Module } from '@nestjs/common';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { AttemptLimitsModule } from './attempt-limits.module.js';
import { KnownDevices } from './known-devices.service.js';
import { SessionStart } from './session-start.service.js';
import { SignInAttempts } from './sign-in-attempts.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.service.js';

/**
 * Signing in with a password. Attempts are counted before they are judged, known and unknown accounts cost the same work
 * and get the same answer, and nobody can keep the owner of an account out.
 */
@Module({
  imports: [AttemptLimitsModule, PasswordsModule, PoliciesModule, UserAccountsModule],
  controllers: [SignInController],
  providers: [SignIn, SignInAttempts, SessionStart, KnownDevices],
  exports: [KnownDevices, SessionStart, SignIn, SignInAttempts],
})
export class SignInModule {}
